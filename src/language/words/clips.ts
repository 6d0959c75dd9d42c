import { add, broadcast, divide, maximum, minimum, multiply } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { positive } from './arguments.ts'
import { keys, type WordRow } from './word.ts'

/** A change to the gradients before weight decay enters them. A NaN stays one. */
export interface Clip extends WordRow {
  /** A number that the gradients share in a step, from the Euclidean norm of them all. */
  factor?(norm: Node, settings: object): Node
  /** The clipped gradient, element by element; `factor` is the one above. */
  clip(gradient: Node, settings: object, factor: Node): Node
}

const limit = keys({ limit: positive })

export interface Limit {
  readonly limit: number
}

/** The ways to clip gradients: torch.nn.utils's formulas. */
export const clips = {
  /** g min(1, limit / (‖g‖ + 10⁻⁶)), where ‖g‖ is the norm of all gradients. clip_grad_norm_: Pascanu, Mikolov and Bengio 2013. */
  norm: {
    arguments: limit,
    first: 'limit',
    factor: (norm: Node, { limit }: Limit) => minimum(divide(limit, add(norm, 1e-6)), 1),
    clip: (gradient: Node, _: Limit, factor: Node) => multiply(gradient, broadcast(factor, gradient.shape, [])),
  },
  /** max(-limit, min(g, limit)). clip_grad_value_. */
  value: {
    arguments: limit,
    first: 'limit',
    clip: (gradient: Node, { limit }: Limit) => maximum(minimum(gradient, limit), -limit),
  },
} as const
