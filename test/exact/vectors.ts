import type { Precision } from '../../src/base/precision.ts'
import { big, exp, log1p, math, one, type Big } from '../support/exact.ts'
import { draw } from './points.ts'
import { flow, rounded, type Allowance, type Row, type Sample } from './row.ts'

const length = 4
const each = Array.from({ length }, (_, k) => k)
const zero = big(0)
const total = (numbers: readonly Big[]): Big => numbers.reduce((sum, x) => sum.plus(x), zero)

/** Rows that are certain of one class, or torn between some, and rows of numbers of many magnitudes. */
const rows: readonly (readonly number[])[] = [
  [0, 0, 0, 0],
  ...[1, 5, 10, 16, 20, 40, 60, 80].flatMap((most) => [
    [most, 0, 0, 0],
    [0, most, most, 0],
    [-most, 0.5, 0.25, most],
  ]),
  ...Array.from({ length: 24 }, (_, k) => each.map(() => draw(-1, 1) * 2 ** ((k % 12) - 5))),
  ...Array.from({ length: 10 }, () => [draw(5, 30), ...each.slice(1).map(() => draw(-2, 2))]),
]

/** Each row with each target. */
function samples(targets: readonly (readonly number[])[]): Row['samples'] {
  return (precision) => rows.flatMap((x) => targets.map((y): Sample => ({ x: rounded(x, precision), y })))
}

/** What squares are taken of lies within 2^±this, so that they neither overflow nor vanish. */
export const squared: Readonly<Record<Precision, number>> = { f32: 60, f64: 500 }

/** The same, and rows of greater and lesser numbers. */
function squarable(targets: readonly (readonly number[])[]): Row['samples'] {
  const far = (precision: Precision) =>
    [-1, -0.5, 0.5, 1].flatMap((share) =>
      Array.from({ length: 4 }, () =>
        each.map(() => draw(0.5, 1) * Math.sign(draw(-1, 1)) * 2 ** (share * squared[precision])),
      ),
    )
  return (precision) => [
    ...samples(targets)(precision),
    ...far(precision).flatMap((x) => targets.map((y): Sample => ({ x: rounded(x, precision), y }))),
  ]
}

const classes = each.map((k) => [k])
const oneHot = each.map((k) => each.map((j) => Number(j === k)))
const soft = [
  [0.25, 0.25, 0.25, 0.25],
  [0.5, 0.5, 0, 0],
]
const isOne = (a: unknown, b: unknown): Big => big(a === b ? 1 : 0)

/** The eˣ, in proportion. */
function growths(x: readonly Big[]): Big[] {
  const greatest = largest(x, (own) => own)
  return x.map((own) => exp(own.minus(greatest)))
}

const without = (numbers: readonly Big[], k: number): Big => total(numbers.filter((_, j) => j !== k))

function softmax(x: readonly Big[]): Big[] {
  const e = growths(x)
  return e.map((own) => own.div(total(e)))
}

/** -log softmax of the k-th: log(1 + Σ e^(x_j - x_k)) over the others. */
function surprise(x: readonly Big[], k: number): Big {
  const e = growths(x)
  return log1p(without(e, k).div(e[k]!))
}

/** softmax - 1 at k, softmax elsewhere. */
function surpriseSlopes(x: readonly Big[], k: number): Big[] {
  const p = softmax(x)
  return p.with(k, without(p, k).neg())
}

function weighted(weights: readonly Big[], of: (k: number) => readonly Big[]): Big[] {
  const rows = each.map((k) => (weights[k]!.isZero() ? each.map(() => zero) : of(k)))
  return each.map((j) => total(each.map((k) => weights[k]!.times(rows[k]![j]!))))
}

