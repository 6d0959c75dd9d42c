import { expected } from './expected.ts'
import type { State } from './state.ts'

/**
 * The learning rate of an epoch after the metric of the one before: `rate` up to epoch `first`; from there on the one before, times
 * `factor` after more than `patience` epochs in a row whose metrics didn't lie below the best by its share `threshold`, and at least
 * `minimum`. TypeError without a metric. As torch.optim.lr_scheduler.ReduceLROnPlateau, which leaves out cuts of up to 1e-8.
 */
export function plateau(
  state: State & Record<'best' | 'badEpochs', number>,
  epoch: number,
  metric: unknown,
  rate: number,
  first: number,
  patience: number,
  factor: number,
  threshold: number,
  minimum: number,
): number {
  const { best, learningRate } = state
  if (typeof metric !== 'number')
    return expected('a number in nextEpoch(metric), which plateau goes by', typeof metric, TypeError)
  if (epoch <= first) return rate
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

/** Whether this is the best metric, which may be any number and starts at Infinity. Optional. */
export function isBestMetric(name: string, value: number): boolean {
  return name === 'best' && value <= Infinity
}
