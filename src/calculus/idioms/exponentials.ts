import {
  abs,
  branch,
  broadcast,
  constant,
  contract,
  detach,
  divide,
  equal,
  exp,
  expm1,
  less,
  max,
  maximum,
  add,
  multiply,
  negate,
  notEqual,
  power,
  select,
  sqrt,
  subtract,
  sum,
} from '../../graph/build.ts'
import type { Node, NodeOf } from '../../graph/node.ts'
import { numberOf, spread } from './affine.ts'

/*
 * Sums of terms c eᵘ, scalar or along axes. Where the largest u is so large that eᵘ overflows, or so small that all of them vanish, a
 * quotient or a logarithm of such sums needn't: all exponents are shifted by it. Anywhere else the shift is 0, and every bit is that of
 * the formula as it is written. Values don't depend on the shift, so it is a constant to derivatives.
 */

/** A sum of exponentials, at every element of a tensor. */
export interface Exponentials {
  /** The largest exponent among terms whose coefficient isn't 0. */
  readonly greatest: Node
  /** How many terms there are. */
  readonly count: number
  /** What of an exponent is left of it in the sum, at least: half of it under a root, where the whole overflows before. */
  readonly part: number
  /** Whether exponents are shifted beyond a limit already. */
  readonly isShifted: boolean
  /** Whether their maximum was taken from them, in whatever way. */
  readonly isStable: boolean
  /** The sum divided by eˢ, with s in its shape. */
  readonly shifted: (s: Node) => Node
}

/** How deep a sum is looked into. */
const deepest = 16

/** A node as such a sum; undefined if it has no exponential. @param isOwn whether this module's shifts count as none. */
export function exponentials(node: Node, isOwn = false, depth = deepest): Exponentials | undefined {
  if (depth === 0) return undefined
  const of = (inner: Node): Exponentials | undefined => exponentials(inner, isOwn, depth - 1)
  switch (node.op) {
    case 'exp': {
      const exponent = node.inputs[0]
      const u = isOwn ? unshifted(exponent) : exponent
      return { greatest: u, count: 1, part: 1, ...stateOf(u), shifted: (s) => exp(subtract(u, s)) }
    }
    case 'expm1':
      return lessOne(node)
    case 'broadcast': {
      const inside = spread(node)
      return inside === node ? undefined : of(inside)
    }
    case 'negate': {
      const inner = of(node.inputs[0])
      return inner && { ...inner, shifted: (s) => negate(inner.shifted(s)) }
    }
    case 'add':
    case 'subtract': {
      const [a, b] = node.inputs.map(of)
      if (!a && !b) return undefined
      const [left, right] = [a ?? plain(node.inputs[0]), b ?? plain(node.inputs[1])]
      const combine = node.op === 'add' ? add : subtract
      return joined(left, right, maximum(left.greatest, right.greatest), (s) =>
        combine(left.shifted(s), right.shifted(s)),
      )
    }
    case 'multiply': {
      const [a, b] = node.inputs
      const [left, right] = [of(a), of(b)]
      if (left && right) return a === b ? powered(left, 2) : undefined
      if (left) return weighted(left, b, (inner) => multiply(inner, b))
      return right && weighted(right, a, (inner) => multiply(a, inner))
    }
    case 'divide': {
      const [a, b] = node.inputs
      const inner = of(b) ? undefined : of(a)
      return inner && { ...inner, shifted: (s) => divide(inner.shifted(s), b) }
    }
    case 'power': {
      const [inner, exponent] = [of(node.inputs[0]), numberOf(node.inputs[1])]
      return inner && (exponent === 2 || exponent === 0.5) ? powered(inner, exponent) : undefined
    }
    case 'sqrt': {
      const inner = of(node.inputs[0])
      return inner && powered(inner, 0.5)
    }
    case 'select': {
      const [condition, ...branches] = node.inputs
      const [a, b] = branches.map(of)
      if (!a && !b) return undefined
      const [left, right] = [a ?? plain(branches[0]!), b ?? plain(branches[1]!)]
      return joined(left, right, select(condition, left.greatest, right.greatest), (s) =>
        select(condition, left.shifted(s), right.shifted(s)),
      )
    }
    case 'branch': {
      const inner = of(node.inputs[0])
      const { variables } = node.attributes
      const ends = (s: Node): readonly Node[] => (variables.length > 0 ? [...variables, s] : [])
      return inner && { ...inner, shifted: (s) => branch(inner.shifted(s), ends(s)) }
    }
    case 'sum': {
      const inner = of(node.inputs[0])
      return inner && along(inner, node.inputs[0], node.attributes.axes, (terms) => sum(terms, node.attributes.axes))
    }
    case 'contract':
      return weightedSum(node, of)
    default:
      return undefined
  }
}

