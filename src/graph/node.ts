import { arityOf, kindOf, type Arity, type Kind, type Op, type StructuralOp } from './op.ts'
import type { Shape } from './shape.ts'

/**
 * Windows that slide along some axes. Axis `axes[k]` (ascending) becomes their positions, and a new last axis, `sizes[k]` long, the
 * places within: x at strides[k] · position + dilations[k] · place. With a negative dilation windows are read backwards.
 */
export interface Windows {
  readonly axes: readonly number[]
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
}

/**
 * One time of a scan, as a graph of its own over `argument`s. The inputs of a scan are the carries' first values, the
 * sequences [batch, time, …] and what is the same at all times, in this order.
 */
export interface Region {
  /** Arguments: values that the time before has left. */
  readonly carries: readonly Node[]
  /** Arguments: the sequences' elements of this time. */
  readonly elements: readonly Node[]
  /** Arguments that don't change with time. */
  readonly captured: readonly Node[]
  /** The carries' values at the next time. */
  readonly next: readonly Node[]
}

/** The attributes of each op that isn't pointwise: all that a node carries besides its inputs and shape. */
export interface StructuralAttributes {
  /** A tensor that the caller gives: an input or a target. */
  readonly input: { readonly name: string }
  readonly parameter: { readonly name: string }
  /** A tensor that lasts from call to call and isn't trained: a running mean. */
  readonly state: { readonly name: string }
  /** A double from the host that changes by step, e.g. the learning rate. */
  readonly uniform: { readonly name: string }
  readonly constant: { readonly value: number }
  /** The index along `axis`, as a number. */
  readonly iota: { readonly axis: number }
  /** The number of samples in the batch, as a scalar. */
  readonly extent: object
  /** Reductions: `axes` (ascending) are removed from the shape. */
  readonly sum: { readonly axes: readonly number[] }
  /** The derivative goes to the largest element. If several are, they share it, or the first in row-major order gets it. */
  readonly max: { readonly axes: readonly number[]; readonly ties: 'share' | 'first' }
  /**
   * A sum of products in index notation, one letter an axis: `{ left: 'ab', right: 'cb', out: 'ac' }` is a row-by-row product with a
   * transposed matrix. Letters are distinct within an operand; every letter missing in `out` stands in both operands, and is summed.
   */
  readonly contract: { readonly left: string; readonly right: string; readonly out: string }
  readonly reshape: object
  /** Axis k of the result is axis `axes[k]` of the operand. */
  readonly permute: { readonly axes: readonly number[] }
  /** Axis k of the operand becomes axis `axes[k]` (ascending) of the result; along the others its elements repeat. */
  readonly broadcast: { readonly axes: readonly number[] }
  readonly slice: { readonly axis: number; readonly from: number; readonly to: number }
  /** Along axis `axes[k]` (ascending), `before[k]` and `after[k]` elements of `value` around the operand. */
  readonly pad: {
    readonly axes: readonly number[]
    readonly before: readonly number[]
    readonly after: readonly number[]
    readonly value: number
  }
  readonly concat: { readonly axis: number }
  /** Every position of a window over some axes, beside every place within it: a convolution is a product over this view. */
  readonly unfold: Windows
  /** The adjoint of `unfold`: each element added to where `unfold` reads it. */
  readonly fold: Windows
  /** Rows of a table by number: element [… i …, j …] is table[indices[… i …], j …]. An embedding. */
  readonly gather: object
  /** The adjoint of `gather`: rows added up at their numbers, in a table of `length` rows. */
  readonly scatter: { readonly length: number }
  /** A value that a region is given at each time: see `scan`. */
  readonly argument: { readonly region: string; readonly name: string }
  /** The values of one of a region's nodes at all times, where the region runs from the first time or from the last. */
  readonly scan: Region & { readonly output: Node; readonly reverse: boolean }
  /** The identity, through which no derivative passes. */
  readonly detach: object
  /**
   * The identity, around one side of a choice. Where the choice takes the other side the adjoint is 0 here, and it stays 0 on its way down
   * to the variables, even where it is multiplied by what is infinite or undefined. Without variables that is all the way.
   */
  readonly branch: { readonly variables: readonly Node[] }
}

export type Attributes<O extends Op> = O extends StructuralOp ? StructuralAttributes[O] : object

type InputsOf<N extends Arity<Op>> = {
  readonly 0: readonly []
  readonly 1: readonly [Node]
  readonly 2: readonly [Node, Node]
  readonly 3: readonly [Node, Node, Node]
  readonly many: readonly Node[]
}[N]

/** The inputs of a node, as many as its op takes. */
export type Inputs<O extends Op> = InputsOf<Arity<O>>

interface NodeWith<O extends Op> {
  /** Ascending in order of creation, so inputs always have smaller ids than the nodes that read them. */
  readonly id: number
  readonly graph: Interner
  readonly op: O
  /** Follows from the op: `node.kind === 'view'` tells which ops a node may be of. */
  readonly kind: Kind<O>
  readonly inputs: Inputs<O>
  readonly attributes: Attributes<O>
  readonly shape: Shape
  readonly element: 'real' | 'truth'
}

/** An immutable tensor expression. Within one interner equal expressions are one object: `===` is structural equality. */
export type Node = { [O in Op]: NodeWith<O> }[Op]

export type NodeOf<O extends Op> = Extract<Node, { readonly op: O }>
export type NodeOfKind<K extends Kind<Op>> = Extract<Node, { readonly kind: K }>

/** The table that makes equal nodes identical. Nodes of different interners can't be combined. */
export class Interner {
  readonly #nodes = new Map<string, Node>()

  /** @throws Error where the op takes another number of inputs, or one is of another graph. */
  intern<O extends Op>(
    op: O,
    inputs: readonly Node[],
    attributes: Attributes<O>,
    shape: Shape,
    element: Node['element'] = 'real',
  ): Node {
    const arity: Arity<Op> = arityOf(op)
    if (arity !== 'many' && inputs.length !== arity)
      throw new Error(`${op} takes ${arity} inputs, not ${inputs.length}`)
    for (const input of inputs) {
      if (input.graph !== this) throw new Error(`the operands of ${op} belong to different graphs`)
    }
    const key = `${op} ${formatAttributes(attributes)} ${inputs.map((input) => input.id).join()} ${shape.join()}`
    const known = this.#nodes.get(key)
    if (known) return known
    const id = this.#nodes.size
    const node = Object.freeze({ id, graph: this, op, kind: kindOf(op), inputs, attributes, shape, element }) as Node
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
