import { abs, add, divide, equal, less, multiply, nearest, negate, reducedAngle, select, subtract } from '../build.ts'
import type { Node } from '../node.ts'
import { exactProduct, type Pair } from './exact.ts'
import { polynomial } from './polynomial.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

interface Constants {
  /** π/2 in parts; the products of all but the last with counts up to `greatest` are exact. */
  readonly halfPi: readonly [number, number, number, number]
  /** Right angles up to which the parts serve. */
  readonly greatest: number
  /** S with sin r = r + r³ S(r²), and C with cos r = 1 − r² / 2 + r⁴ C(r²), for |r| ≤ π/4. */
  readonly sine: readonly number[]
  readonly cosine: readonly number[]
}

/** Sun Microsystems, fdlibm's e_rem_pio2.c, k_sin.c and k_cos.c (1993); for f32 S. Moshier, Cephes' sinf.c (1985). */
const constants: ByPrecision<Constants> = {
  f32: {
    halfPi: [1.5706787109375, 1.1761486530303955e-4, 9.920313459588215e-10, 6.223371969669989e-14],
    greatest: 2 ** 10,
    sine: [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4],
    cosine: [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5],
  },
  f64: {
    halfPi: [1.57079632673412561417, 6.0771005063039659766e-11, 2.0222662487111664558e-21, 8.47842766036889956997e-32],
    greatest: 2 ** 20,
    sine: [
      -1.66666666666666324348e-1, 8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6,
      -2.50507602534068634195e-8, 1.58969099521155010221e-10,
    ],
    cosine: [
      4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
      2.0875723212981748279e-9, -1.13596475577881948265e-11,
    ],
  },
}

interface Reduced {
  /** Right angles that were taken away, known up to multiples of 4. */
  readonly count: Node
  /** The remainder, from −π/4 to π/4. */
  readonly angle: Pair
}

/** After W. Cody and W. Waite, "Software manual for the elementary functions" (1980). A zero keeps its sign. */
function reduced(x: Node, precision: Precision): Reduced {
  const { halfPi, greatest } = constants[precision]
  const [first, second, third, last] = halfPi
  const count = add(nearest(multiply(x, 2 / Math.PI)), 0)
  const a = subtract(x, multiply(count, first))
  const b = without(a, multiply(count, second))
  const c = without(b.high, multiply(count, third))
  const low = subtract(subtract(multiply(count, last), b.low), c.low)
  const { high, low: rest } = without(c.high, low)
  const isHuge = less(greatest, abs(count))
  return {
    count: select(isHuge, reducedAngle(x, 0), count),
    angle: { high: select(isHuge, reducedAngle(x, 1), high), low: select(isHuge, 0, rest) },
  }
}

/** a − b, exactly where |a| ≥ |b| or they nearly cancel. */
function without(a: Node, b: Node): Pair {
  const high = subtract(a, b)
  return { high, low: subtract(subtract(a, high), b) }
}

/** r − (… − r³ S(r²)). */
function sineNearZero({ high: r, low }: Pair, precision: Precision): Pair {
  const [first, ...others] = constants[precision].sine
  const square = multiply(r, r)
  const cube = multiply(square, r)
  const small = subtract(
    multiply(square, subtract(multiply(0.5, low), multiply(cube, polynomial(square, others)))),
    low,
  )
  return without(r, subtract(small, multiply(cube, first!)))
}

/** 1 − r² / 2 + …, with what the first subtraction loses. */
function cosineNearZero({ high: r, low }: Pair, precision: Precision): Pair {
  const square = multiply(r, r)
  const half = multiply(0.5, square)
  const most = subtract(1, half)
  const series = multiply(square, multiply(square, polynomial(square, constants[precision].cosine)))
  const small = add(subtract(subtract(1, most), half), subtract(series, multiply(r, low)))
  const high = add(most, small)
  return { high, low: add(subtract(most, high), small) }
}

/** sin(x + `turn` π/2). */
function turnedSine(x: Node, turn: 0 | 1, precision: Precision): Node {
  const { count, angle } = reduced(x, precision)
  const turned = turn === 0 ? count : add(count, turn)
  // −2, −1, 0, 1 or 2
  const quadrant = subtract(turned, multiply(4, nearest(multiply(turned, 0.25))))
  const value = select(
    equal(abs(quadrant), 1),
    cosineNearZero(angle, precision).high,
    sineNearZero(angle, precision).high,
  )
  return select(less(abs(subtract(quadrant, 0.5)), 1), value, negate(value))
}

export function sine(x: Node, precision: Precision): Node {
  return turnedSine(x, 0, precision)
}

export function cosine(x: Node, precision: Precision): Node {
  return turnedSine(x, 1, precision)
}

/** sin x / cos x, corrected by what the quotient leaves. */
export function tangent(x: Node, precision: Precision): Node {
  const { count, angle } = reduced(x, precision)
  const [sin, cos] = [sineNearZero(angle, precision), cosineNearZero(angle, precision)]
  const half = multiply(count, 0.5)
  const isEven = equal(nearest(half), half)
  const choose = (a: Node, b: Node) => select(isEven, a, b)
  const numerator = { high: choose(sin.high, negate(cos.high)), low: choose(sin.low, negate(cos.low)) }
  const denominator = { high: choose(cos.high, sin.high), low: choose(cos.low, sin.low) }
  const quotient = divide(numerator.high, denominator.high)
  const back = exactProduct(quotient, denominator.high, precision)
  const excess = add(
    add(subtract(back.high, numerator.high), back.low),
    subtract(multiply(quotient, denominator.low), numerator.low),
  )
  return subtract(quotient, divide(excess, denominator.high))
}
