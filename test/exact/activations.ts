import {
  big,
  erf,
  exact,
  exp,
  expm1,
  math,
  normalCdf,
  normalDensity,
  one,
  sigmoid,
  softplus,
  tanh,
  tanhSlope,
  type Big,
} from '../support/exact.ts'
import { activation, type Allowance, type Pointwise, type Row } from './row.ts'

const zero = big(0)
const when = (condition: boolean, a: Big, b: Big): Big => (condition ? a : b)
const atMost = (x: Big, most: number): Big => (x.gt(most) ? big(most) : x)

const stored = (what: string): Allowance => ({
  claim: '1 unit of 1',
  reason: `${what} is computed from the stored activation, whose rounding near 1 is half a unit: from x, by another exponential for each element, a step of 10-40-40-5 in WebAssembly would take a third longer`,
  units: () => 1,
  of: () => one,
})

/** Of e^(a x) for an a x that rounds. */
const rounding = (product: string, a: number): Allowance => ({
  claim: `4 + 2 |${product}| units`,
  reason: `${product}, and its factor, are rounded before the exponential is taken`,
  units: ([x]) => 4 + 2 * Math.abs(a * x!),
  spared: 'f32 in TypeScript',
})

const relu: Pointwise = {
  value: (x) => when(x.gt(0), x, zero),
  slope: (x) => when(x.gt(0), one, zero),
}

function leakyRelu(slope: number): Pointwise {
  const a = exact(slope)
  return { value: (x) => when(x.gt(0), x, a.times(x)), slope: (x) => when(x.gt(0), one, a) }
}

/** s (x > 0 ? x : α (e^(x/β) - 1)) */
function exponentialUnit(scale: string | number, alpha: string | number, width = 1): Pointwise {
  const [s, a, b] = [scale, alpha, width].map((x) => (typeof x === 'number' ? exact(x) : big(x))) as [Big, Big, Big]
  return {
    value: (x) => when(x.gt(0), s.times(x), s.times(a).times(expm1(atMost(x, 0).div(b)))),
    slope: (x) =>
      when(
        x.gt(0),
        s,
        s
          .times(a)
          .div(b)
          .times(exp(atMost(x, 0).div(b))),
      ),
    near: [0],
    allowed: Number.isInteger(Math.log2(width)) ? {} : { slope: rounding(`x/${width}`, 1 / width) },
  }
}

function scaledSoftplus(beta: number): Pointwise {
  const b = exact(beta)
  return {
    value: (x) => softplus(x.times(b)).div(b),
    slope: (x) => sigmoid(x.times(b)),
    near: [0, 20 / beta, 40 / beta],
    allowed: Number.isInteger(Math.log2(beta))
      ? {}
      : { value: rounding(`${beta} x`, beta), slope: rounding(`${beta} x`, beta) },
  }
}

const sigmoidSlope = (x: Big): Big => sigmoid(x).times(sigmoid(x.neg()))

/** x f(x), where f has a tail that ends in subnormal numbers: of few digits, which x multiplies. The derivative's terms are f and x f'. */
function gated(f: (x: Big) => Big, slope: (x: Big) => Big, factor: string, near: readonly number[]): Pointwise {
  const tail = { least: ([x]: readonly number[]) => Math.abs(x!) }
  const underflow = `${factor} is 0, or has few digits left, where it is subnormal`
  return {
    value: (x) => x.times(f(x)),
    slope: (x) => f(x).plus(x.times(slope(x))),
    near,
    allowed: {
      value: { ...tail, claim: '4 units, and |x| of the least number', reason: underflow },
      slope: {
        ...{ ...tail, claim: '4 units of its larger term, and |x| of the least number' },
        reason: `it is a difference, which has a zero; ${underflow}`,
        of: ([x]) => x!.times(slope(x!)),
      },
    },
  }
}

const geluScale = math.sqrt(big(8).div(math.acos(big(-1)) as Big)) as Big
const cubic = (x: Big): Big => geluScale.times(x.plus(x.pow(3).times(exact(0.044715))))
const cubicSlope = (x: Big): Big => geluScale.times(one.plus(x.pow(2).times(exact(0.044715)).times(3)))
const geluTail: Allowance = {
  claim: '4 + 4 |u| units of the larger term, u = √(2/π) (x + 0.044715 x³)',
  reason:
    'u is rounded a few times before its exponential is taken; the derivative is a difference, which has a zero, and x multiplies 1 - σ(2 u) in it, which is computed from the stored σ(2 u)',
  units: ([x]) => 4 + 4 * Math.abs(0.8 * (x! + 0.044715 * x! ** 3)),
  of: ([x]) => x!.times(sigmoidSlope(cubic(x!))).times(cubicSlope(x!)),
}

const plain = gated(sigmoid, sigmoidSlope, 'σ(x)', [-1.278464542761074, 0])
const silu: Pointwise = {
  ...plain,
  allowed: {
    ...plain.allowed,
    slope: {
      ...plain.allowed!.slope!,
      claim: '4 + |x| units of its larger term, and |x| of the least number',
      reason: `${plain.allowed!.slope!.reason}; x multiplies 1 - σ(x), which is computed from the stored σ(x)`,
      units: ([x]) => 4 + Math.abs(x!),
    },
  },
}

