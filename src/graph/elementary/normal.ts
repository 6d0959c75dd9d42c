import { abs, add, divide, less, minimum, multiply, select, subtract } from '../build.ts'
import type { Node } from '../node.ts'
import { exactProduct, exactSum, type Pair } from './exact.ts'
import { exponential } from './exponential.ts'
import { polynomial } from './polynomial.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

interface Constants {
  /** From here on e^(−x²/2) is 0. */
  readonly greatest: number
  /** P with Φ(−x) = e^(−x²/2) P(t) / (4 x + 31/8) for x ≥ 0, where t = (x − 21/4) / (x + 21/4): Chebyshev's interpolation. */
  readonly tail: readonly number[]
}

/** The variable t is that of M. Shepherd and J. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x²) erfc x" (1981). */
const constants: ByPrecision<Constants> = {
  f32: {
    greatest: 14.5,
    tail: [
      1.82801974, -0.342642844, 0.121119149, 0.0340407528, -0.102264538, 0.10194041, -0.0690129921, 0.0341346376,
      -0.011835793, 0.00200784975, 7.37645605e-4, -2.17601031e-4,
    ],
  },
  f64: {
    greatest: 38.75,
    tail: [
      1.8280197424607352, -0.34264286338806793, 0.12111910144309884, 0.034041677714128235, -0.10226297290168458,
      0.10192811348440754, -0.0690352660317288, 0.03419186999996511, -0.011703216677169701, 0.001953619270074488,
      4.569571199304769e-4, -3.689995046190013e-4, 5.189520558819032e-5, 3.330814048728943e-5, -1.3629331522540053e-5,
      -2.273207139611326e-6, 2.2483572675037246e-6, 1.1502997360318507e-7, -3.393450882673206e-7, -9.608941041449545e-9,
      4.291656454308415e-8, 2.926323587393843e-9, -2.3593986045566513e-9,
    ],
  },
}

/** (factor + rest) e^(−x²/2) with all digits of x²: rounded, it would cost x² / 2 units. `size` is |x|, not beyond the end. */
function bell(size: Node, precision: Precision, factor?: Pair): Node {
  const square = exactProduct(size, size, precision)
  return exponential(multiply(-0.5, square.high), precision, multiply(-0.5, square.low), factor)
}

function sizeOf(x: Node, precision: Precision): Node {
  return minimum(abs(x), constants[precision].greatest)
}

export function gaussian(x: Node, precision: Precision): Node {
  return bell(sizeOf(x, precision), precision)
}

/** P(t) / (4 x + 31/8), and what rounding the sum and the quotient loses. */
function scaledTail(size: Node, precision: Precision): Pair {
  const [first, ...others] = constants[precision].tail
  const t = divide(subtract(size, 5.25), add(size, 5.25))
  const numerator = exactSum(first!, multiply(t, polynomial(t, others)))
  const denominator = add(multiply(4, size), 3.875)
  const reciprocal = divide(1, denominator)
  const quotient = multiply(numerator.high, reciprocal)
  const back = exactProduct(quotient, denominator, precision)
  const missing = add(subtract(subtract(numerator.high, back.high), back.low), numerator.low)
  return { high: quotient, low: multiply(missing, reciprocal) }
}

/** Φ(−|x|) for x < 0, else 1 − Φ(−|x|). */
export function normalCdf(x: Node, precision: Precision): Node {
  const size = sizeOf(x, precision)
  const below = bell(size, precision, scaledTail(size, precision))
  return select(less(x, 0), below, subtract(1, below))
}
