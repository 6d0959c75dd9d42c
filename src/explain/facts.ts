import { countOperations } from '../graph/count.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { sampleShape } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'
import type { Facts } from './document.ts'
import type { Kernels } from './kernels.ts'
import type { Line, Lines } from './lines.ts'

/** What sections are made of: a network, or its view of one loss, its equations, and the module's kernels. */
export interface Known {
  readonly network: Network
  readonly lines: Lines
  readonly kernels: Kernels
}

/** What is known of a line's left side. */
export function factsIn({ network, lines, kernels }: Known, { node, name, of }: Line): Facts {
  const layer = of && layerOf(of.node, network)
  return {
    shape: sampleShape(node.shape),
    ...(layer !== undefined && { layer }),
    operations: ownOperations(node, lines),
    kernels: kernels.of(name),
  }
}

/** The layer that a node belongs to. */
function layerOf(node: Node, { sections }: Network): string | undefined {
  return [...sections].find(([, nodes]) => nodes.includes(node))?.[0]
}

/** The operations between what has a name and a node, for one sample. */
function ownOperations(node: Node, { symbols }: Lines): number {
  const below = new Set<Node>()
  const pending = [...node.inputs]
  for (let next = pending.pop(); next; next = pending.pop())
    if (symbols.has(next)) below.add(next)
    else pending.push(...next.inputs)
  const count = (nodes: readonly Node[]) => countOperations(topologicalOrder(nodes), 1)
  return count([node, ...below]) - count([...below])
}
