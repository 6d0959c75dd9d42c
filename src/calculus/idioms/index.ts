import type { ByPrecision, Precision } from '../../base/precision.ts'
import { exp } from '../../graph/build.ts'
import type { Inputs, Node } from '../../graph/node.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import { rewrite, rule, ruleOf, type Rule } from '../rewrite.ts'
import { numberOf } from './affine.ts'
import {
  logOfExponential,
  logOfExponentials,
  logOfFactors,
  logOfLogistic,
  logOfLogistics,
  logOfMean,
  logOfOnePlus,
  logOfOnePlusExponential,
  logOfOnePlusFunction,
  logOfPower,
  logOfRatio,
  logOfShare,
  logOfTangentSlope,
} from './logarithms.ts'
import {
  exponentialTimesLogistic,
  exponentialTimesQuotient,
  factorByFactor,
  hyperbolic,
  logistic,
  logisticOfExponential,
  negativePower,
  oddsOfLogistic,
  opposedDivisor,
  opposedFactors,
  reciprocal,
  shiftedQuotient,
} from './quotients.ts'
import { powerOfExponential, rootOfExponentials, rootOfShare, rootOfSquare, rootOfSquares } from './roots.ts'
import {
  centredLogistic,
  exponentialLessOne,
  logisticComplement,
  normalComplement,
  normalDistribution,
  raisedTangent,
  shiftFirst,
  softplusLessItsOperand,
} from './sums.ts'
import { exponentialOfExponential, logOfNearlyExponential, logOfNormalDistribution } from './tails.ts'

/** Below its negative the least term of a sum is subnormal, above it eᵘ overflows. */
const limits: ByPrecision<number> = { f32: 87, f64: 708 }

/** Above it eᵘ is infinite, below its negative 0 but for the last digits. */
const ends: ByPrecision<number> = { f32: 88.72, f64: 709.78 }

/** Below its negative Φ(u) is subnormal soon, and what log Φ(u) is there needs few terms. */
const tails: ByPrecision<number> = { f32: 12, f64: 30 }

/** A logarithm of exponentials is about their largest exponent, if that is beyond this. */
const limitOfLogarithms = 32

/** A rule beside why it is there, for people. */
export interface Idiom extends Rule {
  readonly reason: string
}

/**
 * Textbook formulas that lose everything far from 0, or near it, and what is computed instead: the same to two units of the last place
 * where the formula as written is finite, or nearer to its exact value; where it overflows, its limit. So this table may change a value,
 * which those of `algebra` never do: it is applied once, to what users have written, before derivatives are taken.
 */
