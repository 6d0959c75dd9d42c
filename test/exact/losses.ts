import { big, exact, exp, expm1, log1p, math, one, sigmoid, softplus, tanh, type Big } from '../support/exact.ts'
import { loss, type Pointwise, type Row } from './row.ts'

const zero = big(0)
const signOf = (d: Big): Big => big(d.isZero() ? 0 : d.isNegative() ? -1 : 1)

/** log cosh d = log(1 + (eᵃ - 1)² / 2 eᵃ) with a = |d|, of which that is a - log 2 where it is large. */
function logCosh(d: Big): Big {
  const a = d.abs()
  if (a.gt(100)) return a.minus(math.log(big(2)))
  return log1p(expm1(a).pow(2).div(exp(a).times(2)))
}

function huber(delta: number): Pointwise {
  const δ = exact(delta)
  return ofDifference(
    (d) => (d.abs().lt(δ) ? d.times(d).div(2) : δ.times(d.abs().minus(δ.div(2)))),
    (d) => (d.abs().lt(δ) ? d : δ.times(signOf(d))),
    [delta, -delta],
  )
}

function ofDifference(value: (d: Big) => Big, slope: (d: Big) => Big, near: readonly number[] = []): Pointwise {
  return { value: (p, y) => value(p.minus(y)), slope: (p, y) => slope(p.minus(y)), near }
}

/** Losses of one number. Their means over several are sums of these. */
export const lossRows: readonly Row[] = [
  loss(
    'mse',
    [0, 1.75],
    ofDifference(
      (d) => d.times(d),
      (d) => d.times(2),
    ),
  ),
  loss(
    'mae',
    [0, 1.75],
    ofDifference((d) => d.abs(), signOf),
  ),
  loss('huber', [0, 1.75], huber(1)),
  loss('huber: 0.3', [0, 1.75], huber(0.3)),
  loss('logCosh', [0, 1.75], ofDifference(logCosh, tanh, [1, -1])),
  loss('binaryCrossEntropy', [0, 1, 0.25, -1, 2], {
    value: (z, y) => softplus(z.abs().neg()).plus((z.gt(0) ? one.minus(y) : y.neg()).times(z)),
    slope: (z, y) => (y.eq(1) ? sigmoid(z.neg()).neg() : sigmoid(z).minus(y)),
    allowed: {
      value: {
        claim: '4 units of y p, where y is not in [0, 1]',
        reason: 'it is a difference, which has zeros',
        of: ([z], [y]) => (y!.gte(0) && y!.lte(1) ? zero : y!.times(z!)),
      },
      slope: {
        claim: '4 units of y, where that is neither 0 nor 1',
        reason: 'it is a difference, which has a zero',
        of: (_, [y]) => (y!.eq(0) || y!.eq(1) ? zero : y!),
      },
    },
  }),
  loss('poisson', [0, 1, 3], {
    value: (p, y) => exp(p).minus(y.times(p)),
    slope: (p, y) => exp(p).minus(y),
    near: [1.0986122886681098],
    allowed: {
      value: {
        claim: '4 units of y p',
        reason: 'it is a difference, which has zeros',
        of: ([p], [y]) => y!.times(p!),
      },
      slope: { claim: '4 units of y', reason: 'it is a difference, which has a zero', of: (_, [y]) => y! },
    },
  }),
]
