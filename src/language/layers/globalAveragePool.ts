import type { Node } from '../../graph/node.ts'
import { formatShape, sampleShape } from '../../graph/shape.ts'
import { Misfit } from '../words/misfit.ts'
import { mean } from '../words/numerics.ts'
import { keys } from '../words/word.ts'

/** The mean of each channel: [channels, …] to [channels]. torch.nn.AdaptiveAvgPool2d(1), flattened. */
export const globalAveragePool = {
  arguments: keys({}),
  build: (x: Node): Node => {
    const axes = x.shape.map((_, axis) => axis).slice(2)
    if (axes.length === 0)
      throw new Misfit('shape', `needs axes beside the channels, and a sample is ${formatShape(sampleShape(x.shape))}`)
    return mean(x, axes)
  },
} as const