/** What has no exponential: n e⁰. */
export function plain(n: Node): Exponentials {
  const number = numberOf(n)
  return {
    greatest: constant(n.graph, number === 0 ? -Infinity : 0, n.shape),
    count: 1,
    part: 1,
    isShifted: false,
    isStable: false,
    shifted: (s) => (number === 0 ? n : number === 1 ? exp(negate(s)) : multiply(n, exp(negate(s)))),
  }
}

/** eᵘ − 1, whose value near 0 is expm1's unless it is shifted. */
function lessOne(node: NodeOf<'expm1'>): Exponentials {
  const [u] = node.inputs
  return {
    greatest: maximum(u, 0),
    count: 2,
    part: 1,
    ...stateOf(u),
    shifted: (s) => {
      const isPlain = equal(s, 0)
      return select(isPlain, expm1(select(isPlain, u, 0)), subtract(exp(subtract(u, s)), exp(negate(s))))
    },
  }
}

function joined(a: Exponentials, b: Exponentials, greatest: Node, shifted: (s: Node) => Node): Exponentials {
  const [isShifted, isStable] = [a.isShifted || b.isShifted, a.isStable || b.isStable]
  return { greatest, count: a.count + b.count, part: Math.min(a.part, b.part), isShifted, isStable, shifted }
}

/** With exponents up to this, in both precisions, sums of exponentials are finite. */
const moderate = 80

/** c Σ eᵘ, whose exponents don't count where c = 0: there they are shifted by more, if they are so large that 0 eᵘ would be 0 · ∞. */
function weighted(inner: Exponentials, c: Node, product: (inner: Node) => Node): Exponentials {
  if (numberOf(c) !== undefined) return { ...inner, shifted: (s) => product(inner.shifted(s)) }
  const atLeast = subtract(inner.greatest, inner.part * moderate)
  return {
    ...inner,
    greatest: select(notEqual(c, 0), inner.greatest, -Infinity),
    isStable: inner.isShifted,
    shifted: (s) => product(inner.shifted(detach(select(equal(c, 0), maximum(s, atLeast), s)))),
  }
}

/** Eᵖ, for exponents with which s / p is exact. */
function powered(inner: Exponentials, p: 2 | 0.5): Exponentials {
  const raise = (x: Node): Node => (p === 2 ? power(x, 2) : sqrt(x))
  return {
    ...inner,
    greatest: multiply(p, inner.greatest),
    part: Math.min(p, 1) * inner.part,
    shifted: (s) => raise(inner.shifted(multiply(1 / p, s))),
  }
}

/** The terms of `x`, added along axes by `total`. */
function along(
  inner: Exponentials,
  x: Node,
  axes: readonly number[],
  total: (terms: Node) => Node,
): Exponentials | undefined {
  if (axes.some((axis) => x.shape[axis] === 'batch')) return undefined
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
  const length = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1)
  return {
    ...inner,
    greatest: max(inner.greatest, axes),
    count: length * inner.count,
    shifted: (s) => total(inner.shifted(broadcast(s, x.shape, kept))),
  }
}

