import {
  abs,
  add,
  divide,
  equal,
  less,
  maximum,
  minimum,
  multiply,
  nearest,
  negate,
  notEqual,
  select,
  subtract,
} from '../build.ts'
import type { Node } from '../node.ts'
import { exactProduct, exactSum, product, sumWith, type Pair } from './exact.ts'
import { exponential } from './exponential.ts'
import { splitPositive } from './logarithm.ts'
import { polynomial } from './polynomial.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

interface Constants {
  readonly third: readonly [high: number, low: number]
  /** Terms of the series from s⁵ / 5 on that count where |s| ≤ 3 − √8. */
  readonly terms: number
  /** ln 2, the first part so short that its product with an exponent is exact. */
  readonly ln2: readonly [high: number, low: number]
  /** An exponent beyond this makes any number but 1 zero or infinite. */
  readonly greatest: number
}

const constants: ByPrecision<Constants> = {
  f32: {
    third: [0.3333333432674408, -9.934107758624577e-9],
    terms: 5,
    ln2: [0.693145751953125, 1.428606765330187e-6],
    greatest: 2 ** 40,
  },
  f64: {
    third: [1 / 3, 1.850371707708594e-17],
    terms: 10,
    ln2: [6.9314718036912381649e-1, 1.90821492927058770002e-10],
    greatest: 2 ** 70,
  },
}

/**
 * log x to a third more than the precision, for positive x: k ln 2 + 2 artanh s with s = f / (2 + f), by the series
 * artanh s = s + s³ (1/3 + s² / 5 + …). All but its small terms are pairs.
 */
function preciseLogarithm(x: Node, precision: Precision): Pair {
  const { third, terms, ln2 } = constants[precision]
  const { k, f } = splitPositive(x, precision)
  const d = exactSum(2, f)
  const reciprocal = divide(1, d.high)
  const quotient = multiply(f, reciprocal)
  const back = exactProduct(quotient, d.high, precision)
  const missing = subtract(subtract(subtract(f, back.high), back.low), multiply(quotient, d.low))
  const s = { high: quotient, low: multiply(missing, reciprocal) }
  const square = product(s, s, precision)
  const tail = multiply(
    square.high,
    polynomial(
      square.high,
      Array.from({ length: terms }, (_, j) => 1 / (2 * j + 5)),
    ),
  )
  const start = exactSum(third[0], tail)
  const factor = { high: start.high, low: add(start.low, third[1]) }
  const cubic = product(s, product(square, factor, precision), precision)
  const artanh = exactSum(s.high, cubic.high)
  const log = { high: multiply(2, artanh.high), low: multiply(2, add(artanh.low, add(s.low, cubic.low))) }
  return sumWith(multiply(k, ln2[0]), { high: log.high, low: add(log.low, multiply(k, ln2[1])) })
}

/** |x|^y. The ends are 0 and ∞, and 1^y is NaN for infinite y, as ECMAScript (not C) has it. */
function magnitude(x: Node, y: Node, isEnd: Node, precision: Precision): Node {
  const { greatest } = constants[precision]
  const size = abs(x)
  const exponent = minimum(maximum(y, -greatest), greatest)
  const log = preciseLogarithm(size, precision)
  const { high, low } = exactProduct(exponent, log.high, precision)
  const main = exponential(high, precision, add(low, multiply(exponent, log.low)))
  // Positive where the result is infinite, negative where it is zero, else NaN.
  const growth = select(equal(x, 0), negate(y), y)
  const end = select(less(growth, 0), 0, select(less(0, growth), Infinity, growth))
  return select(isEnd, end, select(equal(size, 1), add(1, subtract(y, y)), main))
}

export function power(x: Node, y: Node, precision: Precision): Node {
  // 0 and ∞, whatever their signs.
  const isEnd = equal(x, add(x, x))
  const size = magnitude(x, y, isEnd, precision)
  // 1 / x tells −0, x itself −∞.
  const isNegative = less(minimum(x, divide(1, x)), 0)
  const half = multiply(y, 0.5)
  const ofWhole = select(notEqual(nearest(half), half), negate(size), size)
  const ofNegative = select(equal(nearest(y), y), ofWhole, select(isEnd, size, NaN))
  return select(equal(y, 0), 1, select(isNegative, ofNegative, size))
}
