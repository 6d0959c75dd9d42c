import { gather } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { count } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { keys, type Word } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

const standardNormal: Word = { word: 'normal', arguments: { std: 1 }, shorthand: false }

/** Row x[i] of the weight [numbers, units] for each whole number x[i] of the input. torch.nn.Embedding: Bengio et al. 2003. */
export const embedding = {
  arguments: keys({ units: count }),
  first: 'units',
  build: (x: Node, { units }: { units: number }, context: LayerContext): Node => {
    const rows = context.numbersBelow(x)
    if (rows === undefined)
      throw new Misfit('shape', 'needs whole numbers, straight from the input', 'write input: { shape: …, index: … }')
    return gather(context.parameter('weight', [rows, units], { init: standardNormal }), x)
  },
} as const
