import type { Attributes, Op } from './op.ts'
import type { Shape } from './shape.ts'

interface NodeOf<O extends Op> {
  /** Ascending in order of creation, so inputs always have smaller ids than the nodes that read them. */
  readonly id: number
  readonly graph: Interner
  readonly op: O
  readonly inputs: readonly Node[]
  readonly attributes: Attributes<O>
  readonly shape: Shape
  readonly element: 'real' | 'truth'
}

/** An immutable tensor expression. Within one interner equal expressions are one object: `===` is structural equality. */
export type Node = { [O in Op]: NodeOf<O> }[Op]

/** The table that makes equal nodes identical. Nodes of different interners can't be combined. */
export class Interner {
  readonly #nodes = new Map<string, Node>()

  intern<O extends Op>(
    op: O,
    inputs: readonly Node[],
    attributes: Attributes<O>,
    shape: Shape,
    element: Node['element'] = 'real',
  ): Node {
    for (const input of inputs) {
      if (input.graph !== this) throw new Error(`the operands of ${op} belong to different graphs`)
    }
    const key = `${op} ${formatAttributes(attributes)} ${inputs.map((input) => input.id).join()} ${shape.join()}`
    const known = this.#nodes.get(key)
    if (known) return known
    const node = Object.freeze({ id: this.#nodes.size, graph: this, op, inputs, attributes, shape, element }) as Node
    this.#nodes.set(key, node)
    return node
  }
}

/** -0 and 0 are different constants, and NaN is one: `String` and JSON would confuse them. */
function formatAttributes(attributes: object): string {
  return Object.values(attributes).map(formatAttribute).join(' ')
}

function formatAttribute(value: unknown): string {
  if (Array.isArray(value)) return value.map(formatAttribute).join()
  if (typeof value === 'object' && value !== null) return `#${(value as Node).id}`
  return Object.is(value, -0) ? '-0' : String(value)
}

/** All nodes that `outputs` need, each once, inputs before users. Iterative: a network may be thousands of nodes deep. */
export function topologicalOrder(outputs: Iterable<Node>): Node[] {
  const reached = new Set<Node>()
  const pending = [...outputs]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (reached.has(node)) continue
    reached.add(node)
    pending.push(...node.inputs)
  }
  return [...reached].sort((a, b) => a.id - b.id)
}

/** How many times each node that `outputs` need is an input of another. */
export function countUses(outputs: Iterable<Node>): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>()
  for (const node of topologicalOrder(outputs))
    for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1)
  return uses
}
