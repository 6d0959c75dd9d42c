import { all, create } from 'mathjs'
import type { PortableOp, Precision } from '../../../src/graph/elementary/index.ts'
import {
  big,
  erf,
  exact,
  exp,
  expm1,
  log1p,
  math,
  normalCdf,
  sigmoid,
  softplus,
  tanh,
  unitsApart,
  type Big,
} from '../../support/exact.ts'

/** Huge angles need as many more digits as they have before the point. */
const long = create(all!, { number: 'BigNumber', precision: 400 })

const angle = (name: 'sin' | 'cos' | 'tan') => (x: Big, _: Big, double: number) => {
  if (x.abs().lt(1e-20)) return name === 'cos' ? big(1) : x
  const field = Math.abs(double) > 1e10 ? long : math
  const angle = exact(double, field)
  if (name !== 'tan') return math.bignumber(field[name](angle).toString())
  return math.bignumber(field.sin(angle).div(field.cos(angle)).toString())
}

/** What each op is, to about 40 digits, for finite operands at which it is finite; the last argument is the first as it was given. */
const meanings: Readonly<Record<PortableOp, (x: Big, y: Big, double: number) => Big>> = {
  exp,
  expm1,
  log: (x) => math.log(x),
  log1p,
  sin: angle('sin'),
  cos: angle('cos'),
  tan: angle('tan'),
  tanh,
  sigmoid,
  softplus,
  erf,
  gaussian: (x) => exp(x.times(x).div(-2)),
  normalCdf,
  power: (x, y) => math.exp(y.times(math.log(x.abs()))).times(x.isNegative() && y.mod(2).abs().eq(1) ? -1 : 1),
}

/** The distance from a result to the exact value, in the precision's units of that value's last place. */
export function errorOf(op: PortableOp, operands: readonly number[], result: number, precision: Precision): number {
  const value = meanings[op](exact(operands[0]!), exact(operands[1] ?? 0), operands[0]!)
  return unitsApart(result, value, precision)
}
