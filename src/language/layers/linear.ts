import { add, broadcast, contract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { count, flag } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { initializer } from '../words/initializer.ts'
import { keys, type Word } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

export interface LinearSettings {
  readonly units: number
  readonly bias: boolean
  readonly init?: Word | undefined
}

/** Along the last axis: β + Ω h, with the weight Ω [units, in] and the bias β [units]. torch.nn.Linear. */
export const linear = {
  arguments: keys({ units: count, bias: flag.default(true), init: initializer.optional() }),
  first: 'units',
  build: (x: Node, { units, bias, init }: LinearSettings, context: LayerContext): Node => {
    const inputs = x.shape.at(-1)
    if (typeof inputs !== 'number') throw new Misfit('shape', 'needs an axis to act along, and a sample is a scalar')
    const weight = context.parameter('weight', [units, inputs], { init })
    return bias
      ? affine(x, weight, context.parameter('bias', [units], { bias: true }), context)
      : product(x, weight, context)
  },
} as const

/** Along the last axis: Ω h. */
function product(x: Node, weight: Node, context: LayerContext): Node {
  const rows = [...'abcdefgh'].slice(0, x.shape.length - 1).join('')
  return context.product(weight, contract(x, `${rows}i`, weight, 'oi', `${rows}o`))
}

/** Along the last axis: β + Ω h. */
export function affine(x: Node, weight: Node, bias: Node, context: LayerContext): Node {
  const h = product(x, weight, context)
  return add(broadcast(bias, h.shape, [h.shape.length - 1]), h)
}
