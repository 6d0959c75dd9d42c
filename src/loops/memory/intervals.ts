/** The times of the first and the last step, both included, between which a buffer's contents must stay. */
export type Interval = readonly [from: number, to: number]

/** Whether any two of ascending intervals have a time in common. */
export function overlap(a: readonly Interval[], b: readonly Interval[]): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]![1] < b[j]![0]) i++
    else if (b[j]![1] < a[i]![0]) j++
    else return true
  }
  return false
}

/** The times that two lists of ascending intervals have in common. */
export function common(a: readonly Interval[], b: readonly Interval[]): readonly Interval[] {
  const both: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [from, to] = [Math.max(a[i]![0], b[j]![0]), Math.min(a[i]![1], b[j]![1])]
    if (from <= to) both.push([from, to])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return both
}
