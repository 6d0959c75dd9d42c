import { z } from 'zod'
import { add, broadcast, contract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { count, flag } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { initializers } from '../words/initializers.ts'
import { networkInitializers } from '../words/networkInitializers.ts'
import { keys, parseWord, reportIssue, type Word, type WordSpec } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

const initializerWords = { ...initializers, ...networkInitializers }
const parseInitializer = parseWord('initializer', () => initializerWords)

/** How the weights of a network of layers start. */
export const networkInitializer = z.unknown().transform(parseInitializer) as unknown as z.ZodType<
  Word,
  WordSpec<typeof initializerWords>
>

/** How one parameter starts, wherever it stands. */
export const initializer = z.unknown().transform(async (value, context): Promise<Word> => {
  const parsed = await parseInitializer(value, context)
  if (!Object.hasOwn(networkInitializers, parsed.word)) return parsed
  reportIssue(context, value, [], 'expected an initializer for a parameter by itself', {
    code: 'wrong-type',
    hint: `${parsed.word} is for a whole network of layers: give it as the network's init`,
  })
  return z.NEVER
}) as unknown as z.ZodType<Word, WordSpec<typeof initializers>>

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
    const weight = context.parameter('weight', [units, inputs], init)
    return bias ? affine(x, weight, context.parameter('bias', [units]), context) : product(x, weight, context)
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
