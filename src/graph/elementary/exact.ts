import { add, multiply, subtract, type Operand } from '../build.ts'
import type { Node } from '../node.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

/** A number as the sum of two, of which the second is at most about the first one's rounding error. */
export interface Pair {
  readonly high: Node
  readonly low: Node
}

/** a + b exactly, for |a| ≥ |b| or a = 0. T. Dekker, "A floating-point technique for extending the available precision" (1971). */
export function exactSum(a: Operand, b: Node): Pair {
  const high = add(a, b)
  return { high, low: subtract(b, subtract(high, a)) }
}

/** The same of a and b + `low`. */
export function sumWith(a: Operand, { high, low }: Pair): Pair {
  const sum = exactSum(a, high)
  return exactSum(sum.high, add(sum.low, low))
}

/** 2ˢ + 1 with s half of the precision's digits, rounded up. */
const splitter: ByPrecision<number> = { f32: 2 ** 12 + 1, f64: 2 ** 27 + 1 }

/** G. Veltkamp's halves of a number: products of halves are exact. */
function halves(a: Node, precision: Precision): Pair {
  const shifted = multiply(a, splitter[precision])
  const high = subtract(shifted, subtract(shifted, a))
  return { high, low: subtract(a, high) }
}

/** a b exactly, after Dekker, without a fused multiply-add. */
export function exactProduct(a: Node, b: Node, precision: Precision): Pair {
  const [x, y] = [halves(a, precision), halves(b, precision)]
  const high = multiply(a, b)
  const largest = subtract(multiply(x.high, y.high), high)
  const low = add(add(add(largest, multiply(x.high, y.low)), multiply(x.low, y.high)), multiply(x.low, y.low))
  return { high, low }
}

/** a b to about twice the precision. */
export function product(a: Pair, b: Pair, precision: Precision): Pair {
  const { high, low } = exactProduct(a.high, b.high, precision)
  return { high, low: add(low, add(multiply(a.high, b.low), multiply(a.low, b.high))) }
}
