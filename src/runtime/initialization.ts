import { expected } from './expected.ts'
import type { Options } from './interface.ts'
import { copyInputs, countInputs, initializeBatch, network, startedByData } from './module.ts'
import type { Inputs, Vector } from './types.ts'

/*
 * Start values that depend on data. The trainer of a network that has some keeps `initialized`, 1 once they were set. All
 * functions are optional.
 */

/** 1 if the options start any parameter that a batch would start (the batch then starts none), else 0. */
export function hasStarted({ parameters = {} }: Options): number {
  return Number(startedByData.some((name) => Object.hasOwn(parameters, name)))
}

/** Marks the parameters as started: a file that doesn't say whether they were holds trained ones. */
export function countAsStarted(state: Record<string, number>): void {
  state.initialized = 1
}

/** Starts the parameters from the batch of n samples that lies in the arena, unless they were started before. */
export function startOnce(arena: Vector, n: number, state: { initialized: number }): void {
  if (state.initialized) return
  initializeBatch(arena, n)
  state.initialized = 1
}

/** Starts the parameters again, from the first batch of x. RangeError: x has no sample. */
export function startFrom(arena: Vector, x: Inputs, state: { initialized: number }): void {
  const count = Math.min(countInputs(x), network.batch) || expected('1 sample or more', 0)
  copyInputs(arena, x, 0, count)
  state.initialized = 0
  startOnce(arena, count, state)
}
