import { countUses, topologicalOrder, type Node } from '../node.ts'
import { regionOutputs } from '../scan.ts'

/** What nodes are called in equations: `f0`, `h1`, `Ω0`, `∂ℓ/∂f0`. */
export type Symbols = ReadonlyMap<Node, string>

/** An unnamed expression that is used several times gets a name of its own, unless it is as short as this. */
const shortExpression = 2

/** The names, and t0, t1 … for longer expressions that are used several times. @param order all nodes, inputs before users. */
export function withTemporaries(order: readonly Node[], symbols: Symbols): Symbols {
  const uses = countUses(order)
  const names = new Map(symbols)
  const sizes = new Map<Node, number>()
  const taken = new Set(symbols.values())
  for (const node of order) {
    const size = node.inputs.reduce(
      (sum, input) => sum + (names.has(input) ? 0 : sizes.get(input)!),
      isTransparent(node) ? 0 : 1,
    )
    sizes.set(node, size)
    if (!names.has(node) && uses.get(node)! > 1 && size > shortExpression && node.element === 'real')
      names.set(node, freshTemporary(taken))
  }
  return names
}

/** All nodes that `outputs` need, those of a scan's region before the scan. */
export function withRegions(outputs: readonly Node[]): readonly Node[] {
  return [...new Set(topologicalOrder(outputs).flatMap((node) => [...topologicalOrder(regionOutputs(node)), node]))]
}

/** The first of t0, t1 … that nothing is called yet. */
function freshTemporary(taken: Set<string>): string {
  for (let k = 0; ; k++) {
    const name = `t${k}`
    if (!taken.has(name)) return taken.add(name) && name
  }
}

export function isLeaf(node: Node): boolean {
  return node.inputs.length === 0
}

/** Nodes that leave no trace in an equation. */
function isTransparent(node: Node): boolean {
  return isLeaf(node) || node.op === 'broadcast' || node.op === 'reshape' || node.op === 'detach'
}
