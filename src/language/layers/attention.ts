import { contract, greater, iota, multiply, reshape, select, slice } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { count, flag } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { softmax } from '../words/numerics.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'
import { affine } from './linear.ts'
import { lengthsOf } from './sample.ts'

export interface AttentionSettings {
  readonly heads: number
  readonly causal: boolean
}

/**
 * Self-attention of several heads on a sample [time, features]: softmax(q kᵀ / √d) v for each head's d features, joined and
 * mixed; causal: a time attends to none after it. torch.nn.MultiheadAttention(batch_first = True): Vaswani et al. 2017.
 */
export const attention = {
  arguments: keys({ heads: count, causal: flag.default(false) }),
  first: 'heads',
  build: (x: Node, { heads, causal }: AttentionSettings, context: LayerContext): Node => {
    const [time, features] = lengthsOf(x, ['time', 'features'])
    if (features % heads !== 0) throw new Misfit('shape', `can't part ${features} features into ${heads} equal heads`)
    const size = features / heads

    const weight = context.parameter('in_proj_weight', [3 * features, features])
    const bias = context.parameter('in_proj_bias', [3 * features], { bias: true })
    const projected = context.name('p', affine(x, weight, bias, context))
    const parts = reshape(projected, ['batch', time, 3, heads, size])
    const [q, k, v] = ['q', 'k', 'v'].map((letter, part) =>
      context.name(letter, reshape(slice(parts, 2, part, part + 1), ['batch', time, heads, size])),
    ) as [Node, Node, Node]
    const scores = multiply(contract(q, 'bthd', k, 'bshd', 'bhts'), 1 / Math.sqrt(size))
    const weights = context.name('a', softmax(context.name('s', causal ? maskFuture(scores) : scores)))
    const heard = context.name('c', reshape(contract(weights, 'bhts', v, 'bshd', 'bthd'), x.shape))
    const mixing = context.parameter('out_proj.weight', [features, features])
    return affine(heard, mixing, context.parameter('out_proj.bias', [features], { bias: true }), context)
  },
} as const

/** Scores [batch, heads, time, other time], -∞ where the other is later, so that its weight is 0. */
function maskFuture(scores: Node): Node {
  const [time, other] = [2, 3].map((axis) => iota(scores.graph, scores.shape, axis)) as [Node, Node]
  return select(greater(other, time), -Infinity, scores)
}
