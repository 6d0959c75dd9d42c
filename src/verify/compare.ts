/** How far apart two values may lie: a multiple of the largest magnitude in the expected tensor, plus a constant. */
export interface Tolerance {
  readonly relative?: number
  readonly absolute?: number
}

/** Equal bits, but for the sign of zero and the payload of NaN. */
export const exact: Tolerance = {}

/** Two tensors beside one another. */
export interface Distance {
  /** How far apart they may lie. */
  readonly tolerance: number
  /** Where they first lie farther apart, or -1. */
  readonly first: number
  /** How many elements do. */
  readonly count: number
  /** Where finite elements lie farthest apart. */
  readonly worst: { readonly at: number; readonly apart: number }
}

/** How far two tensors of equal size lie apart; NaN is at NaN, an infinity at itself. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>, allowed: Tolerance): Distance {
  const tolerance = (allowed.relative ?? 0) * largestMagnitude(expected) + (allowed.absolute ?? 0)
  let [first, count, worst, farthest] = [-1, 0, 0, 0]
  for (let at = 0; at < expected.length; at++) {
    const [a, e] = [actual[at]!, expected[at]!]
    if (Object.is(a, e)) continue
    const apart = Math.abs(a - e)
    if (apart > farthest && apart < Infinity) [worst, farthest] = [at, apart]
    // Without bounds anything goes, NaN too.
    if (apart <= tolerance || tolerance === Infinity) continue
    if (first < 0) first = at
    count++
  }
  return { tolerance, first, count, worst: { at: worst, apart: farthest } }
}

export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0
  for (let at = 0; at < values.length; at++) {
    const magnitude = Math.abs(values[at]!)
    if (magnitude > largest && magnitude < Infinity) largest = magnitude
  }
  return largest
}
