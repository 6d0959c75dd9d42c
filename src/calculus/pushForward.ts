import {
  add,
  branch,
  concat,
  constant,
  contract,
  input,
  marginsOf,
  multiply,
  pad,
  select,
  sum,
} from '../graph/build.ts'
import { topologicalOrder, type Node, type NodeOf, type NodeOfKind } from '../graph/node.ts'
import { rebuild, substitute } from '../graph/rebuild.ts'
import { adjointsOfInputs } from './adjoint.ts'
import { differentiate, pullBack } from './differentiate.ts'
import { withoutUnread } from './scan.ts'

/**
 * Forward-mode differentiation, from graph to graph: the tangent of `output`, its derivative along a direction in which leaves vary.
 * It reads the same nodes of the way forward as the adjoints do, so what several derivatives share is computed once.
 *
 * @param tangents the direction: for each leaf that varies a node of its shape.
 * @returns a node of the output's shape; undefined where it doesn't depend on these leaves.
 */
export function pushForward(output: Node, tangents: ReadonlyMap<Node, Node>): Node | undefined {
  const known = new Map(tangents)
  for (const node of topologicalOrder([output])) {
    if (known.has(node) || !node.inputs.some((input) => known.has(input))) continue
    const tangent = tangentOf(
      node,
      node.inputs.map((input) => known.get(input)),
      known,
    )
    if (tangent) known.set(node, tangent)
  }
  return known.get(output)
}

type Tangents = readonly (Node | undefined)[]

/** @param inputs the tangents of the node's inputs; undefined for what doesn't vary. */
function tangentOf(node: Node, inputs: Tangents, known: ReadonlyMap<Node, Node>): Node | undefined {
  switch (node.kind) {
    case 'pointwise':
      return node.op === 'select' ? ofChoice(node, inputs) : ofPointwise(node, inputs)
    case 'view':
      return ofView(node, inputs, known)
    case 'reduction':
      return node.op === 'sum' ? rebuild(node, [inputs[0]!]) : ofLargest(node, inputs[0]!)
    case 'product':
      return ofProduct(node, inputs)
    case 'join':
      return ofJoin(node, inputs)
    case 'scatter':
      return inputs[0] && rebuild(node, node.inputs.with(0, inputs[0]))
    case 'loop':
      return ofLoop(node, inputs)
    case 'given':
    case 'host':
    case 'index':
      return undefined
  }
}

/** Σ ∂h/∂xₖ tₖ. The adjoint's rule is ∂h/∂xₖ times δ, element by element, so it serves for a tangent too. */
function ofPointwise(h: NodeOfKind<'pointwise'>, inputs: Tangents): Node | undefined {
  return total(inputs.map((t, k) => t && (adjointsOfInputs(t, h, pullBack)[k] ?? undefined)))
}

/** That of the branch taken. */
function ofChoice({ inputs: [condition] }: NodeOf<'select'>, [, a, b]: Tangents): Node | undefined {
  return a || b ? select(condition, a ?? 0, b ?? 0) : undefined
}

/** The same view of the tangent; of what is looked up, the same rows. */
function ofView(node: NodeOfKind<'view'>, [t]: Tangents, known: ReadonlyMap<Node, Node>): Node | undefined {
  if (!t || node.op === 'detach') return undefined
  if (node.op !== 'branch') return rebuild(node, node.inputs.with(0, t) as Node[])
  const { variables } = node.attributes
  return branch(t, [...variables, ...variables.flatMap((variable) => known.get(variable) ?? [])])
}

/** Σ w t, where w is the share that each element has in the largest: its adjoint. */
function ofLargest(h: NodeOf<'max'>, t: Node): Node {
  const [shares] = adjointsOfInputs(constant(h.graph, 1, h.shape), h, pullBack)
  return sum(multiply(shares!, t), h.attributes.axes)
}

/** (a b)' = a' b + a b' */
function ofProduct({ inputs: [a, b], attributes: { left, right, out } }: NodeOf<'contract'>, [s, t]: Tangents) {
  return total([s && contract(s, left, b, right, out), t && contract(a, left, t, right, out)])
}

/** The same parts of the tangents, with 0 where nothing varies. */
function ofJoin(node: NodeOfKind<'join'>, inputs: Tangents): Node {
  if (node.op === 'pad') return pad(inputs[0]!, marginsOf(node.attributes))
  const parts = node.inputs.map((part, k) => inputs[k] ?? constant(part.graph, 0, part.shape))
  return concat(parts, node.attributes.axis)
}

/**
 * What pulls back is linear, δ J for any δ: so its derivative by δ pushes forward, J t = ∂(δ J · t)/∂δ. It doesn't depend on δ, though
 * loops in it are given δ.
 */
function ofLoop(h: NodeOf<'scan'>, inputs: Tangents): Node | undefined {
  const δ = input(h.graph, 'δ', h.shape)
  const adjoints = adjointsOfInputs(δ, h, pullBack)
  return total(inputs.map((t, k) => t && withoutLeaf(δ, differentiate(adjoints[k]!, t, [δ]).get(δ)!)))
}

/** An equal node whose loops aren't given a leaf on which it doesn't depend. */
function withoutLeaf(leaf: Node, node: Node): Node {
  const replacements = new Map<Node, Node>()
  for (const loop of topologicalOrder([node])) {
    if (loop.kind !== 'loop' || !topologicalOrder([loop]).includes(leaf)) continue
    const [rebuilt] = substitute([loop], replacements) as [NodeOf<'scan'>]
    replacements.set(loop, withoutUnread(rebuilt))
  }
  return substitute([node], replacements)[0]!
}

function total(terms: Tangents): Node | undefined {
  const found = terms.filter((term) => term !== undefined)
  return found.length > 0 ? found.reduce((a, b) => add(a, b)) : undefined
}
