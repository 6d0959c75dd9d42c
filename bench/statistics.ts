/** @throws Error if there are no values */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined) throw new Error('no values')
  return (low + high) / 2
}

/** The median of the ratios turn by turn, of as many turns as both have. */
export function medianRatio(values: readonly number[], base: readonly number[]): number {
  const turns = Math.min(values.length, base.length)
  return median(values.slice(0, turns).map((value, turn) => value / base[turn]!))
}

/** Throws an Error that lists them all unless all series agree within `tolerance`, relative to the first one. */
export function assertAgreement(series: readonly { title: string; values: number[] }[], tolerance: number): void {
  const [first, ...others] = series
  const differs = (values: number[]) =>
    values.some((value, i) => !(Math.abs(value - first!.values[i]!) <= tolerance * Math.abs(first!.values[i]!)))
  if (!others.some(({ values }) => differs(values))) return
  const lines = series.map(
    ({ title, values }) => `  ${values.map((value) => value.toPrecision(8)).join('  ')}  ${title}`,
  )
  throw new Error(`the contenders compute different things:\n${lines.join('\n')}`)
}
