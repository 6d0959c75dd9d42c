import { z } from '../words/zod.ts'
import { pad } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { unfold, windowSpan, type Window } from '../../graph/windows.ts'
import { count, whole } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { lengthsOf } from './sample.ts'

/*
 * The part that convolutions and pooling share: windows over the axes of a sample [channels, …].
 */

/** Numbers for some axes: one for all of them, or one each. */
export type PerAxis = number | readonly number[]

const numbers = (rank: number, { minValue }: z.ZodInt): string =>
  `a whole number from ${minValue}, or a list of ${rank}: one an axis`

/** One number for all of `rank` axes, or a list with one for each. */
export function perAxis(rank: number, type: z.ZodInt) {
  return z.union([type, z.array(type).length(rank).readonly()], { error: numbers(rank, type) })
}

/** Zeros around a sample. */
export const padding = whole

/** `same`, which keeps each axis as long as it is, or a number of zeros on each side. */
export function samePadding(rank: number) {
  const error = `same, ${numbers(rank, padding)}`
  return z.union([z.literal('same'), perAxis(rank, padding)], { error })
}

export const size = count

/** @throws Misfit unless a sample is [channels, …] with `rank` axes beside the channels. @returns the channels. */
export function channelsOf(x: Node, rank: number): number {
  const [channels] = lengthsOf(x, ['channels', ...(rank === 1 ? ['length'] : ['height', 'width'])])
  return channels!
}

export function each(value: PerAxis, rank: number): readonly number[] {
  return typeof value === 'number' ? new Array<number>(rank).fill(value) : value
}

export interface Sliding {
  readonly kernel: PerAxis
  readonly stride: PerAxis
  readonly dilation?: PerAxis
  /** Zeros on each side; `same` keeps an axis as long as it is, with one more at the end where their number is odd. */
  readonly padding: PerAxis | 'same'
}

/**
 * All windows over the last `rank` axes of x, with `value` around them: [batch, …, positions …, places …].
 * @throws Misfit when a window is larger than what it slides over.
 */
export function windowsOver(x: Node, rank: number, sliding: Sliding, value = 0): Node {
  const first = x.shape.length - rank
  const [sizes, strides, dilations] = [sliding.kernel, sliding.stride, sliding.dilation ?? 1].map((numbers) =>
    each(numbers, rank),
  ) as [readonly number[], readonly number[], readonly number[]]
  const windows = sizes.map((size, k): Required<Window> => {
    return { axis: first + k, size, stride: strides[k]!, dilation: dilations[k]! }
  })
  const padded = pad(
    x,
    windows.map(({ axis, size, dilation }, k) => {
      const both = sliding.padding === 'same' ? windowSpan(size, dilation) - 1 : 2 * each(sliding.padding, rank)[k]!
      return { axis, before: Math.floor(both / 2), after: Math.ceil(both / 2) }
    }),
    value,
  )
  for (const { axis, size, dilation } of windows) {
    const [span, length] = [windowSpan(size, dilation), padded.shape[axis] as number]
    if (span > length) throw new Misfit('shape', `slides a window of ${span} over ${length} elements`)
  }
  return unfold(padded, windows)
}