/** x - tanh x, by x³/3 - 2 x⁵/15 + 17 x⁷/315 - 62 x⁹/2835 where that is all. */
function tanhShrink(x: Big): Big {
  if (x.abs().gt(1e-5)) return x.minus(tanh(x))
  const s = x.times(x)
  const series = [big(-62).div(2835), big(17).div(315), big(-2).div(15), one.div(3)].reduce((sum, c) =>
    sum.times(s).plus(c),
  )
  return series.times(s).times(x)
}

const ramp = (x: Big): Big => x.plus(3).div(6)

/** Each activation of one number, and some for several of its settings. */
export const activationRows: readonly Row[] = [
  activation('relu', relu),
  activation('leakyRelu', leakyRelu(0.01)),
  activation('leakyRelu: 0.3', leakyRelu(0.3)),
  activation('prelu', leakyRelu(0.25)),
  activation('elu', exponentialUnit(1, 1)),
  activation('elu: 0.7', exponentialUnit(1, 0.7)),
  activation('celu', exponentialUnit(1, 1)),
  activation('celu: 2', exponentialUnit(1, 2, 2)),
  activation('celu: 0.3', exponentialUnit(1, 0.3, 0.3)),
  activation('selu', exponentialUnit('1.0507009873554804934193349852946', '1.6732632423543772848170429916717')),
  activation('gelu', gated(normalCdf, normalDensity, 'Φ(x)', [-0.7517915246935645, 0])),
  activation('geluTanh', {
    value: (x) => x.times(sigmoid(cubic(x))),
    slope: (x) => sigmoid(cubic(x)).plus(x.times(sigmoidSlope(cubic(x))).times(cubicSlope(x))),
    near: [-0.7524614220710162, 0],
    allowed: {
      value: {
        ...geluTail,
        claim: geluTail.claim.replace(' of the larger term', ''),
        reason: geluTail.reason.split(';')[0]!,
      },
      slope: geluTail,
    },
  }),
  activation('silu', silu),
  activation('tanh', { value: tanh, slope: tanhSlope, near: [0], allowed: { slope: stored('1 - tanh² x') } }),
  activation('sigmoid', {
    value: sigmoid,
    slope: sigmoidSlope,
    near: [0],
    allowed: { slope: stored('σ(x) (1 - σ(x))') },
  }),
  activation('logSigmoid', { value: (x) => softplus(x.neg()).neg(), slope: (x) => sigmoid(x.neg()), near: [0] }),
  activation('softplus', scaledSoftplus(1)),
  activation('softplus: 2', scaledSoftplus(2)),
  activation('softplus: 0.3', scaledSoftplus(0.3)),
  activation('softsign', {
    value: (x) => x.div(x.abs().plus(1)),
    slope: (x) => one.div(x.abs().plus(1).pow(2)),
    near: [-1, 0, 1],
  }),
  activation(
    'mish',
    gated(
      (x) => tanh(softplus(x)),
      (x) => tanhSlope(softplus(x)).times(sigmoid(x)),
      'tanh(log(1 + eˣ))',
      [-1.192412174468456, 0],
    ),
  ),
  activation('hardSwish', {
    value: (x) => when(x.lt(-3), zero, when(x.gt(3), x, x.times(ramp(x)))),
    slope: (x) => when(x.lt(-3), zero, when(x.gt(3), one, x.times(2).plus(3).div(6))),
    near: [-3, -1.5, 0, 3],
    allowed: { slope: { claim: '4 units of 1/4', reason: 'it is a sum, which has a zero', of: () => big(0.25) } },
  }),
  activation('hardSigmoid', {
    value: (x) => when(x.lte(-3), zero, when(x.gte(3), one, ramp(x))),
    slope: (x) => when(x.abs().lt(3), one.div(6), zero),
    near: [-3, 0, 3],
  }),
  activation('relu6', {
    value: (x) => when(x.lte(0), zero, atMost(x, 6)),
    slope: (x) => when(x.gt(0) && x.lt(6), one, zero),
    near: [0, 6],
  }),
  activation('tanhShrink', { value: tanhShrink, slope: (x) => tanh(x).pow(2), near: [-1.25, 0, 1.25] }),
  activation('sin', {
    value: (x) => math.sin(x),
    slope: (x) => math.cos(x),
    near: [0, Math.PI / 2, Math.PI],
    within: [-1e5, 1e5],
  }),
  activation('cos', {
    value: (x) => math.cos(x),
    slope: (x) => math.sin(x).neg(),
    near: [0, Math.PI / 2, Math.PI],
    within: [-1e5, 1e5],
  }),
  activation('exp', { value: exp, slope: exp, near: [0] }),
  activation('identity', { value: (x) => x, slope: () => one }),
  activation('expression: erf(x)', {
    value: erf,
    slope: (x) =>
      exp(x.times(x).neg())
        .times(2)
        .div(math.sqrt(math.acos(big(-1)) as Big) as Big),
    within: [-200, 200],
  }),
  activation('expression: log(x)', {
    value: (x) => math.log(x),
    slope: (x) => one.div(x),
    near: [1],
    within: [1e-300, Infinity],
  }),
  activation('expression: sqrt(x)', {
    value: (x) => math.sqrt(x) as Big,
    slope: (x) => one.div(math.sqrt(x) as Big).div(2),
    near: [1],
    within: [1e-300, Infinity],
  }),
  activation('expression: tan(x)', {
    value: (x) => math.sin(x).div(math.cos(x)),
    slope: (x) => one.div(math.cos(x).pow(2)),
    near: [0, Math.PI / 2],
    within: [-1e5, 1e5],
  }),
]
