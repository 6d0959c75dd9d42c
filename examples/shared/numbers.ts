/** The distance of values from exact ones, in parts of the exact ones' size: ‖values - exact‖ / ‖exact‖. */
export function relativeError(values: ArrayLike<number>, exact: readonly number[]): number {
  return Math.hypot(...exact.map((value, i) => values[i]! - value)) / Math.hypot(...exact)
}

/** `count` numbers from `from` to `to`, evenly spaced, both ends among them. */
export function evenly(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1))
}
