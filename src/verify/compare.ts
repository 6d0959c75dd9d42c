/** How far apart two values may lie: a multiple of the largest magnitude in the expected tensor, plus a constant. */
export interface Tolerance {
  readonly relative?: number
  readonly absolute?: number
}

/** Asserts that two tensors agree within a tolerance; NaN equals NaN, an infinity itself. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: Tolerance,
  what = 'the tensor',
): void {
  if (actual.length !== expected.length)
    throw new Error(`${what} has ${actual.length} elements, expected ${expected.length}`)
  const tolerance = relative * largestMagnitude(expected) + absolute
  const at = firstApart(actual, expected, tolerance)
  if (at >= 0) throw new Error(`${what} at ${at}: ${actual[at]}, expected ${expected[at]} within ${tolerance}`)
}

/** Whether they do, for tensors of equal size. */
export function isClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: Tolerance,
): boolean {
  return firstApart(actual, expected, relative * largestMagnitude(expected) + absolute) < 0
}

/** Where two tensors first differ by more than a tolerance, or -1. */
function firstApart(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): number {
  for (let at = 0; at < expected.length; at++) {
    const [a, e] = [actual[at]!, expected[at]!]
    if (!Object.is(a, e) && !(Math.abs(a - e) <= tolerance)) return at
  }
  return -1
}

/** Asserts equal bits, but for the sign of zero and the payload of NaN. */
export function expectSameValues(actual: ArrayLike<number>, expected: ArrayLike<number>, what = 'the tensor'): void {
  expectClose(actual, expected, {}, what)
}

function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0
  for (let at = 0; at < values.length; at++) {
    const magnitude = Math.abs(values[at]!)
    if (magnitude > largest && magnitude < Infinity) largest = magnitude
  }
  return largest
}
