import { distance, type Tolerance } from '../../src/verify/compare.ts'

/** Asserts that two tensors agree within a tolerance; NaN equals NaN, an infinity itself. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  allowed: Tolerance,
  what = 'the tensor',
): void {
  if (actual.length !== expected.length)
    throw new Error(`${what} has ${actual.length} elements, expected ${expected.length}`)
  const { first: at, tolerance } = distance(actual, expected, allowed)
  if (at >= 0) throw new Error(`${what} at ${at}: ${actual[at]}, expected ${expected[at]} within ${tolerance}`)
}

/** Asserts equal bits, but for the sign of zero and the payload of NaN. */
export function expectSameValues(actual: ArrayLike<number>, expected: ArrayLike<number>, what = 'the tensor'): void {
  expectClose(actual, expected, {}, what)
}
