import { expect, test } from 'vitest'
import { constant, identity, normal, orthogonal, truncatedNormal, uniform } from '../../src/runtime/initializers.ts'
import { erf } from '../../src/runtime/erf.ts'
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

test('truncatedNormal has the density of the normal distribution up to two standard deviations, and none beyond', () => {
  const values = filled(truncatedNormal, 0.3, 9, 2)
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.6)
  expect(Math.abs(mean(values))).toBeLessThan(0.01)
  // 1 - 2 · 2 φ(2) / (2 Φ(2) - 1), the variance of what is left of a standard normal distribution.
  expect(deviation(values) / 0.3).toBeCloseTo(Math.sqrt(1 - (4 * 0.05399096651318806) / 0.9544997361036416), 2)
  const within = (limit: number) => values.filter((value) => Math.abs(value) < limit * 0.3).length / values.length
  expect(within(0.5)).toBeCloseTo(0.38292492254802624 / 0.9544997361036416, 2)
  expect(within(1)).toBeCloseTo(0.6826894921370859 / 0.9544997361036416, 2)
})

test('truncatedNormal inverts its distribution to rounding, up to its ends', () => {
  const uniforms = filled(uniform, erf(Math.SQRT2), 9, 2)
  filled(truncatedNormal, 1, 9, 2).forEach((z, i) =>
    expect(Math.abs(erf(z * Math.SQRT1_2) - uniforms[i]!)).toBeLessThan(1e-15),
  )
})

test('identity has ones along its diagonal', () => {
  expect([...filled(identity, 3, 0, 0, 6)]).toEqual([1, 0, 0, 0, 1, 0])
  expect([...filled(identity, 2, 0, 0, 6)]).toEqual([1, 0, 0, 1, 0, 0])
})

test.each([
  [1, 1],
  [1, 7],
  [7, 1],
  [20, 20],
  [64, 48],
  [30, 90],
])('orthogonal: %i rows of %i are orthonormal, or the columns where those are fewer', (rows, columns) => {
  const matrix = new Float64Array(rows * columns)
  orthogonal(matrix, columns, 1.5, 3, 1)
  const count = Math.min(rows, columns)
  const at = (vector: number, i: number) => matrix[rows <= columns ? vector * columns + i : i * columns + vector]!
  for (let a = 0; a < count; a++)
    for (let b = 0; b <= a; b++) {
      let product = 0
      for (let i = 0; i < Math.max(rows, columns); i++) product += at(a, i) * at(b, i)
      expect(Math.abs(product - (a === b ? 2.25 : 0))).toBeLessThan(1e-12)
    }
})

test('orthogonal matrices favour no direction: their traces have mean 0 and variance 1', () => {
  const traces = new Float64Array(2_000).map((_, seed) => {
    const matrix = new Float64Array(9)
    orthogonal(matrix, 3, 1, seed, 0)
    return matrix[0]! + matrix[4]! + matrix[8]!
  })
  expect(Math.abs(mean(traces))).toBeLessThan(0.1)
  expect(Math.abs(deviation(traces) - 1)).toBeLessThan(0.1)
})

test('values are fixed by the seed and the stream; a larger tensor begins with the same', () => {
  for (const fill of [normal, truncatedNormal, uniform]) {
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
