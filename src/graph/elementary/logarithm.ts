import {
  abs,
  add,
  divide,
  equal,
  exp,
  exponentOf,
  less,
  log1p,
  maximum,
  minimum,
  multiply,
  negate,
  powerOfTwo,
  select,
  subtract,
  type Operand,
} from '../build.ts'
import type { Node } from '../node.ts'
import { polynomial } from './polynomial.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

interface Constants {
  /** ln 2 in two parts, the first so short that its product with an exponent is exact. */
  readonly ln2: readonly [high: number, low: number]
  /** R with log(1 + f) = 2 s + s R(s²), where s = f / (2 + f), for 1 + f from √½ to √2. */
  readonly series: readonly number[]
  /** The exponent of a factor that makes all positive numbers normal. */
  readonly lift: number
}

/** Sun Microsystems, fdlibm's e_log.c (1993); for f32 FreeBSD's e_logf.c. */
const constants: ByPrecision<Constants> = {
  f32: {
    ln2: [0.6931381225585938, 9.05800061445916e-6],
    series: [0.6666666269302368, 0.40000972151756287, 0.2849878668785095, 0.24279078841209412],
    lift: 25,
  },
  f64: {
    ln2: [6.9314718036912381649e-1, 1.90821492927058770002e-10],
    series: [
      6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
      1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
    ],
    lift: 54,
  },
}

/** y = 2ᵏ (1 + f) with 1 + f from √½ to √2, for normal y below a quarter of the greatest. */
function split(y: Node): { readonly k: Node; readonly f: Node } {
  const k = exponentOf(multiply(y, Math.SQRT2))
  return { k, f: subtract(multiply(y, powerOfTwo(negate(k))), 1) }
}

/** The same for any positive x: first it is moved away from both ends. */
export function splitPositive(x: Node, precision: Precision): { readonly k: Node; readonly f: Node } {
  const { lift } = constants[precision]
  const isSmall = less(x, 1)
  const { k, f } = split(multiply(x, select(isSmall, 2 ** lift, 0.25)))
  return { k: add(k, select(isSmall, -lift, 2)), f }
}

/** k ln 2 + log(1 + f) + rest. */
function sumOfLogarithms(k: Node, f: Node, precision: Precision, rest?: Node): Node {
  const {
    ln2: [high, low],
    series,
  } = constants[precision]
  const s = divide(f, add(2, f))
  const square = multiply(s, s)
  const half = multiply(multiply(0.5, f), f)
  const small = multiply(s, add(half, multiply(square, polynomial(square, series))))
  const lowPart = multiply(k, low)
  const inner = subtract(half, add(small, rest ? add(lowPart, rest) : lowPart))
  return subtract(multiply(k, high), subtract(inner, f))
}

/** `main` above the pole at which a logarithm is −∞; NaN below. */
function abovePole(x: Node, pole: number, main: Operand): Node {
  return select(less(pole, x), main, select(equal(x, pole), -Infinity, NaN))
}

export function logarithm(x: Node, precision: Precision): Node {
  const { k, f } = splitPositive(x, precision)
  return abovePole(x, 0, select(less(x, Infinity), sumOfLogarithms(k, f, precision), x))
}

/** log u + (1 + x − u) / u for the rounded sum u. */
export function logarithmOfOnePlus(x: Node, precision: Precision): Node {
  const larger = maximum(x, 1)
  const u = add(larger, minimum(x, 1))
  const lost = subtract(minimum(x, 1), subtract(u, larger))
  const { k, f } = split(multiply(u, 0.25))
  const main = sumOfLogarithms(add(k, 2), f, precision, divide(lost, u))
  // 0, with its sign, and ∞ are what they are.
  return abovePole(x, -1, select(equal(x, add(x, x)), x, main))
}

/** log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|). */
export function softplus(x: Node): Node {
  return add(maximum(x, 0), log1p(exp(negate(abs(x)))))
}
