import { expect, test } from 'vitest'
import { exponentOf } from '../../src/runtime/exponentOf.ts'
import { nearest } from '../../src/runtime/nearest.ts'
import { powerOfTwo } from '../../src/runtime/powerOfTwo.ts'
import { reducedAngle } from '../../src/runtime/reducedAngle.ts'

test('nearest rounds halves to even, and keeps signs and what is whole', () => {
  const cases: [x: number, whole: number][] = [
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
    [-0, -0],
    [0.49999999999999994, 0],
    [2 ** 52 - 0.5, 2 ** 52],
    [2 ** 53 - 1, 2 ** 53 - 1],
    [1 - 2 ** 53, 1 - 2 ** 53],
    [Number.MAX_VALUE, Number.MAX_VALUE],
    [-Infinity, -Infinity],
    [NaN, NaN],
  ]
  for (const [x, whole] of cases) expect(nearest(x), String(x)).toBe(whole)
})

test('powers of two and exponents are inverse, for all normal exponents', () => {
  for (let k = -1022; k <= 1023; k++) {
    expect(powerOfTwo(k)).toBe(2 ** k)
    expect(exponentOf(2 ** k)).toBe(k)
    expect(exponentOf(2 ** k * (2 - 2 ** -52))).toBe(k)
  }
})

test('a reduced angle is what is left beside right angles', () => {
  for (const x of [1024, 1608.5, 1e6, 123456789.125, 2 ** 52 - 0.5, 2 ** 52 + 1]) {
    const [count, angle] = [reducedAngle(x, 0), reducedAngle(x, 1)]
    expect(Math.abs(angle)).toBeLessThanOrEqual(Math.PI / 4)
    expect([Math.sin(angle), Math.cos(angle), -Math.sin(angle), -Math.cos(angle)][count]).toBeCloseTo(Math.sin(x), 15)
    expect(reducedAngle(-x, 1)).toBe(-angle)
    expect(reducedAngle(-x, 0)).toBe(-count)
  }
  // K. Ng, "Argument reduction for huge arguments" (1992): the double nearest to a multiple of pi/2.
  expect(Math.abs(reducedAngle(6381956970095103 * 2 ** 797, 1) / 4.6871659242546277e-19)).toBeCloseTo(1, 14)
  expect(reducedAngle(Infinity, 1)).toBeNaN()
  expect(reducedAngle(1, 0)).toBe(0)
})
