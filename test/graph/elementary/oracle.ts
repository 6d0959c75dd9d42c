import { all, create, type BigNumber } from 'mathjs'
import type { PortableOp, Precision } from '../../../src/graph/elementary/index.ts'

/** 64 digits; huge angles need as many more as they have before the point. */
const math = create(all!, { number: 'BigNumber', precision: 64 })
const long = create(all!, { number: 'BigNumber', precision: 400 })

const big = (x: number) => math.bignumber(x)

const words = new BigUint64Array(1)
const doubles = new Float64Array(words.buffer)

/** A double to its last bit, where a decimal constant would be the shortest that rounds to it. */
export function exact(x: number, { bignumber, pow } = math): BigNumber {
  doubles[0] = Math.abs(x)
  const biased = Number(words[0]! >> 52n)
  const digits = biased === 0 ? words[0]! : (words[0]! & (2n ** 52n - 1n)) + 2n ** 52n
  const power = pow(bignumber(2), bignumber(Math.max(biased, 1) - 1075)) as BigNumber
  return bignumber(String(x < 0 ? -digits : digits)).times(power)
}

const small = (x: BigNumber) => x.abs().lt(1e-20)

const expm1 = (x: BigNumber): BigNumber =>
  small(x) ? x.plus(x.times(x).div(2)).plus(x.pow(3).div(6)) : math.exp(x).minus(1)
const log1p = (x: BigNumber): BigNumber =>
  small(x) ? x.minus(x.times(x).div(2)).plus(x.pow(3).div(3)) : math.log(x.plus(1))

/** By Taylor's series, whose terms cancel half of the digits at 6. */
function erf(x: BigNumber): BigNumber {
  if (x.abs().gt(7)) return math.bignumber(x.isNegative() ? -1 : 1)
  let [term, sum] = [x, x]
  for (let n = 1; !small(term.div(x).times(1e30)) || n < 60; n++) {
    term = term.times(x).times(x).div(-n)
    sum = sum.plus(term.div(2 * n + 1))
  }
  return sum.times(2).div(math.sqrt(math.acos(big(-1))))
}

const angle = (name: 'sin' | 'cos' | 'tan') => (x: BigNumber, _: BigNumber, double: number) => {
  if (small(x)) return name === 'cos' ? big(1) : x
  const field = Math.abs(double) > 1e10 ? long : math
  const angle = exact(double, field)
  if (name !== 'tan') return math.bignumber(field[name](angle).toString())
  return math.bignumber(field.sin(angle).div(field.cos(angle)).toString())
}

/** What each op is, to about 40 digits, for finite operands at which it is finite; the last argument is the first as it was given. */
const meanings: Readonly<Record<PortableOp, (x: BigNumber, y: BigNumber, double: number) => BigNumber>> = {
  exp: (x) => math.exp(x),
  expm1,
  log: (x) => math.log(x),
  log1p,
  sin: angle('sin'),
  cos: angle('cos'),
  tan: angle('tan'),
  tanh: (x) =>
    x.abs().gt(100) ? big(1).times(x.isNegative() ? -1 : 1) : expm1(x.times(2)).div(expm1(x.times(2)).plus(2)),
  sigmoid: (x) => big(1).div(math.exp(x.neg()).plus(1)),
  softplus: (x) => log1p(math.exp(x)),
  erf,
  power: (x, y) => math.exp(y.times(math.log(x.abs()))).times(x.isNegative() && y.mod(2).abs().eq(1) ? -1 : 1),
}

/** The distance from a result to the exact value, in the precision's units of that value's last place. */
export function errorOf(op: PortableOp, operands: readonly number[], result: number, precision: Precision): number {
  return unitsApart(result, meanings[op](exact(operands[0]!), exact(operands[1] ?? 0), operands[0]!), precision)
}

/** The same for any exact value. */
export function unitsApart(result: number, value: BigNumber, precision: Precision): number {
  const round = precision === 'f32' ? Math.fround : Number
  const nearest = round(Number(value.toString()))
  if (!Number.isFinite(nearest) || !Number.isFinite(result)) return result === nearest ? 0 : Infinity
  return Number(exact(result).minus(value).abs().div(lastPlace(nearest, precision)).toString())
}

function lastPlace(x: number, precision: Precision): BigNumber {
  const [digits, least] = precision === 'f32' ? [24, -149] : [53, -1074]
  let exponent = Math.floor(Math.log2(Math.abs(x)))
  if (2 ** exponent > Math.abs(x)) exponent--
  return math.pow(big(2), big(Math.max(exponent - digits + 1, least))) as BigNumber
}
