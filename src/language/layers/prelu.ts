import { broadcast, greater, multiply, reshape, select } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { number } from '../words/arguments.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

/** x > 0 ? x : w x with one trained slope, the weight [1]. torch.nn.PReLU: He et al. 2015. */
export const prelu = {
  arguments: keys({ start: number.default(0.25) }),
  first: 'start',
  build: (x: Node, { start }: { start: number }, context: LayerContext): Node => {
    const slope = broadcast(reshape(context.parameter('weight', [1], { init: start }), []), x.shape, [])
    return select(greater(x, 0), x, multiply(slope, x))
  },
} as const
