import { abs, divide, equal, exp, multiply, select, sqrt } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { isPowerOfTwo } from '../constants.ts'
import { numberOf, times } from './affine.ts'
import { exponentials, raised } from './exponentials.ts'
import { repeated, shiftBeyond } from './shifts.ts'
import { isAboveZero, isPositive } from './signs.ts'

/*
 * Powers and roots. Each function gives the right-hand side of its equation, or null.
 */

/** (eᵘ)ᵖ = e^(p u), for p a power of two */
export function powerOfExponential(x: Node, p: number | undefined): Node | null {
  return x.op === 'exp' && p !== undefined && isPowerOfTwo(p) ? exp(times(p, x.inputs[0])) : null
}

/** (Σ c eᵘ)ᵖ = e^(p s) (Σ c e^(u - s))ᵖ for 0 < p < 1, with s = max u where that is farther from 0 than `limit`, else 0 */
export function rootOfExponentials(x: Node, p: number | undefined, limit: number): Node | null {
  if (p === undefined || p <= 0 || p >= 1) return null
  const terms = exponentials(x) ?? exponentials(x, { ofLogistic: true })
  if (!terms || terms.isStable) return null
  const s = shiftBeyond(terms.part * (limit - Math.log(terms.count)), terms.greatest)
  return multiply(exp(multiply(p, s)), raised(terms.shifted(s), p))
}

/** √(eᵘ / d) = e^(u/2) / √d, for a sum d of exponentials */
export function rootOfShare(x: Node): Node | null {
  if (x.op !== 'divide' || x.inputs[0].op !== 'exp') return null
  const { inner, repeat } = repeated(x.inputs[1])
  if (!exponentials(inner) || !isAboveZero(inner)) return null
  return divide(exp(times(0.5, x.inputs[0].inputs[0])), repeat(sqrt(inner)))
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

export function squared(x: Node): Node | undefined {
  if (x.op === 'power' && numberOf(x.inputs[1]) === 2) return x.inputs[0]
  return x.op === 'multiply' && x.inputs[0] === x.inputs[1] ? x.inputs[0] : undefined
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
