import { abs, branch, equal, less, select } from '../graph/build.ts'
import { countUses, type Node } from '../graph/node.ts'
import type { Op } from '../graph/op.ts'
import { rebuild } from '../graph/rebuild.ts'
import { alongReduced } from './reduced.ts'

/*
 * Branches that are not taken. A choice between log(x) and 0 has an adjoint of 0 for log(x) where it takes the other side, but 0 times
 * an infinite derivative is NaN, and so is 0 times what the branch left undefined. So within branches 0 times anything is 0.
 */

/** Ops that can be infinite or undefined, or have such a derivative, where their operands are neither. */
const singular: readonly Op[] = ['exp', 'expm1', 'log', 'log1p', 'sqrt', 'tan', 'power', 'divide']

/** Ops whose adjoints are that of the result, or parts of it: they multiply it by nothing. */
const linear: readonly Op[] = ['negate', 'add', 'subtract', 'maximum', 'minimum', 'select']

/** `x`, but 0 where a branch isn't taken. */
type Keep = (x: Node) => Node

/** Where a graph is within branches, what may be undefined there, and how far a derivation backwards has come in it. */
export class Branches {
  readonly #inside: ReadonlySet<Node>
  readonly #undefined = new Set<Node>()
  readonly #uses: ReadonlyMap<Node, number>
  /** How what leaves a node is kept 0, for nodes whose adjoint is 0 where the branch isn't taken. */
  readonly #keeps = new Map<Node, Keep>()
  /** The same for nodes whose adjoint may be NaN there by now. */
  readonly #pending = new Map<Node, Keep>()

  /**
   * @param outputs what is to be differentiated, and `order` all that it needs, inputs first.
   * @param isInside whether all of it is within a branch, and may be undefined.
   */
  constructor(outputs: Iterable<Node>, order: readonly Node[], isInside: boolean) {
    this.#inside = isInside ? new Set(order) : withinBranches(order)
    this.#uses = countUses(outputs)
    for (const node of order)
      if (isInside || isSingular(node) || node.inputs.some((input) => this.#undefined.has(input)))
        this.#undefined.add(node)
  }

  /** Whether NaN could come of an adjoint of 0 by this node's rule, or by a rule before it. */
  mayLeak(node: Node): boolean {
    return this.#inside.has(node) ? this.#undefined.has(node) : node.op === 'branch'
  }

  /** A product with 0 in place of what is infinite or undefined in its operands; another node as it is. */
  finite(node: Node): Node {
    if (node.op !== 'contract') return node
    const finite = (x: Node) => (this.#undefined.has(x) ? select(less(abs(x), Infinity), x, 0) : x)
    return rebuild(node, node.inputs.map(finite))
  }

  /**
   * A contribution by the rule of a node with adjoint δ to an input, with 0 where a branch isn't taken: unless the input's own rule alone
   * goes on from there, element by element, so that it can be seen to later.
   */
  settle(contribution: Node, input: Node, δ: Node, node: Node): Node {
    if (node.op === 'branch') {
      // What a maximum over axes passes on has another shape than the condition.
      if (this.#uses.get(input) === 1 && input.op !== 'max') this.#keeps.set(input, this.#taken(δ, node))
      return contribution
    }
    const pending = this.#pending.get(node)
    if (!pending && !hasFactor(node)) return contribution
    const keep = pending ?? this.#keeps.get(node) ?? keepingZeros(δ, node)
    const goesOn = input.kind === 'pointwise' && this.mayLeak(input)
    if (!goesOn || this.#uses.get(input) !== 1) return keep(contribution)
    this.#pending.set(input, keep)
    return contribution
  }

  /** A choice that is in no branch itself takes this one by its condition alone, which then serves in place of a test of δ. */
  #taken(δ: Node, node: Node): Keep {
    if (δ.op !== 'select' || this.#inside.has(node)) return keepingZeros(δ, node)
    const [condition, ...sides] = δ.inputs
    const zero = sides.findIndex((side) => side.op === 'constant' && side.attributes.value === 0)
    if (zero < 0) return keepingZeros(δ, node)
    return (x) => (zero === 0 ? select(condition, 0, branch(x)) : select(condition, branch(x), 0))
  }
}

/** 0 where the node's adjoint δ is 0. */
function keepingZeros(δ: Node, node: Node): Keep {
  const isZero = equal(δ, 0)
  const { axes } = node.op === 'max' ? node.attributes : { axes: [] }
  return (x) => select(alongReduced(isZero, x, axes), 0, branch(x))
}

/** Whether a node's rule multiplies its adjoint by values. What products multiply by is finite already. */
function hasFactor(node: Node): boolean {
  if (node.op === 'max') return true
  return node.kind === 'pointwise' && !linear.includes(node.op) && !isScaling(node)
}

/** All nodes within a branch, from what it holds down to its variables. */
function withinBranches(order: readonly Node[]): ReadonlySet<Node> {
  const inside = new Set<Node>()
  // Branches that end nowhere go over the same nodes: each is passed once for all of them.
  const passed = new Set<Node>()
  for (const node of order) {
    if (node.op !== 'branch') continue
    const { variables } = node.attributes
    const seen = variables.length > 0 ? new Set(variables) : passed
    const pending = [...node.inputs] as Node[]
    for (let inner = pending.pop(); inner; inner = pending.pop()) {
      if (seen.has(inner)) continue
      seen.add(inner)
      inside.add(inner)
      pending.push(...inner.inputs)
    }
  }
  return inside
}

function isSingular(node: Node): boolean {
  if (!singular.includes(node.op)) return false
  const value = constantIn(node, 1)
  if (value === undefined) return true
  return node.op === 'divide' ? value === 0 : !(Number.isInteger(value) && value >= 1)
}

/** Whether a node only multiplies by a constant, or divides by one that isn't 0. */
function isScaling(node: Node): boolean {
  if (node.op === 'divide') return !isSingular(node)
  return node.op === 'multiply' && [0, 1].some((position) => constantIn(node, position) !== undefined)
}

function constantIn({ inputs }: Node, position: number): number | undefined {
  const operand = inputs[position]
  return operand?.op === 'constant' ? operand.attributes.value : undefined
}