const spread = (x: readonly number[]): number => Math.max(...x) - Math.min(...x)
const shifted: Allowance = {
  claim: '4 + s units, s = max x - min x',
  reason: 'x - max x is rounded before its exponential is taken',
  units: (x) => 4 + spread(x),
  spared: 'f32 in TypeScript',
}
const odds: Allowance = {
  ...{ claim: shifted.claim, units: (x) => 4 + spread(x) },
  reason: 'the logarithm of the odds is rounded, and stored, before its exponential is taken',
}
const certain = (claim: string, reason: string, of: NonNullable<Allowance['of']>): Allowance => ({
  ...{ ...shifted, claim: `4 + s units of ${claim}`, reason: `${reason}; x - max x is rounded`, of },
})

const training = 'train: { batch: 1, optimizer: sgd }'
const layers = (layer: string, input = String(length)) =>
  `input: ${input}\nlayers: [${flow(layer)}]\nloss: { expression: "y * p" }\n${training}`
const losses = (loss: string) => `input: ${length}\nlayers: [identity]\nloss: ${flow(loss)}\n${training}`
const equations = (formula: string) =>
  `inputs: { x: ${length} }\ntargets: { y: scalar }\nparameters: { a: scalar }\nequations:\n  - v = ${formula}\n  - ℓ = v + 0 * a\noutput: v\nloss: ℓ\n${training}`

/** Of numbers less their mean, over their deviation. */
const ofCentered: Row['allowed'] = {
  value: {
    claim: '4 units of max |x| / √(var x + ε)',
    reason: 'the mean is rounded before it is taken away',
    of: (x) => largest(x).div(root(centered(x), 1e-5)),
  },
  slope: {
    claim: '4 units of (1 + max |x| / √(var x + ε)) / √(var x + ε)',
    reason: 'it is a difference, which has zeros; the mean is rounded before it is taken away',
    of: (x) => one.plus(largest(x).div(root(centered(x), 1e-5))).div(root(centered(x), 1e-5)),
  },
}

