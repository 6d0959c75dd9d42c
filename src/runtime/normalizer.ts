import { normalizerOffset } from './module.ts'
import type { Vector } from './types.ts'

/*
 * A loss that is divided by a sum of its own, in place of the number of samples. All functions are optional.
 */

/** What the losses of a pass are divided by, as far as it has come. */
export interface Divisor {
  sum: number
}

export function noDivisor(): Divisor {
  return { sum: 0 }
}

/** Adds a batch's. */
export function addNormalizer(divisor: Divisor, arena: Vector): void {
  divisor.sum += arena[normalizerOffset]!
}

/** The loss of a pass; 0 where nothing counts. */
export function divided(sum: number, divisor: Divisor): number {
  return divisor.sum && sum / divisor.sum
}

/** A batch's. */
export function normalizerIn(arena: Vector): number {
  return arena[normalizerOffset]!
}
