import { randomUniform } from './random.ts'

/**
 * A random order of 0 ... count - 1 for one epoch, by Fisher and Yates's method.
 * Epochs have the random streams from the highest down; tensors have those from 0 up.
 */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const j = (randomUniform(seed, ~epoch, i) * (i + 1)) >>> 0
    order[i] = order[j]!
    order[j] = i
  }
  return order
}
