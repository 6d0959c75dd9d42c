/** The times of the first and the last step, both included, between which a buffer's contents must stay. */
export type Interval = readonly [from: number, to: number]

/** Times: ascending intervals that don't overlap. */
export type Times = readonly Interval[]

/** Whether there is a time in both. */
export function overlap(a: Times, b: Times): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]![1] < b[j]![0]) i++
    else if (b[j]![1] < a[i]![0]) j++
    else return true
  }
  return false
}

/** The times in both. */
export function common(a: Times, b: Times): Times {
  const both: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [from, to] = [Math.max(a[i]![0], b[j]![0]), Math.min(a[i]![1], b[j]![1])]
    if (from <= to) both.push([from, to])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return both
}

/** The times in either. */
export function united(a: Times, b: Times): Times {
  const either: [number, number][] = []
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const isNext = j === b.length || (i < a.length && a[i]![0] <= b[j]![0])
    const [from, to] = isNext ? a[i++]! : b[j++]!
    const last = either.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else either.push([from, to])
  }
  return either
}
