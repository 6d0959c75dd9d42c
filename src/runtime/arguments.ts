import { expected } from './expected.ts'
import { isIgnored } from './module.ts'
import type { Vector } from './types.ts'

/**
 * Counts the samples in `values`, the caller's array for the input or target `name`, and checks all of it.
 * TypeError: not a flat array of numbers. RangeError: not whole samples, not the samples or numbers asked for.
 * @param size the numbers in a sample.
 * @param samples how many samples there must be; any number unless given.
 * @param below a bound, if the numbers are class or row numbers: whole, from 0 to below this one.
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
    if (isIgnored(name, value)) continue
    if (below && !(value % 1 === 0 && value >= 0 && value < below)) {
      refuse(name, size, below, `${value} at ${i}`)
    }
  }
  const count = length / size
  if (length % size) refuse(name, size, below, `${length} numbers`)
  if (count !== (samples ?? count)) refuse(name, size, below, `${count} samples, not ${samples}`)
  return count
}

/** Throws an error (a RangeError unless told) that says what an input or target takes and what came. */
function refuse(name: string, size: number, below: number | undefined, got: string, error?: ErrorConstructor): never {
  return expected(`${name}: flat samples of ${size} ${below ? `whole numbers below ${below}` : 'numbers'}`, got, error)
}

/**
 * Copies `count` samples of checked values, `size` numbers each, into the arena at `offset`: the samples from number
 * `start` on, or, in a shuffled epoch, the samples whose numbers stand in `order` from `start` on.
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
