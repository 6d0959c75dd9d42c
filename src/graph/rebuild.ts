import type { Node } from './node.ts'

/** The same op on other inputs of the same shapes; the same node if they are the same inputs. */
export function rebuild(node: Node, inputs: readonly Node[]): Node {
  if (inputs.every((input, position) => input === node.inputs[position])) return node
  return node.graph.intern(node.op, inputs, node.attributes, node.shape, node.element)
}
