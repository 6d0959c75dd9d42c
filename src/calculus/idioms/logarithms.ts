import {
  abs,
  add,
  contract,
  expm1,
  less,
  log,
  log1p,
  multiply,
  negate,
  select,
  softplus,
  subtract,
  sum,
  tanh,
} from '../../graph/build.ts'
import type { Node, NodeOf } from '../../graph/node.ts'
import { sameShape } from '../../graph/shape.ts'
import { affine, numberOf, pairOf, scaled, times } from './affine.ts'
import { exponentials, type Exponentials } from './exponentials.ts'
import { squared } from './roots.ts'
import { isAboveZero } from './signs.ts'
import { repeated, shiftAlways, shiftBeyond } from './shifts.ts'

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

/** log eᵘ = u, log cᵘ = u log c */
export function logOfExponential(x: Node): Node | null {
  if (x.op === 'exp') return x.inputs[0]
  const c = x.op === 'power' ? numberOf(x.inputs[0]) : undefined
  return c !== undefined && c > 0 ? multiply(Math.log(c), x.inputs[1]!) : null
}

/** log(eᵘ / Σ c eᵛ) = u - s - log Σ c e^(v - s), with s = max v */
export function logOfShare(x: Node): Node | null {
  if (x.op !== 'divide') return null
  const { inner, repeat } = repeated(x.inputs[1])
  const [share, whole] = [exponentials(x.inputs[0], { isOwn: true }), exponentials(inner, { isOwn: true })]
  if (x.inputs[0].op !== 'exp' || !share || !whole) return null
  if (whole.isStable) return subtract(x.inputs[0].inputs[0], repeat(log(inner)))
  const s = shiftAlways(whole.greatest)
  return subtract(subtract(share.greatest, repeat(s)), repeat(log(whole.shifted(s))))
}

/** log(a / b) = (r - s) + log(a e⁻ʳ) - log(b e⁻ˢ), for sums of exponentials, each with the shift of its own logarithm */
export function logOfRatio(x: Node, limit: number): Node | null {
  if (x.op !== 'divide') return null
  const { inner, repeat } = repeated(x.inputs[1])
  const [above, below] = [exponentials(x.inputs[0], { isOwn: true }), exponentials(inner, { isOwn: true })]
  if (!above || !below || !isAboveZero(inner)) return null
  const logOf = (terms: Exponentials): Node => {
    const s = shiftBeyond(terms.part * limit, terms.greatest)
    return add(s, log(terms.shifted(s)))
  }
  return subtract(logOf(above), repeat(below.isStable ? log(inner) : logOf(below)))
}

/** log Σ c (eᵘ / d) = log Σ c e^(u - s) - log(d e⁻ˢ), for a sum d of exponentials eᵛ, with s = max v */
export function logOfMean(x: Node): Node | null {
  const [a, b] =
    x.op === 'contract' ? x.inputs : x.op === 'sum' && x.inputs[0].op === 'multiply' ? x.inputs[0].inputs : []
  const quotient = a?.op === 'divide' ? a : b
  if (quotient?.op !== 'divide') return null
  const [n, d] = quotient.inputs
  const { inner, repeat } = repeated(d)
  const [share, whole] = [exponentials(n, { isOwn: true }), exponentials(inner, { isOwn: true })]
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
  // log(1 ± E) = s + log1p(±E e⁻ˢ + e⁻ˢ - 1), whose digits are those of E where s = 0.
  const rest = besideOne(x)
  return add(s, rest ? log1p(add(rest.shifted(s), expm1(negate(s)))) : log(terms.shifted(s)))
}

/** The E of 1 + E, -E of 1 - E. */
function besideOne(x: Node): Exponentials | undefined {
  const [a, b] = x.inputs
  if (x.op === 'subtract') return numberOf(a!) === 1 ? exponentials(negate(b!)) : undefined
  const other = x.op !== 'add' ? undefined : numberOf(a!) === 1 ? b : numberOf(b!) === 1 ? a : undefined
  return other && exponentials(other)
}

/** log Σ c σ(u) = s + log Σ c e^(log σ(u) - s), with s = max log σ(u) where that is farther from 0 than `limit`, else 0 */
export function logOfLogistics(x: Node, limit: number): Node | null {
  const terms = exponentials(x, { ofLogistic: true })
  if (!terms || terms.isStable) return null
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
