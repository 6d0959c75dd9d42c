import { abs, add, divide, exp, less, minimum, multiply, negate, select, subtract } from '../build.ts'
import type { Node } from '../node.ts'
import { polynomial } from './polynomial.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'

export function errorFunction(x: Node, precision: Precision): Node {
  return ways[precision](x)
}

const ways: ByPrecision<(x: Node) => Node> = { f32: inSingle, f64: inDouble }

/** erf x = x + x S(x²) for |x| < 0.9277, else ±(1 − e^(−|x| − |x| E(|x|))). N. Juffa, "Faster and more accurate erff" (2013). */
function inSingle(x: Node): Node {
  const size = abs(x)
  const square = multiply(x, x)
  const nearZero = polynomial(
    square,
    [1.28379166e-1, -3.76125336e-1, 1.12819925e-1, -2.67681349e-2, 4.99119423e-3, -5.96761703e-4],
  )
  const exponent = polynomial(
    size,
    [-1.28717512e-1, -6.34846687e-1, -1.06777877e-1, 2.42546219e-2, -3.88396438e-3, 3.83197126e-4, -1.7285347e-5],
  )
  const far = subtract(1, exp(subtract(multiply(size, exponent), size)))
  const signed = select(less(x, 0), negate(far), far)
  return select(less(size, 0.927734375), add(x, multiply(x, nearZero)), signed)
}

/**
 * erf x = x + x P(x²) / Q(x²) for |x| < 0.84375 (Sun Microsystems, fdlibm's s_erf.c, 1993), else
 * ±(1 − e^(−x²) P(|x|) / Q(|x|)) (W. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
 * Computation 23, 1969). Both ways end in the same sum and division. From 6 on it is ±1.
 */
function inDouble(x: Node): Node {
  const size = minimum(abs(x), 6)
  const isSmall = less(size, 0.84375)
  const square = multiply(size, size)
  const one = select(less(x, 0), -1, 1)
  const decay = multiply(exp(negate(square)), one)
  const numerator = select(
    isSmall,
    multiply(x, polynomial(square, nearZero.P)),
    negate(multiply(decay, polynomial(size, far.P))),
  )
  const denominator = select(isSmall, polynomial(square, nearZero.Q), polynomial(size, far.Q))
  return add(select(isSmall, x, one), divide(numerator, denominator))
}

const nearZero = {
  P: [
    1.28379167095512558561e-1, -3.2504210724700149937e-1, -2.84817495755985104766e-2, -5.77027029648944159157e-3,
    -2.37630166566501626084e-5,
  ],
  Q: [
    1, 3.97917223959155352819e-1, 6.50222499887672944485e-2, 5.08130628187576562776e-3, 1.32494738004321644526e-4,
    -3.9602282787753681232e-6,
  ],
}

const far = {
  P: [
    1230.3393547979972, 2051.0783778260716, 1712.0476126340707, 881.952221241769, 298.6351381974001, 66.11919063714163,
    8.883149794388377, 0.5641884969886701, 2.1531153547440383e-8,
  ],
  Q: [
    1230.3393548037495, 3439.3676741437216, 4362.619090143247, 3290.7992357334597, 1621.3895745666903,
    537.1811018620099, 117.6939508913125, 15.744926110709835, 1,
  ],
}
