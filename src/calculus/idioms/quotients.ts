import { divide, exp, multiply, power, sigmoid } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import {
  affine,
  deepest,
  difference,
  multipleOf,
  numberOf,
  pairOf,
  scaled,
  scaledTangent,
  spread,
  times,
  type Pair,
} from './affine.ts'
import { exponentials, plain } from './exponentials.ts'
import { coarse, isShiftBeyond, repeated, shiftBeyond } from './shifts.ts'

/*
 * Quotients, and products that quotients leave. Each function gives the right-hand side of its equation, or null.
 */

/** n eᵘ with f for eᵘ: n is a product, of which eᵘ is a factor; else undefined. */
function replaced(n: Node, u: Node, f: Node, depth = deepest): Node | undefined {
  if (depth === 0) return undefined
  const within = (inner: Node): Node | undefined => replaced(inner, u, f, depth - 1)
  const x = spread(n)
  switch (x.op) {
    case 'exp':
      return times(1, x.inputs[0]) === times(1, u) ? f : undefined
    case 'negate': {
      const inner = within(x.inputs[0])
      return inner && scaled(-1, inner)
    }
    case 'multiply': {
      const [a, b] = x.inputs
      const left = within(a)
      if (left) return product(left, b)
      const right = within(b)
      return right && product(a, right)
    }
    case 'divide': {
      const inner = within(x.inputs[0])
      return inner && divide(inner, x.inputs[1])
    }
    default:
      return undefined
  }
}

/** a b, without a factor of 1. */
function product(a: Node, b: Node): Node {
  if (numberOf(a) === 1) return b
  return numberOf(b) === 1 ? a : multiply(a, b)
}

/** n / c */
function over(n: Node, c: number): Node {
  return c === 1 ? n : divide(n, c)
}

/** eᵘ + 1, or eᵘ + e⁻ᵘ: what the logistic function of the difference has below it. */
function logisticPair(d: Node): Pair | undefined {
  const pair = pairOf(d)
  if (!pair || pair.sign !== 1) return undefined
  const isOpposite = pair.v === undefined || times(-1, pair.v) === times(1, pair.u)
  return isOpposite ? pair : undefined
}

/** Whether a node has exponentials of multiples of u in its arithmetic, so that it may overflow where eᵘ does. */
function growsWith(u: Node, n: Node, depth = deepest): boolean {
  const { op, inputs } = spread(n)
  if (op === 'exp' || op === 'expm1') return multipleOf(inputs[0]!).base === multipleOf(u).base
  const isArithmetic = ['negate', 'add', 'subtract', 'multiply', 'divide', 'power'].includes(op)
  return depth > 0 && isArithmetic && inputs.some((input) => growsWith(u, input, depth - 1))
}

/** n / (1 + eᵘ) = n σ(-u) */
export function logistic(n: Node, d: Node): Node | null {
  const pair = logisticPair(d)
  if (!pair || pair.v || growsWith(pair.u, n)) return null
  return over(product(n, sigmoid(times(-1, pair.u))), pair.scale)
}

/** n eᵘ / (1 + eᵘ) = n σ(u), n eᵘ / (eᵘ + e⁻ᵘ) = n σ(2u) */
export function logisticOfExponential(n: Node, d: Node): Node | null {
  const pair = logisticPair(d)
  if (!pair) return null
  const u = difference(pair)
  const result = replaced(n, pair.u, sigmoid(u)) ?? (pair.v ? replaced(n, pair.v, sigmoid(times(-1, u))) : undefined)
  return result ? over(result, pair.scale) : null
}

/** (eᵘ - eᵛ) / (eᵘ + eᵛ) = tanh((u - v) / 2), with v or without: (eᵘ - 1) / (eᵘ + 1) = tanh(u / 2) */
export function hyperbolic(n: Node, d: Node): Node | null {
  const [above, below] = [pairOf(n), pairOf(d)]
  if (above?.sign !== -1 || below?.sign !== 1) return null
  const isSame = above.u === below.u && above.v === below.v
  if (!isSame && (above.u !== below.v || above.v !== below.u)) return null
  const ratio = above.scale / below.scale
  return scaledTangent(isSame ? ratio : -ratio, times(0.5, difference(below)))
}

