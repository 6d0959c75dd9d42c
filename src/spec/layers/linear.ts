import { z } from 'zod'
import { add, broadcast, contract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { count, flag } from '../arguments.ts'
import { Misfit } from '../misfit.ts'
import { initializers } from '../initializers.ts'
import { keys, parseWord, type Word, type WordSpec } from '../word.ts'
import type { LayerContext } from './layer.ts'

export const initializer = z.unknown().transform(parseWord('initializer', () => initializers)) as unknown as z.ZodType<
  Word,
  WordSpec<typeof initializers>
>

export interface LinearSettings {
  readonly units: number
  readonly bias: boolean
  readonly init?: Word | undefined
}

/** Along the last axis: β + Ω h, with the weight Ω [units, in] and the bias β [units]. torch.nn.Linear. */
export const linear = {
  arguments: keys({ units: count, bias: flag.default(true), init: initializer.optional() }),
  first: 'units',
  build: (x: Node, { units, bias, init }: LinearSettings, { parameter }: LayerContext): Node => {
    const inputs = x.shape.at(-1)
    if (typeof inputs !== 'number') throw new Misfit('shape', 'needs an axis to act along, and a sample is a scalar')
    const weight = parameter('weight', [units, inputs], init)
    return bias ? affine(x, weight, parameter('bias', [units])) : product(x, weight)
  },
} as const

/** Along the last axis: Ω h. */
function product(x: Node, weight: Node): Node {
  const rows = [...'abcdefgh'].slice(0, x.shape.length - 1).join('')
  return contract(x, `${rows}i`, weight, 'oi', `${rows}o`)
}

/** Along the last axis: β + Ω h. */
export function affine(x: Node, weight: Node, bias: Node): Node {
  const h = product(x, weight)
  return add(broadcast(bias, h.shape, [h.shape.length - 1]), h)
}