/** Functions of rows, and losses of them. */
export const vectorRows: readonly Row[] = [
  {
    ...{ word: 'softmax', spec: layers('softmax'), scale: length, isLoss: false, samples: samples(oneHot) },
    answer: (x, y) => {
      const p = softmax(x)
      const slopes = (k: number) => p.map((own, j) => (j === k ? own.times(without(p, k)) : own.times(p[k]!).neg()))
      return { values: p, slopes: weighted(y, slopes) }
    },
    allowed: {
      value: shifted,
      slope: certain('softmax x', '1 - softmax x is computed from the stored softmax', (x, _, k) => softmax(x)[k]!),
    },
  },
  {
    ...{ word: 'logSoftmax', spec: layers('logSoftmax'), scale: length, isLoss: false, samples: samples(oneHot) },
    answer: (x, y) => ({
      values: each.map((k) => surprise(x, k).neg()),
      slopes: weighted(y, (k) => surpriseSlopes(x, k).map((slope) => slope.neg())),
    }),
    allowed: {
      value: shifted,
      slope: certain('1, at its own x', '1 - softmax x is a difference of numbers near 1', (_, y, k) => y[k]!),
    },
  },
  {
    ...{ word: 'crossEntropy', spec: losses('crossEntropy'), scale: 1, isLoss: true, samples: samples(classes) },
    answer: (x, [y]) => ({ values: [surprise(x, Number(y))], slopes: surpriseSlopes(x, Number(y)) }),
    allowed: { value: odds, slope: odds },
  },
  {
    ...{ word: 'crossEntropy: 0.1', spec: losses('crossEntropy: 0.1') },
    ...{ scale: 1, isLoss: true, samples: samples(classes) },
    answer: (x, [y]) => {
      const weights = each.map((k) =>
        big(0.9)
          .times(isOne(k, Number(y)))
          .plus(big(0.1).div(length)),
      )
      return {
        values: [total(each.map((k) => weights[k]!.times(surprise(x, k))))],
        slopes: weighted(weights, (k) => surpriseSlopes(x, k)),
      }
    },
    allowed: {
      value: shifted,
      slope: certain('1', 'it is a difference, which has zeros', () => one),
    },
  },
  {
    ...{
      word: 'crossEntropy: { targets: probabilities }',
      spec: losses('crossEntropy: { targets: probabilities }'),
    },
    ...{ scale: 1, isLoss: true, samples: samples([...oneHot, ...soft]) },
    answer: (x, y) => ({
      values: [total(each.map((k) => y[k]!.times(surprise(x, k))))],
      slopes: weighted(y, (k) => surpriseSlopes(x, k)),
    }),
    allowed: {
      value: shifted,
      slope: certain('the target', 'softmax x - y is a difference, which has zeros', (_, y, k) => y[k]!),
    },
  },
  {
    ...{ word: 'logSumExp', spec: equations('logSumExp(x)'), scale: 1, isLoss: true, samples: samples([[0]]) },
    answer: (x) => ({ values: [x[0]!.plus(surprise(x, 0))], slopes: softmax(x) }),
    allowed: {
      value: certain('max x', 'it is a difference, which has zeros', (x) => largest(x)),
      slope: shifted,
    },
  },
  {
    ...{ word: 'norm', spec: equations('norm(x)'), scale: 1, isLoss: true, samples: squarable([[0]]), squares: true },
    answer: (x) => {
      const norm = math.sqrt(total(x.map((own) => own.times(own)))) as Big
      return { values: [norm], slopes: x.map((own) => (norm.isZero() ? zero : own.div(norm))) }
    },
    allowed: {},
  },
  {
    ...{ word: 'rmsNorm', spec: layers('rmsNorm'), scale: length, isLoss: false },
    ...{ samples: squarable(oneHot), squares: true },
    answer: (x, y) => normalised(x, y, 1e-6, (own) => own),
    allowed: {
      slope: {
        claim: '4 units of 1 / √(mean x² + ε)',
        reason: 'it is a difference, which has zeros',
        of: (x) => one.div(root(x, 1e-6)),
      },
    },
  },
  {
    ...{ word: 'layerNorm', spec: layers('layerNorm'), scale: length, isLoss: false },
    ...{ samples: squarable(oneHot), squares: true },
    answer: (x, y) => normalised(centered(x), y, 1e-5, centered),
    allowed: ofCentered,
  },
  {
    ...{ word: 'groupNorm: 1', spec: layers('groupNorm: 1', '[2, 2]'), scale: length, isLoss: false },
    ...{ samples: squarable(oneHot), squares: true },
    answer: (x, y) => normalised(centered(x), y, 1e-5, centered),
    allowed: ofCentered,
  },
  {
    // What it predicts goes by running statistics: in training it is in the loss.
    ...{ word: 'batchNorm', spec: layers('batchNorm', '[1, 4]'), scale: length, isLoss: true },
    ...{ samples: squarable(oneHot), squares: true },
    answer: (x, y) => {
      const { values, slopes } = normalised(centered(x), y, 1e-5, centered)
      return { values: [total(each.map((k) => values[k]!.times(y[k]!))).div(length)], slopes }
    },
    allowed: ofCentered,
  },
]

function centered(x: readonly Big[]): Big[] {
  return x.map((own) => own.minus(total(x).div(x.length)))
}

function largest(x: readonly Big[], measure = (own: Big): Big => own.abs()): Big {
  return x.map(measure).reduce((a, b) => (b.gt(a) ? b : a))
}

function root(x: readonly Big[], epsilon: number): Big {
  return math.sqrt(
    total(x.map((own) => own.times(own)))
      .div(x.length)
      .plus(epsilon),
  ) as Big
}

/** c / √(mean c² + ε) for c = x, or x less its mean: the derivative is projected alike. */
function normalised(c: readonly Big[], y: readonly Big[], epsilon: number, project: (slopes: Big[]) => Big[]) {
  const r = root(c, epsilon)
  const z = c.map((own) => own.div(r))
  const along = total(each.map((k) => y[k]!.times(z[k]!))).div(length)
  return { values: z, slopes: project(each.map((j) => y[j]!.minus(z[j]!.times(along)).div(r))) }
}
