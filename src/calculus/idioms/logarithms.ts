import {
  abs,
  add,
  contract,
  equal,
  exp,
  less,
  log,
  log1p,
  multiply,
  negate,
  select,
  softplus,
  sqrt,
  subtract,
  sum,
  tanh,
} from '../../graph/build.ts'
import type { Node, NodeOf } from '../../graph/node.ts'
import { sameShape } from '../../graph/shape.ts'
import { isPowerOfTwo } from '../constants.ts'
import { affine, deepest, numberOf, pairOf, scaled, times } from './affine.ts'
import { exponentials, repeated, shiftAlways, shiftBeyond } from './exponentials.ts'

/*
 * Logarithms, powers and roots. Each function gives the right-hand side of its equation, or null.
 */

/** log(1 + eᵘ) = softplus(u) */
export function logOfOnePlusExponential(x: Node): Node | null {
  const pair = pairOf(x)
  return pair?.sign === 1 && pair.scale === 1 && !pair.v ? softplus(pair.u) : null
}

/** log σ(u) = -softplus(-u) */
export function logOfLogistic(x: Node): Node | null {
  return x.op === 'sigmoid' ? negate(softplus(times(-1, x.inputs[0]))) : null
}

/** log eᵘ = u */
export function logOfExponential(x: Node): Node | null {
  return x.op === 'exp' ? x.inputs[0] : null
}

/** log(eᵘ / Σ c eᵛ) = u - s - log Σ c e^(v - s), with s = max v */
export function logOfShare(x: Node): Node | null {
  if (x.op !== 'divide') return null
  const { inner, repeat } = repeated(x.inputs[1])
  const [share, whole] = [exponentials(x.inputs[0], true), exponentials(inner, true)]
  if (x.inputs[0].op !== 'exp' || !share || !whole) return null
  if (whole.isStable) return subtract(x.inputs[0].inputs[0], repeat(log(inner)))
  const s = shiftAlways(whole.greatest)
  return subtract(subtract(share.greatest, repeat(s)), repeat(log(whole.shifted(s))))
}

/** log Σ c (eᵘ / d) = log Σ c e^(u - s) - log(d e⁻ˢ), for a sum d of exponentials eᵛ, with s = max v */
export function logOfMean(x: Node): Node | null {
  const [a, b] =
    x.op === 'contract' ? x.inputs : x.op === 'sum' && x.inputs[0].op === 'multiply' ? x.inputs[0].inputs : []
  const quotient = a?.op === 'divide' ? a : b
  if (quotient?.op !== 'divide') return null
  const [n, d] = quotient.inputs
  const { inner, repeat } = repeated(d)
  const [share, whole] = [exponentials(n, true), exponentials(inner, true)]
  if (!share || !whole || !sameShape(inner.shape, x.shape)) return null
  const weightedBy = (terms: Node): Node => {
    const [left, right] = quotient === a ? [terms, b!] : [a!, terms]
    if (x.op !== 'contract') return sum(multiply(left, right), (x as NodeOf<'sum'>).attributes.axes)
    return contract(left, x.attributes.left, right, x.attributes.right, x.attributes.out)
  }
  if (whole.isStable) return subtract(log(weightedBy(n)), log(inner))
  const s = shiftAlways(whole.greatest)
  return subtract(log(weightedBy(share.shifted(repeat(s)))), log(whole.shifted(s)))
}

/** log(1 - tanh² u) = log1p(-tanh² u) near 0, and 2 (log 2 - |u| - log(1 + e^-2|u|)) beyond */
export function logOfTangentSlope(x: Node): Node | null {
  const { constant, terms } = affine(x)
  const [first] = terms
  const root = terms.length === 1 && constant === 1 && first!.coefficient === -1 ? squared(first!.node) : undefined
  if (root?.op !== 'tanh') return null
  const u = root.inputs[0]
  const isNear = less(abs(u), 1)
  const near = tanh(select(isNear, u, 0))
  const far = subtract(subtract(Math.LN2, abs(u)), softplus(multiply(-2, abs(u))))
  return select(isNear, log1p(negate(multiply(near, near))), multiply(2, far))
}

/** log(a b) = log a + log b, log(a / b) = log a - log b, of all factors at once: of each factor once, however often it is one. */
export function logOfFactors(x: Node): Node | null {
  if (!isSeparable(x)) return null
  const products = new Set([x])
  // A set iterates over what is added meanwhile.
  for (const product of products) for (const factor of product.inputs) if (isSeparable(factor)) products.add(factor)
  const logarithms = new Map<Node, Node>()
  const logOf = (factor: Node): Node => {
    const { inner, repeat } = repeated(factor)
    return logarithms.get(factor) ?? repeat(log(inner))
  }
  for (const product of [...products].sort((a, b) => a.id - b.id)) {
    const [left, right] = product.inputs.map(logOf) as [Node, Node]
    logarithms.set(product, product.op === 'multiply' ? add(left, right) : subtract(left, right))
  }
  return logarithms.get(x)!
}

/** Whether the logarithm of a product or quotient is taken of each factor. */
function isSeparable(x: Node): x is NodeOf<'multiply' | 'divide'> {
  if (x.op !== 'multiply' && x.op !== 'divide') return false
  const parts = x.inputs.map((factor) => repeated(factor).inner)
  return parts.some(isLogistic) || parts.every(isExponential)
}