export function idioms(precision: Precision): readonly Idiom[] {
  const [limit, end, tail] = [limits[precision], ends[precision], tails[precision]]
  return [
    // Powers of e
    idiomOf('power', 'eᵘ = exp(u)', 'the constant e is rounded, and a power of it feels that', (x, u) =>
      numberOf(x) === Math.E ? exp(u) : null,
    ),
    idiomOf('power', '(eᵘ)ᵖ = e^(p u), for p a power of two', 'the derivative is ∞ · 0', (x, p) =>
      powerOfExponential(x, numberOf(p)),
    ),
    idiomOf('sqrt', '√eᵘ = e^(u/2)', 'the derivative is ∞ / ∞', (x) => powerOfExponential(x, 0.5)),
    idiomOf('multiply', 'eᵘ eᵘ = e^(2u)', 'other idioms read it so', (x, y) =>
      x === y ? powerOfExponential(x, 2) : null,
    ),

    idiom(
      ['exp', 'expm1'],
      'e^(v - c eᵘ) = e^(v - c e^min(u, m)), where e^m is as good as infinite',
      'the derivative is 0 · ∞',
      (x) => exponentialOfExponential(x, end),
    ),

    // Quotients of exponentials
    idiomOf('power', 'd⁻ᵖ = 1 / dᵖ, where d is a sum of exponentials', 'other idioms read it so', negativePower),
    idiomOf(
      'divide',
      'n / (d e) = n / d / e, where d is 1 + eᵘ or eᵘ + e⁻ᵘ',
      'other idioms read it so',
      factorByFactor,
    ),
    idiomOf(
      'divide',
      'n eᵘ / (1 + eᵘ) = n σ(u), and over eᵘ + e⁻ᵘ n σ(2u)',
      'the value is ∞ / ∞',
      logisticOfExponential,
    ),
    idiomOf(
      'divide',
      '(eᵘ - eᵛ) / (eᵘ + eᵛ) = tanh((u - v) / 2), also for v = 0',
      'the value is ∞ / ∞, and it cancels near 0',
      hyperbolic,
    ),
    idiomOf('divide', 'n / (1 + eᵘ) = n σ(-u)', 'the derivative is 0 · ∞', logistic),
    idiomOf('divide', 'σ(u) / σ(-u) = eᵘ', 'the value is 0 / 1, or the derivative ∞ · 0', oddsOfLogistic),
    idiomOf('divide', 'n / eᵘ = n e⁻ᵘ', 'the derivative is 0 · ∞', reciprocal),
    idiomOf(
      'divide',
      'n / Σ c eᵘ = n e⁻ˢ / Σ c e^(u - s), where s = max u if that is far from 0, else s = 0',
      'the value is ∞ / ∞ or 0 / 0, or its derivative is',
      (n, d) => shiftedQuotient(n, d, limit),
    ),
    idiomOf('multiply', 'Σ eᵘ · (1 / Σ eᵛ) = Σ eᵘ / Σ eᵛ', 'the value is ∞ · 0', exponentialTimesQuotient),
    idiomOf('multiply', 'n eᵘ σ(-u) = n σ(u)', 'the value is ∞ · 0', exponentialTimesLogistic),

    // Sums that cancel
    idiom(['add', 'subtract'], 'eᵘ - 1 = expm1(u)', 'it cancels near 0', exponentialLessOne),
    idiom(['add', 'subtract'], '1 - σ(u) = σ(-u)', 'it cancels for large u', logisticComplement),
    idiom(['add', 'subtract'], '2 σ(u) - 1 = tanh(u / 2)', 'it cancels near 0', centredLogistic),
    idiom(['add', 'subtract'], '1 ± tanh u = 2 σ(±2u)', 'it cancels far from 0', raisedTangent),
    idiom(['add', 'subtract'], '1 ± erf(u / √2) = 2 Φ(±u)', 'it cancels far from 0', normalDistribution),
    idiom(['add', 'subtract'], '1 - Φ(u) = Φ(-u)', 'it cancels for large u', normalComplement),
    idiom(['add', 'subtract'], 'log(1 + eᵘ) - u = log(1 + e⁻ᵘ)', 'it cancels for large u', softplusLessItsOperand),
    idiomOf('multiply', '(2 a) (b / 2) = a b, for any power of two', 'other idioms leave such factors', opposedFactors),
    idiomOf('divide', '2 a / 2 = a, for any power of two', 'other idioms leave such factors', opposedDivisor),

    // Logarithms
    idiomOf('log', 'log(1 + eᵘ) = softplus(u)', 'eᵘ overflows, and vanishes beside 1', logOfOnePlusExponential),
    idiomOf('log', 'log σ(u) = -softplus(-u)', 'σ(u) vanishes, or is 1', logOfLogistic),
    idiomOf('log', 'log eᵘ = u, log cᵘ = u log c', 'eᵘ overflows or vanishes', logOfExponential),
    idiomOf(
      'log',
      'log(eᵘ / Σ c eᵛ) = u - s - log Σ c e^(v - s), where s = max v',
      'the quotient vanishes, or is 1',
      logOfShare,
    ),
    idiomOf(
      'log',
      'log(a / b) = (r - s) + log(a e⁻ʳ) - log(b e⁻ˢ), where both are sums of exponentials, and b above 0',
      'the quotient overflows or vanishes',
      (x) => logOfRatio(x, limitOfLogarithms),
    ),
    idiomOf(
      'log',
      'log Σ c (eᵘ / d) = log Σ c e^(u - s) - log(d e⁻ˢ), where d is a sum of exponentials eᵛ and s = max v',
      'the quotient vanishes',
      logOfMean,
    ),
    idiomOf(
      'log',
      'log(a b) = log a + log b, log(a / b) = log a - log b, where both are sums of exponentials above 0, or one has a factor σ(u)',
      'the product overflows or vanishes',
      logOfFactors,
    ),
    idiomOf('log', 'log(1 - tanh² u) = -2 log cosh u', 'it cancels far from 0', logOfTangentSlope),
    idiomOf('log', 'log xᵖ = p log x, for even p p log |x|', 'the power overflows or vanishes', logOfPower),
    idiomOf(
      'log',
      'log Σ c eᵘ = s + log Σ c e^(u - s), where s = max u if that is far from 0, else s = 0',
      'the sum overflows or vanishes',
      (x) => logOfExponentials(x, limitOfLogarithms),
    ),
    idiomOf(
      'log',
      'log Σ c σ(u) = s + log Σ c e^(log σ(u) - s), where s = max log σ(u) if that is far from 0, else s = 0',
      'the sum vanishes',
      (x) => logOfLogistics(x, limitOfLogarithms),
    ),
    idiomOf(
      'log',
      'log f(u) = u, where f(u) = log(1 + eᵘ) or 1 - e^(-eᵘ) and that is eᵘ to all digits',
      'f(u) vanishes',
      logOfNearlyExponential,
    ),
    idiomOf(
      'log',
      'log Φ(u) = -u²/2 - log(-u √(2π)) + log(1 - u⁻² + 3 u⁻⁴ - 15 u⁻⁶ …) for u far below 0',
      'Φ(u) vanishes',
      (x) => logOfNormalDistribution(x, tail),
    ),
    idiomOf('log', 'log(1 + x) = log1p(x)', 'small x vanishes beside 1', logOfOnePlus),
    idiomOf('log1p', 'log1p(eᵘ) = softplus(u), log1p(-σ(u)) = log σ(-u)', 'eᵘ overflows', logOfOnePlusFunction),
    idiom(
      ['add', 'subtract'],
      'a ± (s + log b) = (a ± s) ± log b, for the s of a logarithm',
      'digits vanish beside s',
      shiftFirst,
    ),

    // Roots
    root('√x² = |x|', 'x² overflows or vanishes, and at 0 the derivative is 0 / 0', rootOfSquare),
    root('√(eᵘ / d) = e^(u/2) / √d, where d is a sum of exponentials', 'at 0 the derivative is 0 / 0', rootOfShare),
    idiom(
      ['sqrt', 'power'],
      '(Σ c eᵘ)ᵖ = e^(p s) (Σ c e^(u - s))ᵖ, for 0 < p < 1, also for σ(u), where s = max u if that is far from 0, else s = 0',
      'the value is that of ∞ or 0',
      (x) => rootOfExponentials(x.inputs[0]!, x.op === 'sqrt' ? 0.5 : numberOf(x.inputs[1]!), end),
    ),
    root('√Σ c x² = 0 where that is 0, with derivative 0', 'at 0 the derivative is 0 / 0', rootOfSquares),
  ]
}

