import { greaterEqual, multiply, select } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { share } from '../words/arguments.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

/**
 * In training each element is 0 with probability `rate`, else divided by 1 - rate, so that its mean stays; in evaluation the
 * identity. torch.nn.Dropout: Hinton et al. 2012.
 */
export const dropout = {
  arguments: keys({ rate: share.default(0.5) }),
  first: 'rate',
  build: (x: Node, { rate }: { rate: number }, context: LayerContext): Node => {
    if (context.mode !== 'training' || rate === 0) return x
    const mask = context.name('m', maskOf(context.noiseLike(x), rate))
    // A product, as PyTorch has it: what isn't a number stays that.
    return multiply(mask, x)
  },
} as const

/** What each element is multiplied by. @param noise uniform in [0, 1). */
export function maskOf(noise: Node, rate: number): Node {
  return select(greaterEqual(noise, rate), rate === 1 ? 0 : 1 / (1 - rate), 0)
}
