import type { ModuleDescription } from './description.ts'

/*
 * What modules may have or be without.
 */

/** Whether it is inference alone. */
export function isModel({ only }: ModuleDescription): boolean {
  return only === 'model'
}

export function startsFromData({ startedByData }: ModuleDescription): boolean {
  return startedByData.length > 0
}

export function hasHessian({ hessianProduct }: ModuleDescription): boolean {
  return hessianProduct === true
}

export function isPatient({ patience }: ModuleDescription): boolean {
  return patience !== undefined
}

export function isScheduled({ schedule }: ModuleDescription): boolean {
  return schedule !== undefined
}

/** Whether its schedule goes by a metric of each epoch. */
export function readsMetric({ schedule }: ModuleDescription): boolean {
  return schedule?.readsMetric === true
}

export function hasBinary({ wasm }: ModuleDescription): boolean {
  return wasm !== undefined
}

/** Whether the kernels' binary has one that looks for numbers that are NaN or infinite. */
export function looksInBinary({ wasm }: ModuleDescription): boolean {
  return wasm?.largestBatch !== undefined
}
