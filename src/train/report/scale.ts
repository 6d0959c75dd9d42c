/** An axis: where numbers lie along it, and the ticks that are written at it. */
export interface Scale {
  /** From 0 to 1. */
  readonly place: (value: number) => number
  readonly ticks: readonly number[]
}

/** A straight axis over some numbers, with room to round ticks. */
export function linearScale(values: readonly number[], ticks = 5): Scale {
  const [low, high] = extremesOf(values)
  const step = roundStep((high - low) / ticks)
  const [from, to] = [step * Math.floor(low / step), step * Math.ceil(high / step)]
  const count = Math.round((to - from) / step)
  return {
    place: (value) => (value - from) / (to - from),
    ticks: Array.from({ length: count + 1 }, (_, k) => Number((from + k * step).toPrecision(12))),
  }
}

/** An axis of powers of ten, for positive numbers that differ much; else a straight one. */
export function lossScale(values: readonly number[]): Scale {
  const [low, high] = extremesOf(values)
  if (!(low > 0 && high / low > 30)) return linearScale(values)
  const [from, to] = [Math.log10(low), Math.log10(high)]
  const powers = Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, k) => 10 ** (Math.ceil(from) + k))
  return { place: (value) => (Math.log10(value) - from) / (to - from), ticks: powers }
}

function extremesOf(values: readonly number[]): [number, number] {
  const [low, high] = values.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)] as const,
    [Infinity, -Infinity] as const,
  )
  if (!Number.isFinite(low + high)) return [0, 1]
  const margin = Math.abs(low) * 0.01 || 0.5
  return low < high ? [low, high] : [low - margin, high + margin]
}

/** The next of 1, 2, 5, 10 … times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * 0.999)!
}