/** Whether a node is a logistic function, or a product of what is above 0 with one. */
function isLogistic(x: Node): boolean {
  if (x.op === 'sigmoid') return true
  return x.op === 'multiply' && isAboveZero(x) && x.inputs.some((input) => isLogistic(repeated(input).inner))
}

/** Whether a node is a sum of exponentials above 0. */
function isExponential(x: Node): boolean {
  return exponentials(x) !== undefined && isAboveZero(x)
}

/** Whether all that a node is made of shows that it is above 0. */
function isAboveZero(x: Node, depth = deepest): boolean {
  if (depth === 0) return false
  if (isPositive(x) || x.op === 'exp' || x.op === 'sigmoid') return true
  const isArithmetic = ['add', 'multiply', 'divide', 'broadcast', 'sum', 'sqrt'].includes(x.op)
  if (isArithmetic) return x.inputs.every((input) => isAboveZero(input, depth - 1))
  return x.op === 'power' && isAboveZero(x.inputs[0], depth - 1)
}

/** log xᵖ = p log x, p log |x| for even p */
export function logOfPower(x: Node): Node | null {
  const isSquare = x.op === 'multiply' && x.inputs[0] === x.inputs[1]
  const p = isSquare ? 2 : x.op === 'power' ? numberOf(x.inputs[1]) : undefined
  if (p === undefined || p === 0) return null
  const base = x.inputs[0]!
  return multiply(p, log(p % 2 === 0 && !isAboveZero(base) ? abs(base) : base))
}

/** log(1 + x) = log1p(x) */
export function logOfOnePlus(x: Node): Node | null {
  if (x.op !== 'add' && x.op !== 'subtract') return null
  const [a, b] = x.inputs
  if (numberOf(a) === 1) return log1p(x.op === 'add' ? b : scaled(-1, b))
  return numberOf(b) === (x.op === 'add' ? 1 : -1) ? log1p(a) : null
}

/** log Σ c eᵘ = s + log Σ c e^(u - s), with s = max u where that is farther from 0 than `limit`, else 0 */
export function logOfExponentials(x: Node, limit: number): Node | null {
  const terms = exponentials(x)
  const pair = pairOf(x)
  // 1 - eᵘ has a logarithm only where u < 0.
  const isFalling = pair?.sign === -1 && pair.scale < 0 && !pair.v
  if (!terms || terms.isStable || isFalling) return null
  const s = shiftBeyond(terms.part * limit, terms.greatest)
  return add(s, log(terms.shifted(s)))
}

/** log1p(eᵘ) = softplus(u), log1p(-σ(u)) = log σ(-u) */
export function logOfOnePlusFunction(x: Node): Node | null {
  if (x.op === 'exp') return softplus(x.inputs[0])
  const { constant, terms } = affine(x)
  const [first] = terms
  if (constant !== 0 || terms.length !== 1 || first!.coefficient !== -1 || first!.node.op !== 'sigmoid') return null
  return negate(softplus(first!.node.inputs[0]))
}

/** (eᵘ)ᵖ = e^(p u), for p a power of two */
export function powerOfExponential(x: Node, p: number | undefined): Node | null {
  return x.op === 'exp' && p !== undefined && isPowerOfTwo(p) ? exp(times(p, x.inputs[0])) : null
}

/** √x² = |x| */
export function rootOfSquare(x: Node): Node | null {
  const base = squared(x)
  return base ? abs(base) : null
}

/** √Σ c x² = 0 where that is 0, with derivative 0 */
export function rootOfSquares(x: Node): Node | null {
  if (squared(x) || !isSumOfSquares(x)) return null
  const isZero = equal(x, 0)
  return select(isZero, 0, sqrt(select(isZero, 1, x)))
}

function squared(x: Node): Node | undefined {
  if (x.op === 'power' && numberOf(x.inputs[1]) === 2) return x.inputs[0]
  return x.op === 'multiply' && x.inputs[0] === x.inputs[1] ? x.inputs[0] : undefined
}

function isPositive(x: Node): boolean {
  return (numberOf(x) ?? 0) > 0
}

/** Whether a node is a sum of squares, each times a number above 0. */
function isSumOfSquares(x: Node): boolean {
  // A set iterates over what is added meanwhile.
  const reached = new Set([x])
  for (const node of reached) {
    if (squared(node)) continue
    const parts = partsOf(node)
    if (!parts) return false
    parts.forEach((part) => reached.add(part))
  }
  return true
}

/** What must be sums of squares for a node to be one; undefined if it is none. */
function partsOf(x: Node): readonly Node[] | undefined {
  switch (x.op) {
    case 'add':
    case 'sum':
      return x.inputs
    case 'multiply': {
      const [a, b] = x.inputs
      return isPositive(a) ? [b] : isPositive(b) ? [a] : undefined
    }
    case 'divide':
      return isPositive(x.inputs[1]) ? [x.inputs[0]] : undefined
    case 'contract':
      return x.inputs[0] === x.inputs[1] && x.attributes.left === x.attributes.right ? [] : undefined
    default:
      return undefined
  }
}