/** Σ cᵢ eᵘⁱ over the elements of a sample, as a product of two tensors of one shape. */
function weightedSum(
  node: NodeOf<'contract'>,
  of: (inner: Node) => Exponentials | undefined,
): Exponentials | undefined {
  const [a, b] = node.inputs
  const { left, right, out } = node.attributes
  const [first, second] = [of(a), of(b)]
  if (left !== right || (first && second) || !left.startsWith(out)) return undefined
  const product = (x: Node, y: Node): Node => contract(x, left, y, right, out)
  const axes = [...left].map((_, axis) => axis).slice(out.length)
  if (first)
    return along(
      weighted(first, b, (inner) => inner),
      a,
      axes,
      (terms) => product(terms, b),
    )
  return (
    second &&
    along(
      weighted(second, a, (inner) => inner),
      b,
      axes,
      (terms) => product(a, terms),
    )
  )
}

/** A shift of exponents, the largest of which is `greatest`: that one, where it is finite and farther from 0 than `limit`, else 0. */
export function shiftBeyond(limit: number, greatest: Node): Node {
  const distance = abs(greatest)
  return detach(select(less(limit, distance), select(less(distance, Infinity), greatest, 0), 0))
}

/** The same wherever it is finite. */
export function shiftAlways(greatest: Node): Node {
  return detach(select(less(abs(greatest), Infinity), greatest, 0))
}

/** Whether a node, repeated or not, is such a shift beyond some limit. */
export function isShiftBeyond(node: Node): boolean {
  if (node.op === 'broadcast') return isShiftBeyond(node.inputs[0])
  const outer = node.op === 'detach' ? node.inputs[0] : node
  if (outer.op !== 'select' || outer.inputs[0].op !== 'less' || outer.inputs[1].op !== 'select') return false
  const limit = numberOf(outer.inputs[0].inputs[0])
  return limit !== undefined && shiftBeyond(limit, outer.inputs[1].inputs[1]) === node
}

/** An exponent before it was shifted beyond a limit. */
function unshifted(u: Node): Node {
  if (u.op === 'subtract' && isPartOfShift(u.inputs[1])) return u.inputs[0]
  if (u.op === 'negate' && isPartOfShift(u.inputs[0])) return constant(u.graph, 0, u.shape)
  return u
}

/** Whether an exponent is shifted, be it by a maximum that was taken by hand. */
function stateOf(u: Node): Pick<Exponentials, 'isShifted' | 'isStable'> {
  const shift = u.op === 'subtract' ? u.inputs[1] : u.op === 'negate' ? u.inputs[0] : undefined
  const isShifted = shift !== undefined && isPartOfShift(shift)
  return { isShifted, isStable: isShifted || (u.op === 'subtract' && isMaximumOf(u.inputs[0], u.inputs[1])) }
}

/** Whether a node, repeated or not, is a shift or what is made of one: a power's share, or what weights of 0 choose in its place. */
function isPartOfShift(node: Node): boolean {
  if (node.op === 'broadcast') return isPartOfShift(node.inputs[0])
  const isMultiple = node.op === 'multiply' && numberOf(node.inputs[0]) !== undefined
  if (isMultiple) return isPartOfShift(node.inputs[1])
  const isWhereWeighted =
    node.op === 'detach' && node.inputs[0].op === 'select' && isPartOfShift(node.inputs[0].inputs[2])
  return isWhereWeighted || isShiftBeyond(node)
}

/** Whether a node is, or repeats, the largest of some, x among them, by whatever chain of maxima and choices. */
function isMaximumOf(x: Node, node: Node): boolean {
  // A set iterates over what is added meanwhile.
  const reached = new Set([node])
  for (const { op, inputs } of reached) {
    const isChoice = op === 'max' || op === 'maximum' || op === 'select'
    if (isChoice && inputs.some((input) => (input.op === 'branch' ? input.inputs[0] : input) === x)) return true
    if (isChoice || ['broadcast', 'detach', 'branch', 'reshape'].includes(op))
      inputs.forEach((input) => reached.add(input))
  }
  return false
}

/** What a node repeats, and how. */
export function repeated(node: Node): { readonly inner: Node; readonly repeat: (x: Node) => Node } {
  if (node.op !== 'broadcast') return { inner: node, repeat: (x) => x }
  return { inner: node.inputs[0], repeat: (x) => broadcast(x, node.shape, node.attributes.axes) }
}
