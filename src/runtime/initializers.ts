import type { Vector } from './types.ts'
import { randomNormal, randomUniform } from './random.ts'

/*
 * One signature serves all: the view to fill, the initializer's own numbers, then the seed and the tensor's number,
 * which is its random stream.
 */

/** Every element `value`. */
export function constant(view: Vector, value: number, _seed: number, _stream: number): void {
  view.fill(value)
}

/** Normal with mean 0 and standard deviation `std`. */
export function normal(view: Vector, std: number, seed: number, stream: number): void {
  for (let i = 0; i < view.length; i++) view[i] = std * randomNormal(seed, stream, i)
}

/** Uniform in [-limit, limit). */
export function uniform(view: Vector, limit: number, seed: number, stream: number): void {
  for (let i = 0; i < view.length; i++) view[i] = limit * (2 * randomUniform(seed, stream, i) - 1)
}
