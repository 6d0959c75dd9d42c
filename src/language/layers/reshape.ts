import { reshape as view } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementsPerSample, formatShape, sampleShape } from '../../graph/shape.ts'
import { shapeOrScalar } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { keys } from '../words/word.ts'

/** Each sample's elements, row-major, under another shape. torch.reshape. */
export const reshape = {
  arguments: keys({ shape: shapeOrScalar }),
  first: 'shape',
  build: (x: Node, { shape }: { shape: readonly number[] }): Node => {
    if (elementsPerSample(shape) !== elementsPerSample(x.shape))
      throw new Misfit('shape', `can't make ${formatShape(shape)} of a sample of ${formatShape(sampleShape(x.shape))}`)
    return view(x, ['batch', ...shape])
  },
} as const