/**
 * Recognises idioms in all that `outputs` need, but for loops, in which no user's formula stands.
 * @param known what nodes have become already, to which others are added.
 */
export function recognise(
  outputs: Iterable<Node>,
  precision: Precision,
  known = new Map<Node, Node>(),
): ReadonlyMap<Node, Node> {
  return rewrite(outputs, idioms(precision), { insideLoops: false, normal: known })
}

function idiomOf<O extends PointwiseOp>(
  op: O,
  equation: string,
  reason: string,
  rewritten: (...inputs: Inputs<O>) => Node | null,
): Idiom {
  return { ...ruleOf(op, equation, rewritten), reason }
}

function idiom(ops: readonly PointwiseOp[], equation: string, reason: string, apply: Rule['apply']): Idiom {
  return { ...rule(equation, (node) => ((ops as readonly string[]).includes(node.op) ? apply(node) : null)), reason }
}

/** The same for √x and x^½. */
function root(equation: string, reason: string, rewritten: (x: Node) => Node | null): Idiom {
  const radicand = (node: Node): Node | undefined => {
    if (node.op === 'sqrt') return node.inputs[0]
    return node.op === 'power' && numberOf(node.inputs[1]) === 0.5 ? node.inputs[0] : undefined
  }
  return {
    ...rule(equation, (node) => {
      const x = radicand(node)
      return x ? rewritten(x) : null
    }),
    reason,
  }
}
