/** The factor of the base learning rate in an epoch, from 0: `factor` once more after every `every` epochs. */
export function step(epoch: number, every: number, factor: number): number {
  return factor ** Math.floor(epoch / every)
}

/** The factor in an epoch, from 0: `factor` once more from each of these epochs on. */
export function milestones(epoch: number, factor: number, ...epochs: readonly number[]): number {
  return epochs.reduce((product, first) => (epoch < first ? product : product * factor), 1)
}

/** The factor: along half a cosine from 1 to `minimum`, back along the next to 1, and so forth, each of `epochs`. */
export function cosine(epoch: number, epochs: number, minimum: number): number {
  return anneal(1, minimum, epoch / epochs)
}

/** The factor: straight from `start` to `end`, which it keeps. */
export function linear(epoch: number, epochs: number, start: number, end: number): number {
  return start + (end - start) * Math.min(epoch / epochs, 1)
}

/** The factor: (1 - epoch / epochs)^power, then 0. */
export function polynomial(epoch: number, epochs: number, power: number): number {
  return Math.max(1 - epoch / epochs, 0) ** power
}

/** The factor: from 1/25 up to 1 over the first 3/10 of the epochs, then down to 1/250000, which it keeps. */
export function oneCycle(epoch: number, epochs: number): number {
  const peak = 0.3 * epochs - 1
  const [start, end] = [1 / 25, 1 / 25e4]
  return epoch > peak
    ? anneal(1, end, Math.min((epoch - peak) / (epochs - 1 - peak), 1))
    : anneal(start, 1, epoch / peak)
}

/** From `start`, at 0, to `end`, at 1, along half a cosine. */
function anneal(start: number, end: number, progress: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * progress))
}