/** n / (d e) = n / d / e, where d is such a sum as σ has below it, and e another factor */
export function factorByFactor(n: Node, d: Node): Node | null {
  if (d.op !== 'multiply' || d.inputs[0] === d.inputs[1]) return null
  const [a, b] = d.inputs
  if (logisticPair(a)) return divide(divide(n, a), b)
  return logisticPair(b) ? divide(divide(n, b), a) : null
}

/** σ(u) / σ(-u) = eᵘ */
export function oddsOfLogistic(a: Node, b: Node): Node | null {
  if (a.op !== 'sigmoid' || b.op !== 'sigmoid') return null
  const [u] = a.inputs
  return times(-1, u) === times(1, b.inputs[0]) ? exp(u) : null
}

/** n / eᵘ = n e⁻ᵘ */
export function reciprocal(n: Node, d: Node): Node | null {
  const { constant, terms } = affine(d)
  const [first] = terms
  if (constant !== 0 || terms.length !== 1 || first!.node.op !== 'exp' || exponentials(n)) return null
  return over(product(n, exp(times(-1, first!.node.inputs[0]))), first!.coefficient)
}

/** n / Σ c eᵘ = n e⁻ˢ / Σ c e^(u - s), with s = max u where that is farther from 0 than `limit`, else 0 */
export function shiftedQuotient(n: Node, d: Node, limit: number): Node | null {
  const { inner, repeat } = repeated(d)
  const divisor = exponentials(inner)
  if (!divisor || divisor.isStable) return null
  const dividend = exponentials(n) ?? plain(n)
  const limits = [divisor, dividend].map(({ part, count }) => part * (limit - Math.log(count)))
  const unit = divisor.unit === 1 ? dividend.unit : divisor.unit
  const greatest = unit === 1 ? divisor.greatest : multiply(unit, coarse(divide(divisor.greatest, unit)))
  const s = shiftBeyond(Math.max(0, Math.min(...limits)), greatest)
  return divide(dividend.shifted(repeat(s)), repeat(divisor.shifted(s)))
}

/** dᶜ = 1 / d⁻ᶜ for c < 0, where d is a sum of exponentials */
export function negativePower(d: Node, exponent: Node): Node | null {
  const c = numberOf(exponent)
  if (c === undefined || c >= 0 || !exponentials(d)) return null
  return divide(1, c === -1 ? d : power(d, -c))
}

/** n eᵘ σ(-u) = n σ(u) */
export function exponentialTimesLogistic(a: Node, b: Node): Node | null {
  for (const [n, s] of [
    [a, b],
    [b, a],
  ] as const) {
    const opposite = s.op === 'sigmoid' ? times(-1, s.inputs[0]) : undefined
    const result = opposite && replaced(n, opposite, sigmoid(opposite))
    if (result) return result
  }
  return null
}

/** n (e⁻ˢ / d) = n e⁻ˢ / d, for a sum n of exponentials, and the s by which those in d are shifted */
export function exponentialTimesQuotient(a: Node, b: Node): Node | null {
  for (const [n, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const { inner, repeat } = repeated(factor)
    if (inner.op !== 'divide') continue
    const [decay, d] = inner.inputs
    const s = decay.op === 'exp' && decay.inputs[0].op === 'negate' ? decay.inputs[0].inputs[0] : undefined
    const sum = s && isShiftBeyond(s) ? exponentials(n) : undefined
    if (sum) return divide(sum.shifted(repeat(s!)), repeat(d))
  }
  return null
}

/** 2 a / 2 = a, for any power of two */
export function opposedDivisor(a: Node, b: Node): Node | null {
  const { factor, base } = multipleOf(a)
  return factor !== 1 && factor !== -1 && numberOf(b) === factor ? base : null
}

/** (2 a) (b / 2) = a b, for any power of two */
export function opposedFactors(a: Node, b: Node): Node | null {
  const [m, n] = [multipleOf(a), multipleOf(b)]
  const [left, right] = [numberOf(a) ?? m.factor, numberOf(b) ?? n.factor]
  if (left * right !== 1 || left === 1 || left === -1) return null
  if (numberOf(a) !== undefined) return n.base
  return numberOf(b) === undefined ? multiply(m.base, n.base) : m.base
}
