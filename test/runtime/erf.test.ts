import { expect, test } from 'vitest'
import { erf } from '../../src/runtime/erf.ts'
/** [x, erf x] by Python's math.erf. */
import table from './erf.json' with { type: 'json' }

test('agrees with the C library to 1e-15', () => {
  for (const [x, y] of table as [number, number][]) {
    expect(Math.abs(erf(x) - y), `erf(${x})`).toBeLessThanOrEqual(1e-15 * Math.abs(y))
  }
})

test('is odd, keeps the sign of zero, ends at 1 and passes NaN on', () => {
  for (const x of [0, 0.1, 0.46875, 1.5, 4.5, 7]) expect(erf(-x)).toBe(-erf(x))
  expect(erf(-0)).toBe(-0)
  expect(erf(Infinity)).toBe(1)
  expect(erf(-Infinity)).toBe(-1)
  expect(erf(NaN)).toBeNaN()
})

test('rises without a step where the approximations meet', () => {
  for (const join of [0.46875, 6]) {
    const below = erf(join - 1e-12)
    expect(erf(join)).toBeGreaterThanOrEqual(below)
    expect(erf(join) - below).toBeLessThan(2e-12)
  }
})
