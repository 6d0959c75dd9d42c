import { topologicalOrder, type Node } from './node.ts'

/**
 * Nodes with some of the nodes that they need replaced.
 * @returns the replaced form of each of `nodes`, in their order.
 */
export function substitute(nodes: readonly Node[], replacements: ReadonlyMap<Node, Node>): Node[] {
  const replaced = new Map<Node, Node>()
  const of = (node: Node) => replaced.get(node)!
  for (const node of topologicalOrder(nodes))
    replaced.set(node, replacements.get(node) ?? rebuild(node, node.inputs.map(of)))
  return nodes.map(of)
}

/** The same op on other inputs of the same shapes; the same node if they are the same inputs. */
export function rebuild(node: Node, inputs: readonly Node[]): Node {
  if (inputs.every((input, position) => input === node.inputs[position])) return node
  return node.graph.intern(node.op, inputs, node.attributes, node.shape, node.element)
}
