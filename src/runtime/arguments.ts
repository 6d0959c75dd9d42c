import { expected } from './expected.ts'
import { Elements, overflow } from './module.ts'
import { shown } from './shown.ts'
import type { Vector } from './types.ts'
import { areFinite } from './wasm.ts'

/**
 * Counts the samples in `values`, the caller's array for the input or target `name`, and checks all of it.
 * TypeError: not a flat array of numbers. RangeError: a number that is NaN, infinite or too large to be stored, not whole samples, not the
 * samples or numbers asked for.
 * @param size the numbers in a sample.
 * @param samples how many samples there must be; any number unless given.
 * @param held what a sample holds, in words; unless given it is a tensor, whose numbers may be NaN or infinite.
 */
export function countSamples(
  name: string,
  values: ArrayLike<number>,
  size: number,
  samples?: number,
  held?: string,
): number {
  const length = typeof values === 'object' ? values?.length : NaN
  if (!(length >= 0)) refuse(name, size, samples, held, shown(values, name), TypeError)
  let i = 0
  if (isSumBelow(overflow, values)) i = length
  for (; i < length; i++) {
    const value = values[i]!
    const isNumber = typeof value === 'number'
    if (isNumber && (!held || Math.abs(value) < overflow)) continue
    const place = ` at ${name}[${i}]${held ? `, place ${i % size} of sample ${Math.floor(i / size)}` : ''}`
    const why = Number.isFinite(value) ? ', too large for single precision' : ''
    refuse(name, size, samples, held, shown(value, name, place) + why, isNumber ? RangeError : TypeError)
  }
  const count = length / size
  if (length % size || count !== (samples ?? count)) refuse(name, size, samples, held, length)
  return count
}

/**
 * Whether it is a typed array of numbers whose magnitudes come to less than the bound: then none is NaN, infinite or as large, which takes
 * a third of the time that it takes to look at each. Optional.
 */
export function isSumBelow(bound: number, values: ArrayLike<number>): boolean {
  if (!ArrayBuffer.isView(values) || typeof values[0] === 'bigint') return false
  const { length } = values as ArrayLike<number>
  if (length >= 500 && values instanceof Elements) return areFinite(values)
  let sum = 0
  let i = 0
  for (; i < length % 4; i++) sum += Math.abs(values[i]!)
  // One addition in four waits for the one before.
  for (; i < length; i += 4)
    sum += Math.abs(values[i]!) + Math.abs(values[i + 1]!) + (Math.abs(values[i + 2]!) + Math.abs(values[i + 3]!))
  return sum < bound
}

/** Throws an error (a RangeError unless told) that says what an input, a target or a tensor takes and what came. */
export function refuse(
  name: string,
  size: number,
  samples: number | undefined,
  held: string | undefined,
  got: unknown,
  error?: ErrorConstructor,
): never {
  const all = samples === undefined ? '' : `, ${samples * size} in all`
  return expected(`${name}: a flat array, ${held ? held + all : `${size} numbers`}`, got, error)
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
  if (order) return copyInOrder(arena, offset, values, size, start, count, order)
  // A call of `set` costs as much as a hundred elements in a loop.
  if (values.length > 100 && values.length === count * size) return arena.set(values, offset)
  for (let i = start * size; i < (start + count) * size; i++) arena[offset++] = values[i]!
}

/** The same in a shuffled epoch. Optional. */
export function copyInOrder(
  arena: Vector,
  offset: number,
  values: ArrayLike<number>,
  size: number,
  start: number,
  count: number,
  order: Uint32Array,
): void {
  for (let i = start; i < start + count; i++) {
    const from = order[i]! * size
    for (let j = 0; j < size; j++) arena[offset++] = values[from + j]!
  }
}
