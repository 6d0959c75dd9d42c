import { apply, branch } from './build.ts'
import { topologicalOrder, type Node } from './node.ts'

/**
 * Nodes with some of the nodes that they need replaced.
 * @returns the replaced form of each of `nodes`, in their order.
 */
export function substitute(nodes: readonly Node[], replacements: ReadonlyMap<Node, Node>): Node[] {
  const replaced = new Map<Node, Node>()
  const of = (node: Node) => replaced.get(node)!
  for (const node of topologicalOrder(nodes))
    replaced.set(node, replacements.get(node) ?? rebuild(withEnds(node, replacements), node.inputs.map(of)))
  return nodes.map(of)
}

/** Each of `nodes` on the replaced forms of its inputs, though it be replaced itself. */
export function substituteBelow(nodes: readonly Node[], replacements: ReadonlyMap<Node, Node>): Node[] {
  const inputs = substitute(
    nodes.flatMap((node) => [...node.inputs]),
    replacements,
  )
  return nodes.map((node) => rebuild(withEnds(node, replacements), inputs.splice(0, node.inputs.length)))
}

/** A branch that ends at what its variables have become; another node as it is. */
function withEnds(node: Node, replacements: ReadonlyMap<Node, Node>): Node {
  if (node.op !== 'branch' || !node.attributes.variables.some((variable) => replacements.has(variable))) return node
  return branch(
    node.inputs[0],
    node.attributes.variables.map((variable) => replacements.get(variable) ?? variable),
  )
}

/** The same op on other inputs of the same shapes; the same node if they are the same inputs. */
export function rebuild(node: Node, inputs: readonly Node[]): Node {
  if (inputs.every((input, position) => input === node.inputs[position])) return node
  return node.graph.intern(node.op, inputs, node.attributes, node.shape, node.element)
}

/**
 * A pointwise expression, branches included, on other leaves, in their graph and shape.
 * @param leaf the node that replaces a node; undefined for a node that is built again on its replaced inputs.
 */
export function transplant(expression: Node, leaf: (node: Node) => Node | undefined): Node {
  const placed = new Map<Node, Node>()
  const reached = new Set([expression])
  // A set iterates over what is added meanwhile.
  for (const node of reached) {
    const other = leaf(node)
    if (other) placed.set(node, other)
    else node.inputs.forEach((input) => reached.add(input))
  }
  for (const node of [...reached].sort((a, b) => a.id - b.id)) {
    if (placed.has(node)) continue
    const inputs = node.inputs.map((input) => placed.get(input)!)
    if (node.op === 'branch') {
      const variables = node.attributes.variables.map((variable) => placed.get(variable) ?? leaf(variable)!)
      placed.set(node, branch(inputs[0]!, variables))
    } else if (node.kind === 'pointwise') placed.set(node, apply(node.op, ...inputs))
    else throw new Error(`${node.op} is not pointwise`)
  }
  return placed.get(expression)!
}
