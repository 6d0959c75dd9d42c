import {
  add,
  branch,
  broadcast,
  constant,
  contract,
  detach,
  divide,
  equal,
  exp,
  expm1,
  max,
  maximum,
  multiply,
  negate,
  notEqual,
  power,
  select,
  softplus,
  sqrt,
  subtract,
  sum,
} from '../../graph/build.ts'
import type { Node, NodeOf } from '../../graph/node.ts'
import { isPowerOfTwo } from '../constants.ts'
import { numberOf, spread, times } from './affine.ts'
import { isPartOfShift, stateOf, unshifted } from './shifts.ts'

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
  /** Of what number shifts should be a short multiple, so that powers have exact shares of them. */
  readonly unit: number
  /** Whether exponents are shifted beyond a limit already. */
  readonly isShifted: boolean
  /** Whether their maximum was taken from them, in whatever way. */
  readonly isStable: boolean
  /** The sum divided by eˢ, with s in its shape. */
  readonly shifted: (s: Node) => Node
}

/** How deep a sum is looked into. */
const deepest = 16

/** How a node is read as such a sum. */
interface Reading {
  /** Whether this module's shifts count as none. */
  readonly isOwn?: boolean
  /** Whether it is one of terms c σ(u) = c e^(log σ(u)) alone. */
  readonly ofLogistic?: boolean
}

/** A node as such a sum; undefined if it has no exponential. */
export function exponentials(node: Node, reading: Reading = {}, depth = deepest): Exponentials | undefined {
  if (depth === 0) return undefined
  const { isOwn = false, ofLogistic = false } = reading
  const of = (inner: Node): Exponentials | undefined => exponentials(inner, reading, depth - 1)
  const orPlain = (inner: Exponentials | undefined, x: Node): Exponentials | undefined =>
    inner ?? (ofLogistic ? undefined : plain(x))
  switch (node.op) {
    case 'exp': {
      if (ofLogistic) return undefined
      const exponent = node.inputs[0]
      const u = isOwn ? unshifted(exponent) : exponent
      return { greatest: u, count: 1, part: 1, unit: 1, ...stateOf(u), shifted: (s) => exp(subtract(u, s)) }
    }
    case 'expm1':
      return ofLogistic ? undefined : lessOne(node)
    case 'sigmoid':
      return ofLogistic ? logistic(node) : undefined
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
      const [left, right] = [orPlain(a, node.inputs[0]), orPlain(b, node.inputs[1])]
      if (!left || !right) return undefined
      const combine = node.op === 'add' ? add : subtract
      return joined(left, right, maximum(left.greatest, right.greatest), (s) =>
        combine(left.shifted(s), right.shifted(s)),
      )
    }
    case 'multiply': {
      const [a, b] = node.inputs
      const root = shiftedRoot(a, b)
      if (root) return exponentials(root, { ...reading, isOwn: true }, depth - 1)
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
      const [base, exponent] = node.inputs.map(numberOf)
      if (base !== undefined && base > 0 && base !== 1) return ofLogistic ? undefined : powerOf(base, node.inputs[1])
      const inner = exponent !== undefined && exponent > 0 ? of(node.inputs[0]) : undefined
      return inner && powered(inner, exponent!)
    }
    case 'sqrt': {
      const inner = of(node.inputs[0])
      return inner && powered(inner, 0.5)
    }
    case 'select': {
      const [condition, ...branches] = node.inputs
      const [a, b] = branches.map(of)
      if (!a && !b) return undefined
      const [left, right] = [orPlain(a, branches[0]!), orPlain(b, branches[1]!)]
      if (!left || !right) return undefined
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
    unit: 1,
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
    unit: 1,
    ...stateOf(u),
    shifted: (s) => {
      const isPlain = equal(s, 0)
      return select(isPlain, expm1(select(isPlain, u, 0)), subtract(exp(subtract(u, s)), exp(negate(s))))
    },
  }
}

function joined(a: Exponentials, b: Exponentials, greatest: Node, shifted: (s: Node) => Node): Exponentials {
  const [isShifted, isStable] = [a.isShifted || b.isShifted, a.isStable || b.isStable]
  const [part, unit] = [Math.min(a.part, b.part), a.unit === 1 ? b.unit : a.unit]
  return { greatest, count: a.count + b.count, part, unit, isShifted, isStable, shifted }
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

/** Eᵖ for p > 0 */
function powered(inner: Exponentials, p: number): Exponentials {
  const unit = p * inner.unit
  return {
    ...inner,
    greatest: multiply(p, inner.greatest),
    count: inner.count ** Math.max(p, 1),
    part: Math.min(p, 1) * inner.part,
    unit: isPowerOfTwo(unit) ? 1 : unit,
    shifted: (s) => raised(inner.shifted(isPowerOfTwo(p) ? multiply(1 / p, s) : divide(s, p)), p),
  }
}

/** xᵖ */
export function raised(x: Node, p: number): Node {
  return p === 0.5 ? sqrt(x) : power(x, p)
}

/** cᵘ = e^(u log c) */
function powerOf(c: number, u: Node): Exponentials {
  const scale = Math.log(c)
  return {
    greatest: multiply(scale, u),
    count: 1,
    part: 1,
    unit: 1,
    ...stateOf(u),
    shifted: (s) => power(c, subtract(u, divide(s, scale))),
  }
}

/** σ(u) = e^(-log(1 + e⁻ᵘ)) */
function logistic(node: NodeOf<'sigmoid'>): Exponentials {
  const exponent = negate(softplus(times(-1, node.inputs[0])))
  return {
    greatest: exponent,
    count: 1,
    part: 1,
    unit: 1,
    isShifted: false,
    isStable: false,
    shifted: (s) => select(equal(s, 0), node, exp(subtract(exponent, s))),
  }
}

/** E'ᵖ of a b = e^(p s) E'ᵖ, where s is the shift of the exponents in E'. */
function shiftedRoot(a: Node, b: Node): Node | undefined {
  const isRoot = b.op === 'sqrt' || (b.op === 'power' && numberOf(b.inputs[1]) !== undefined)
  return a.op === 'exp' && isRoot && isPartOfShift(a.inputs[0]) ? b : undefined
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
