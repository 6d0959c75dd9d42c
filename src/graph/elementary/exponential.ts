import {
  abs,
  add,
  divide,
  equal,
  exp,
  less,
  maximum,
  minimum,
  multiply,
  nearest,
  negate,
  powerOfTwo,
  select,
  subtract,
} from '../build.ts'
import type { Node } from '../node.ts'
import type { Pair } from './exact.ts'
import { polynomial } from './polynomial.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

interface Constants {
  /** ln 2 in two parts, the first so short that its product with an exponent is exact. */
  readonly ln2: readonly [high: number, low: number]
  /** P with r (eʳ + 1) / (eʳ − 1) = 2 + r² P(r²) for |r| ≤ ln 2 / 2. */
  readonly quotient: readonly number[]
  /** Below the first eˣ is 0, above the second infinite: what is farther out is moved there. */
  readonly range: readonly [least: number, greatest: number]
  /** Below it eˣ − 1 is −1. */
  readonly leastOfDifference: number
}

/** Sun Microsystems, fdlibm's e_exp.c (1993); for f32 FreeBSD's e_expf.c. */
const constants: ByPrecision<Constants> = {
  f32: {
    ln2: [0.693145751953125, 1.428606765330187e-6],
    quotient: [0.16666625440120697, -0.002766733290627599],
    range: [-104, 89],
    leastOfDifference: -20,
  },
  f64: {
    ln2: [6.9314718036912381649e-1, 1.90821492927058770002e-10],
    quotient: [
      1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
      4.13813679705723846039e-8,
    ],
    range: [-746, 710],
    leastOfDifference: -40,
  },
}

/** x = k ln 2 + high − low with whole k and |high − low| ≤ ln 2 / 2, after W. Cody and W. Waite. A zero keeps its sign in `high`. */
function reduced(x: Node, precision: Precision): { readonly k: Node; readonly high: Node; readonly low: Node } {
  const [high, low] = constants[precision].ln2
  const k = add(nearest(multiply(x, Math.LOG2E)), 0)
  return { k, high: subtract(x, multiply(k, high)), low: multiply(k, low) }
}

/** eʳ − 1 − r = r c / (2 − c) with c = r − r² P(r²). */
function beyondLinear(r: Node, precision: Precision): Node {
  const square = multiply(r, r)
  const c = subtract(r, multiply(square, polynomial(square, constants[precision].quotient)))
  return divide(multiply(r, c), subtract(2, c))
}

/** y 2ᵏ with a single rounding, where k may be below the least or above the greatest exponent. */
function scaled(y: Node, k: Node): Node {
  const half = nearest(multiply(k, 0.5))
  return multiply(multiply(y, powerOfTwo(half)), powerOfTwo(subtract(k, half)))
}

/**
 * e^(x + rest) for a rest far smaller than x, or than what e^x is sensitive to. With a factor f and eʳ = 1 − s it is f − (f s − low),
 * which rounds less than their product.
 */
export function exponential(x: Node, precision: Precision, rest?: Node, factor?: Pair): Node {
  const [least, greatest] = constants[precision].range
  const within = minimum(maximum(x, least), greatest)
  const { k, high, low: remainder } = reduced(within, precision)
  const low = rest ? subtract(remainder, select(equal(within, x), rest, 0)) : remainder
  const r = subtract(high, low)
  const lacking = subtract(subtract(low, beyondLinear(r, precision)), high)
  const mantissa = factor
    ? subtract(factor.high, subtract(multiply(factor.high, lacking), factor.low))
    : subtract(1, lacking)
  return scaled(mantissa, k)
}

/** eˣ − 1 = 2 (2ᵏ⁻¹ (eʳ − 1) + 2ᵏ⁻¹ − 1/2), and eʳ − 1 itself where k = 0. */
export function exponentialMinusOne(x: Node, precision: Precision): Node {
  const { leastOfDifference, range } = constants[precision]
  const { k, high, low } = reduced(minimum(maximum(x, leastOfDifference), range[1]), precision)
  const r = subtract(high, low)
  const lost = subtract(low, subtract(high, r))
  const inner = subtract(r, subtract(lost, beyondLinear(r, precision)))
  const half = powerOfTwo(subtract(k, 1))
  return select(equal(k, 0), inner, multiply(2, add(multiply(inner, half), subtract(half, 0.5))))
}

/**
 * σ(x) = 1 / (1 + e^−x) for x ≥ 0, and e^x / (1 + e^x) below: nothing overflows, nothing small is lost. Where e^x is small, that is
 * e^x − e^x σ(x), which hardly feels how 1 + e^x was rounded.
 */
export function sigmoid(x: Node): Node {
  const decay = exp(negate(abs(x)))
  const quotient = divide(select(less(x, 0), decay, 1), add(1, decay))
  return select(less(x, -1), subtract(decay, multiply(decay, quotient)), quotient)
}

/** tanh x = x + x³ P(x²) / Q(x²) for |x| < 0.625. S. Moshier, Cephes: tanh.c and tanhf.c (1989). */
const nearZero = {
  f32: [-0.333332819422, 0.133314422036, -0.0537397155531, 0.0206390887954, -0.00570498872745],
  f64: {
    P: [-1614.6876844170845, -99.28772310019185, -0.9643991794250523],
    Q: [4844.063053251255, 2235.4883906010045, 112.81167849163293, 1],
  },
} as const

/** tanh |x| = 1 − 2 / (e^2|x| + 1) from 0.625 on. */
export function tanh(x: Node, precision: Precision): Node {
  const size = abs(x)
  const isSmall = less(size, 0.625)
  const one = select(less(x, 0), -1, 1)
  const square = multiply(x, x)
  if (precision === 'f32') {
    const small = add(x, multiply(x, polynomial(square, [0, ...nearZero.f32])))
    const large = multiply(one, subtract(1, divide(2, add(exponentialOfTwice(size), 1))))
    return select(isSmall, small, large)
  }
  // Both ways end in the same sum and division.
  const { P, Q } = nearZero.f64
  const numerator = select(isSmall, multiply(x, polynomial(square, [0, ...P])), multiply(-2, one))
  const denominator = select(isSmall, polynomial(square, Q), add(exp(multiply(2, size)), 1))
  return add(select(isSmall, x, one), divide(numerator, denominator))
}

/** From there tanh x is 1 in single precision. */
const saturation = 9.1

/**
 * e^2x in single precision for x ≥ 0, as large as tanh needs it: 2ᵏ e^2r with x = (k ln 2) / 2 + r and a polynomial, whose relative error is
 * at most 3.1e-9 for |r| ≤ ln 2 / 4.
 */
function exponentialOfTwice(x: Node): Node {
  const within = minimum(x, saturation)
  const k = nearest(multiply(within, 2 * Math.LOG2E))
  const [high, low] = constants.f32.ln2
  const r = subtract(subtract(within, multiply(k, high / 2)), multiply(k, low / 2))
  return multiply(polynomial(r, twiceTerms), powerOfTwo(k))
}

/** The terms of e^2r: a fit of (e^2r − 1 − 2 r) / r² of least greatest error (Lawson 1961). */
const twiceTerms = [1, 2, 1.9999998, 1.3333217, 0.6666942, 0.26779875, 0.088413492]
