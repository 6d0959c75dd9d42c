import { FreshNames } from '../../base/name.ts'
import { countUses, topologicalOrder, type Node } from '../node.ts'
import { regionOutputs } from '../scan.ts'
import { sampleShape } from '../shape.ts'

export type Symbols = ReadonlyMap<Node, string>

/** The names that one equation sees. */
export type Visible = Pick<Symbols, 'get'>

/** What nodes are called in equations. */
export interface Naming {
  /** As the spec or its layers name forward nodes: `f0`, `h1`, `Ω0`. */
  readonly symbols: Symbols
  /** Derivatives of the loss: `∂ℓ/∂f0`. The equations of forward nodes don't see them. */
  readonly adjoints: Symbols
  /** The nodes that the forward pass needs. */
  readonly forward: ReadonlySet<Node>
}

/** An unnamed expression that is used several times gets a name of its own, unless it is as short as this. */
const shortExpression = 2

/** Longer expressions have a name; where there is none, they are abbreviated: what is shared would repeat on paper, up to exponentially. */
export const longestExpression = 200

/**
 * The names that a set of equations goes by: the given ones, and t0, t1 … for `wanted` nodes without a name and for longer
 * expressions that are used several times. A vector's adjoint that one equation alone reads has none, unless it is wanted: it is
 * written out there, as in ∂ℓ/∂f0 = I[f0 > 0] ⊙ (Ω1ᵀ ∂ℓ/∂f1).
 * @param order all nodes of the equations, inputs before users.
 */
export function chooseNames(order: readonly Node[], given: Naming, wanted: ReadonlySet<Node>): Naming {
  const { forward } = given
  const [first, rest] = [order.filter((node) => forward.has(node)), order.filter((node) => !forward.has(node))]
  const uses = countUses(order)
  const forwardUses = countUses(first)
  const inPassing = (node: Node) => uses.get(node) === 1 && sampleShape(node.shape).length > 0 && !wanted.has(node)
  const symbols = new Map(given.symbols)
  const adjoints = new Map([...given.adjoints].filter(([node]) => !inPassing(node)))
  const naming = { symbols, adjoints, forward }
  const lengths = new Map<Node, number>()
  const names = new FreshNames()
  for (const name of [...given.symbols.values(), ...given.adjoints.values()]) names.from(name)
  for (const node of order)
    if (node.op === 'argument' && !symbols.has(node)) {
      const { name } = node.attributes
      const own = names.from(name)
      if (own !== name) symbols.set(node, own)
    }
  const temporaries = freshTemporaries(new Set([...symbols.values(), ...given.adjoints.values()]))
  const sizes = new Map<Node, number>()
  for (const node of [...first, ...rest]) {
    const visible = forward.has(node) ? symbols : everyName(naming)
    const sizeOf = (input: Node) => (visible.get(input) === undefined ? sizes.get(input)! : 0)
    const size = node.inputs.reduce((sum, input) => sum + sizeOf(input), isTransparent(node) ? 0 : 1)
    sizes.set(node, size)
    const lengthOf = (input: Node) => (visible.get(input) === undefined ? lengths.get(input)! : 1)
    const length = node.inputs.reduce((sum, input) => sum + lengthOf(input), 1)
    lengths.set(node, length)
    if (isLeaf(node) || visible.get(node) !== undefined) continue
    const isAdjoint = adjoints.has(node)
    const isShared = (isAdjoint ? forwardUses : uses).get(node)! > 1 && node.element === 'real'
    if (length > longestExpression || (isShared && size > shortExpression) || (wanted.has(node) && !isAdjoint))
      (forward.has(node) ? symbols : adjoints).set(node, temporaries.next().value)
  }
  return naming
}

/** A node's name, as a forward equation has it where it may. */
export function nameOf(node: Node, { symbols, adjoints }: Naming): string | undefined {
  return symbols.get(node) ?? adjoints.get(node)
}

/** The names that adjoints' equations see. What is given, or a number, isn't called a derivative there. */
export function everyName({ symbols, adjoints }: Naming): Visible {
  return { get: (node) => (isLeaf(node) ? undefined : adjoints.get(node)) ?? symbols.get(node) }
}

/** All nodes that `outputs` need, those of a scan's region before the scan. */
export function withRegions(outputs: Iterable<Node>): readonly Node[] {
  return [...new Set(topologicalOrder(outputs).flatMap((node) => [...topologicalOrder(regionOutputs(node)), node]))]
}

/** Those of t0, t1 … that nothing is called yet. */
function* freshTemporaries(taken: ReadonlySet<string>): Generator<string, never> {
  for (let k = 0; ; k++) if (!taken.has(`t${k}`)) yield `t${k}`
}

export function isLeaf(node: Node): boolean {
  return node.inputs.length === 0
}

/** Nodes that leave no trace in an equation. */
function isTransparent(node: Node): boolean {
  return isLeaf(node) || ['broadcast', 'reshape', 'detach', 'branch'].includes(node.op)
}
