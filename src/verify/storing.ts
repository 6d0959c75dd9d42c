import { evaluate, type Bindings } from '../graph/evaluate.ts'
import type { Node } from '../graph/node.ts'
import type { Random } from './data.ts'

/** How often it is drawn what is stored. */
const draws = 8

/**
 * How far kernels that compute in doubles and store in single precision may take each node: the most of a few draws of what is stored, and so
 * rounded. Where every operation rounds, equal numbers stay equal, and their deviation is 0; here it is what rounding leaves, and what is
 * divided by it is as uncertain as it is large.
 */
export function spreadByStoring(nodes: readonly Node[], bindings: Bindings, random: Random): readonly number[] {
  const exactly = evaluate(nodes, bindings)
  const spread = nodes.map(() => 0)
  for (let draw = 0; draw < draws; draw++) {
    evaluate(nodes, { ...bindings, isStored: drawn(random) }).forEach((values, k) => {
      const apart = values.map((value, at) => Math.abs(value - exactly[k]![at]!))
      spread[k] = apart.reduce((most, own) => (own > most ? own : most), spread[k]!)
    })
  }
  return spread
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
