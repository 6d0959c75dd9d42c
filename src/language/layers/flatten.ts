import { reshape } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementsPerSample } from '../../graph/shape.ts'
import { keys } from '../words/word.ts'

/** Each sample as a vector, row-major. torch.nn.Flatten. */
export const flatten = {
  arguments: keys({}),
  build: (x: Node): Node => reshape(x, ['batch', elementsPerSample(x.shape)]),
} as const
