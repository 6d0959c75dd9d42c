import { evaluate } from '../graph/evaluate.ts'
import type { Node } from '../graph/node.ts'
import type { Random } from './data.ts'

/**
 * Evaluates a graph as kernels may that compute in doubles and store in single precision: it is drawn what is stored, and so rounded. Where
 * every operation rounds, equal numbers stay equal, and terms that cancel leave 0; here they leave what rounding does, which may then be
 * divided by.
 */
export function storing(random: Random): typeof evaluate {
  return (outputs, bindings) => evaluate(outputs, { ...bindings, isStored: drawn(random) })
}

/** Any nodes but the host's numbers and indices, which nothing stores. */
function drawn(random: Random): (node: Node) => boolean {
  const known = new Map<Node, boolean>()
  return (node) => {
    const isStored = known.get(node) ?? (node.kind !== 'host' && node.kind !== 'index' && random() < 0.5)
    known.set(node, isStored)
    return isStored
  }
}
