import type { State } from './state.ts'

/**
 * The learning rate of the next epoch, after the metric of this one. Up to epoch `first` it is `rate`. From then on it is
 * kept, and multiplied by `factor` (to `minimum` at least) after more than `patience` epochs in a row without a metric below
 * best (1 - threshold).
 * As torch.optim.lr_scheduler.ReduceLROnPlateau, which also makes no cut of 1e-8 or less.
 */
export function plateau(
  state: State & Record<'best' | 'badEpochs', number>,
  metric: number,
  rate: number,
  first: number,
  patience: number,
  factor: number,
  threshold: number,
  minimum: number,
): number {
  const { best, epoch, learningRate } = state
  if (epoch < first) return rate
  if (metric < best * (1 - threshold)) {
    state.best = metric
    state.badEpochs = 0
  } else if (++state.badEpochs > patience) {
    state.badEpochs = 0
    const cut = Math.max(learningRate * factor, minimum)
    if (learningRate - cut > 1e-8) return cut
  }
  return learningRate
}

/** Whether `name` is the best metric and `value` a number, which may be negative or Infinity, where it starts. Optional. */
export function isBestMetric(name: string, value: unknown): boolean {
  return name === 'best' && typeof value === 'number'
}
