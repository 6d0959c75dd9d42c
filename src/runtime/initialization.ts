import { expected } from './expected.ts'
import type { Options } from './interface.ts'
import { copyInputs, countInputs, initializeBatch, network, startedByData } from './module.ts'
import type { Inputs, Vector } from './types.ts'

/*
 * Start values that depend on data: trainers of networks that have some know whether these are there yet. All functions are
 * optional.
 */

/** 1 if the options give start values to one of those parameters: then to all that need them. */
export function hasStarted({ parameters = {} }: Options): number {
  return Number(startedByData.some((name) => Object.hasOwn(parameters, name)))
}

/** What a file says nothing of are trained parameters. */
export function countAsStarted(state: Record<string, number>): void {
  state.initialized = 1
}

/** Takes the batch of n samples that lies in the arena, unless there was one. */
export function startOnce(arena: Vector, n: number, state: { initialized: number }): void {
  if (state.initialized) return
  initializeBatch(arena, n)
  state.initialized = 1
}

/** Takes x, or its first batch. */
export function startFrom(arena: Vector, x: Inputs, state: { initialized: number }): void {
  const count = Math.min(countInputs(x), network.batch) || expected('1 sample or more', 0)
  copyInputs(arena, x, 0, count)
  state.initialized = 0
  startOnce(arena, count, state)
}
