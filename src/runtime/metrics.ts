import { metrics } from './module.ts'
import type { Inputs, Metrics, Targets, Vector } from './types.ts'

/*
 * Metrics over all samples of a pass, from what each batch leaves in the arena. All functions of trainers are optional.
 */

/** The sums of each metric. */
export type Tally = number[][]

export function newTally(): Tally {
  return metrics.map(() => [0, 0, 0, 0])
}

/** Begins a pass. */
export function clearTally(tally: Tally): void {
  for (const sums of tally) sums.fill(0)
}

/** Adds a batch of n samples. */
export function addMetrics(tally: Tally, arena: Vector, n: number): void {
  metrics.forEach(({ add, size, offsets }, k) =>
    add(
      tally[k]!,
      offsets.map((offset) => arena[offset]!),
      n * size,
    ),
  )
}

function valuesOf(tally: Tally): Metrics {
  return Object.fromEntries(metrics.map(({ name, value }, k) => [name, value(tally[k]!)])) as Metrics
}

/** The part of a report that tells of the training batches. */
export function trainingMetrics(tally: Tally): { readonly metrics: Metrics } {
  return { metrics: valuesOf(tally) }
}

/** The part of a report that tells of the validation samples, if there are any. */
export function validationMetrics(tally: Tally, validation: object | undefined) {
  return validation && { validationMetrics: valuesOf(tally) }
}

/** The trainer's `evaluate`. @param loss runs all samples. */
export function evaluator(tally: Tally, loss: (x: Inputs, y: Targets) => number) {
  return { evaluate: (x: Inputs, y: Targets) => ({ loss: loss(x, y), ...valuesOf(tally) }) }
}

/** A sum, and what it is divided by: the samples, unless that is a scalar too. */
export function addRatio(sums: number[], [sum, divisor]: readonly number[], elements: number): void {
  sums[0]! += sum!
  sums[1]! += divisor ?? elements
}

/** Their ratio; 0 where nothing counts. */
export function ratio([sum, divisor]: readonly number[]): number {
  return divisor! && sum! / divisor!
}

/**
 * The sum of (p - y)^2, and the mean of the targets and the sum of (y - mean)^2, from those of a part: Chan, Golub and LeVeque 1979, so
 * that nothing cancels.
 */
export function addVariance(sums: number[], [residual, mean, squares]: readonly number[], elements: number): void {
  const [, count, known] = sums as [number, number, number]
  const difference = mean! - known
  const all = count + elements
  sums[0]! += residual!
  sums[1] = all
  sums[2]! += (difference * elements) / all
  sums[3]! += squares! + (difference * difference * count * elements) / all
}

/** 1 less the sum of (p - y)^2 over that of (y - mean)^2; 0 where all targets are equal. */
export function r2([residual, , , squares]: readonly number[]): number {
  return squares! && 1 - residual! / squares!
}
