/** The base learning rate's factor in an epoch, from 0: multiplied by `factor` after every `every` epochs. */
export function step(epoch: number, every: number, factor: number): number {
  return factor ** Math.floor(epoch / every)
}

/** The base learning rate's factor in an epoch, from 0: multiplied by `factor` from each of these epochs on. */
export function milestones(epoch: number, factor: number, ...epochs: readonly number[]): number {
  return epochs.reduce((product, first) => (epoch < first ? product : product * factor), 1)
}

/** The base learning rate's factor: along a cosine from 1 to `minimum` in `epochs` epochs, back to 1 in as many, and so forth. */
export function cosine(epoch: number, epochs: number, minimum: number): number {
  return anneal(1, minimum, epoch / epochs)
}

/** The base learning rate's factor: along a straight line from `start` to `end` in `epochs` epochs, then `end`. */
export function linear(epoch: number, epochs: number, start: number, end: number): number {
  return start + (end - start) * Math.min(epoch / epochs, 1)
}

/** The base learning rate's factor: (1 - epoch / epochs)^power, then 0. */
export function polynomial(epoch: number, epochs: number, power: number): number {
  return Math.max(1 - epoch / epochs, 0) ** power
}

/**
 * The base learning rate's factor: half a cosine from 1/25 up to 1 in the first 3/10 of the epochs, half a cosine down to
 * 1/250000 in the others, then that.
 */
export function oneCycle(epoch: number, epochs: number): number {
  const peak = 0.3 * epochs - 1
  const [start, end] = [1 / 25, 1 / 25e4]
  return epoch > peak
    ? anneal(1, end, Math.min((epoch - peak) / (epochs - 1 - peak), 1))
    : anneal(start, 1, epoch / peak)
}

/** Half a cosine from `start`, at progress 0, to `end`, at progress 1. */
function anneal(start: number, end: number, progress: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * progress))
}
