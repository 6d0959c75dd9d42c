import { divide, max, sum } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { Misfit } from '../words/misfit.ts'
import { keys } from '../words/word.ts'
import { channelsOf, each, padding, perAxis, size, windowsOver, type PerAxis } from './windows.ts'

export interface PoolSettings {
  readonly kernel: PerAxis
  readonly stride?: PerAxis | undefined
  readonly padding: PerAxis
}

/** @param combine from [batch, channels, positions …, places …] to [batch, channels, positions …]. */
function pooling(rank: 1 | 2, outside: number, combine: (windows: Node, places: readonly number[]) => Node) {
  return {
    arguments: keys({
      kernel: perAxis(rank, size),
      stride: perAxis(rank, size).optional(),
      padding: perAxis(rank, padding).default(0),
    }),
    first: 'kernel',
    build: (x: Node, { kernel, stride = kernel, padding }: PoolSettings): Node => {
      channelsOf(x, rank)
      const [sizes, margins] = [each(kernel, rank), each(padding, rank)]
      if (margins.some((margin, k) => 2 * margin > sizes[k]!))
        throw new Misfit('shape', 'takes a padding of at most half its kernel')
      const windows = windowsOver(x, rank, { kernel, stride, padding }, outside)
      return combine(
        windows,
        sizes.map((_, k) => x.shape.length + k),
      )
    },
  } as const
}

/** The derivative of a maximum goes to the first of several largest elements, as in torch. */
const largest = (windows: Node, places: readonly number[]) => max(windows, places, 'first')

/** Zeros outside count. */
const average = (windows: Node, places: readonly number[]) =>
  divide(
    sum(windows, places),
    places.reduce((product, axis) => product * (windows.shape[axis] as number), 1),
  )

/** The largest element of each window over [channels, length]. torch.nn.MaxPool1d. */
export const maxPool1d = pooling(1, -Infinity, largest)
/** The largest element of each window over [channels, height, width]. torch.nn.MaxPool2d. */
export const maxPool2d = pooling(2, -Infinity, largest)
/** The mean of each window over [channels, length]. torch.nn.AvgPool1d. */
export const averagePool1d = pooling(1, 0, average)
/** The mean of each window over [channels, height, width]. torch.nn.AvgPool2d. */
export const averagePool2d = pooling(2, 0, average)
