import { expected } from './expected.ts'
import type { Vector } from './types.ts'

/**
 * The number of samples in `values`, given as the input or target `name`, after checking it whole: a flat array of
 * numbers, `size` to a sample; where told, of `samples` samples, and whole from 0 to below `below`. TypeError
 * or RangeError otherwise.
 */
export function countSamples(
  name: string,
  values: ArrayLike<number>,
  size: number,
  samples?: number,
  below?: number,
): number {
  if (typeof values !== 'object' || !(values?.length >= 0)) refuse(name, size, below, typeof values, TypeError)
  const { length } = values
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    if (typeof value !== 'number') refuse(name, size, below, `${typeof value} at ${i}`, TypeError)
    // The elements of a typed array are all of one type.
    if (!below && 'buffer' in values) break
    if (below && !(value % 1 === 0 && value >= 0 && value < below)) {
      refuse(name, size, below, `${value} at ${i}`)
    }
  }
  const count = length / size
  if (length % size) refuse(name, size, below, `${length} numbers`)
  if (count !== (samples ?? count)) refuse(name, size, below, `${count} samples, not ${samples}`)
  return count
}

/** Throws what an input or target takes and what came. */
function refuse(name: string, size: number, below: number | undefined, got: string, error?: ErrorConstructor): never {
  return expected(`${name}: flat samples of ${size} ${below ? `whole numbers below ${below}` : 'numbers'}`, got, error)
}

/**
 * Copies `count` samples of checked values into the arena at `offset`: from sample `start` on, or those that `order`
 * names from there on.
 */
export function copySamples(
  arena: Vector,
  offset: number,
  values: ArrayLike<number>,
  size: number,
  start: number,
  count: number,
  order?: Uint32Array,
): void {
  // A call of `set` costs as much as a hundred elements in a loop.
  if (!order && values.length > 100 && values.length === count * size) return arena.set(values, offset)
  for (let i = start; i < start + count; i++) {
    const from = (order ? order[i]! : i) * size
    for (let j = 0; j < size; j++) arena[offset++] = values[from + j]!
  }
}
