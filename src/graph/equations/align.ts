/** For each axis of a tensor, which axis of an expression it is; null for an axis of length 1 that is none of them. */
export type Alignment = readonly (number | null)[]

/**
 * Where a reader sees a tensor's axes in an elementwise expression with more of them, along which it repeats: the last ones, if their
 * lengths are the same, else where alone their lengths are found in this order. Axes of length 1 count nowhere.
 * @returns the axes longer than 1 as axes of the expression; undefined where there is no such place, or several.
 */
export function alignmentOf(shape: readonly number[], frame: readonly number[]): readonly number[] | undefined {
  const lengths = shape.filter((length) => length !== 1)
  const axes = longAxes(frame)
  const last = axes.slice(axes.length - lengths.length)
  if (last.length === lengths.length && last.every((axis, k) => frame[axis] === lengths[k])) return last
  const [place, another] = placesOf(lengths, axes, frame)
  return another ? undefined : place
}

function placesOf(lengths: readonly number[], axes: readonly number[], frame: readonly number[]): number[][] {
  const [length, ...rest] = lengths
  if (length === undefined) return [[]]
  return axes.flatMap((axis, k) =>
    frame[axis] === length ? placesOf(rest, axes.slice(k + 1), frame).map((places) => [axis, ...places]) : [],
  )
}

/** The axes that are longer than 1. */
export function longAxes(shape: readonly number[]): readonly number[] {
  return shape.flatMap((length, axis) => (length === 1 ? [] : [axis]))
}

/** Whether shapes differ in axes of length 1 alone. */
export function areAlike(a: readonly number[], b: readonly number[]): boolean {
  const [p, q] = [a, b].map((shape) => shape.filter((length) => length !== 1))
  return p!.length === q!.length && p!.every((length, k) => length === q![k])
}
