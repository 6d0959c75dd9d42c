import { expect, test } from 'vitest'
import { constant, normal, uniform } from '../../src/runtime/initializers.ts'
import { permutation } from '../../src/runtime/shuffle.ts'

const filled = (fill: typeof normal, argument: number, seed: number, stream: number, size = 20_000) => {
  const view = new Float64Array(size)
  fill(view, argument, seed, stream)
  return view
}
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0)
const deviation = (values: Float64Array) => {
  const center = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)))
}

test('constant fills with its value', () => {
  expect([...filled(constant, 0.25, 0, 0, 3)]).toEqual([0.25, 0.25, 0.25])
})

test('normal has its standard deviation and mean 0', () => {
  const values = filled(normal, 0.3, 9, 2)
  expect(Math.abs(mean(values))).toBeLessThan(0.01)
  expect(Math.abs(deviation(values) - 0.3)).toBeLessThan(0.01)
})

test('uniform fills [-limit, limit)', () => {
  const values = filled(uniform, 0.3, 9, 2)
  expect(Math.abs(mean(values))).toBeLessThan(0.01)
  expect(Math.abs(deviation(values) - 0.3 / Math.sqrt(3))).toBeLessThan(0.01)
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.3)
  expect(Math.max(...values)).toBeLessThan(0.3)
})

test('values are fixed by the seed and the stream; a larger tensor begins with the same', () => {
  for (const fill of [normal, uniform]) {
    expect(filled(fill, 1, 3, 4, 10)).toEqual(filled(fill, 1, 3, 4, 10))
    expect(filled(fill, 1, 3, 4, 10)).toEqual(filled(fill, 1, 3, 4, 20).subarray(0, 10))
    expect(filled(fill, 1, 3, 4, 10)).not.toEqual(filled(fill, 1, 3, 5, 10))
    expect(filled(fill, 1, 3, 4, 10)).not.toEqual(filled(fill, 1, 4, 4, 10))
  }
})

test('single precision holds the rounded values of double precision', () => {
  const single = new Float32Array(10)
  normal(single, 0.7, 3, 1)
  expect([...single]).toEqual([...filled(normal, 0.7, 3, 1, 10)].map(Math.fround))
})

test('shuffling draws from streams of its own', () => {
  const draws = filled(uniform, 1, 0, 0, 8)
  const ranks = [...draws].map((draw) => draws.filter((other) => other < draw).length)
  expect([...permutation(8, 0, 0)]).not.toEqual(ranks)
})
