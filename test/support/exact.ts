import { all, create, type BigNumber } from 'mathjs'
import type { ByPrecision, Precision } from '../../src/base/precision.ts'

/*
 * Functions of real numbers to about 40 digits, and how far results are from them. All is computed with 64 digits; arguments below 10⁻²⁰
 * take the first terms of a series.
 */

export type Big = BigNumber

export const math = create(all!, { number: 'BigNumber', precision: 64 })

export const big = (x: number | string): Big => math.bignumber(x)

export const one = big(1)
const π = math.acos(big(-1)) as Big

const powers = new Map<number, Big>()

function powerOfTwo(exponent: number): Big {
  const known = powers.get(exponent) ?? (math.pow(big(2), big(exponent)) as Big)
  powers.set(exponent, known)
  return known
}

const words = new BigUint64Array(1)
const doubles = new Float64Array(words.buffer)

/** A double to its last bit, where a decimal constant would be the shortest that rounds to it. */
export function exact(x: number, field = math): Big {
  doubles[0] = Math.abs(x)
  const biased = Number(words[0]! >> 52n)
  const digits = biased === 0 ? words[0]! : (words[0]! & (2n ** 52n - 1n)) + 2n ** 52n
  const exponent = Math.max(biased, 1) - 1075
  const power =
    field === math ? powerOfTwo(exponent) : (field.pow(field.bignumber(2), field.bignumber(exponent)) as Big)
  return field.bignumber(String(x < 0 ? -digits : digits)).times(power)
}

const isSmall = (x: Big): boolean => x.abs().lt(1e-20)

/** Beyond, e^x is 0 or infinite in either precision, and stays that in what is made of it. */
const farthest = 2000

export function exp(x: Big): Big {
  return math.exp(x.abs().gt(farthest) ? big(x.isNegative() ? -farthest : farthest) : x)
}

export function expm1(x: Big): Big {
  return isSmall(x) ? x.plus(x.times(x).div(2)).plus(x.pow(3).div(6)) : exp(x).minus(1)
}

export function log1p(x: Big): Big {
  return isSmall(x) ? x.minus(x.times(x).div(2)).plus(x.pow(3).div(3)) : math.log(x.plus(1))
}

export function tanh(x: Big): Big {
  const growth = expm1(x.times(2))
  return growth.div(growth.plus(2))
}

/** 1 - tanh² x */
export function tanhSlope(x: Big): Big {
  const decay = exp(x.abs().times(-2))
  return decay.times(4).div(decay.plus(1).pow(2))
}

export function sigmoid(x: Big): Big {
  return one.div(exp(x.neg()).plus(1))
}

export function softplus(x: Big): Big {
  return x.isNegative() ? log1p(exp(x)) : x.plus(log1p(exp(x.neg())))
}

/** By Taylor's series, whose terms cancel half of the digits at 6. */
export function erf(x: Big): Big {
  if (x.isZero()) return x
  if (x.abs().gt(7)) return big(x.isNegative() ? -1 : 1)
  let [term, sum] = [x, x]
  for (let n = 1; !isSmall(term.div(x).times(1e30)) || n < 60; n++) {
    term = term.times(x).times(x).div(-n)
    sum = sum.plus(term.div(2 * n + 1))
  }
  return sum.times(2).div(math.sqrt(π) as Big)
}

/** e^(-x²/2) / √(2π) */
export function normalDensity(x: Big): Big {
  return exp(x.times(x).div(-2)).div(math.sqrt(π.times(2)) as Big)
}

/** Φ; its tail by Laplace's continued fraction φ / (x + 1 / (x + 2 / (x + …))). */
export function normalCdf(x: Big): Big {
  const size = x.abs()
  if (size.isZero()) return big(0.5)
  if (size.lt(3)) return one.plus(erf(x.div(math.sqrt(big(2)) as Big))).div(2)
  let fraction = size
  for (let k = 120; k > 0; k--) fraction = size.plus(big(k).div(fraction))
  const tail = normalDensity(size).div(fraction)
  return x.isNegative() ? tail : one.minus(tail)
}

export const round: ByPrecision<(x: number) => number> = { f32: Math.fround, f64: Number }

const formats = { f32: { digits: 24, least: -149 }, f64: { digits: 53, least: -1074 } } as const

/** The distance from a result to the exact value, in the precision's units of that value's last place; 0 where both are infinite. */
export function unitsApart(result: number, value: Big, precision: Precision): number {
  const nearest = round[precision](Number(value.toString()))
  if (!Number.isFinite(nearest) || !Number.isFinite(result)) return result === nearest ? 0 : Infinity
  return Number(exact(result).minus(value).abs().div(lastPlace(nearest, precision)).toString())
}

export function lastPlace(x: number, precision: Precision): Big {
  const { digits, least } = formats[precision]
  let exponent = Math.floor(Math.log2(Math.abs(x)))
  if (2 ** exponent > Math.abs(x)) exponent--
  return powerOfTwo(Math.max(exponent - digits + 1, least))
}

/** The least number above 0. */
export function leastOf(precision: Precision): Big {
  return lastPlace(0, precision)
}
