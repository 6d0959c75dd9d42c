import { z } from '../words/zod.ts'
import {
  abs,
  add,
  broadcast,
  concat,
  constant,
  equal,
  exp,
  greater,
  iota,
  less,
  log,
  log1p,
  softplus,
  multiply,
  negate,
  select,
  subtract,
  sum,
  tanh,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape } from '../../graph/shape.ts'
import { fraction, nonNegative, positive } from '../words/arguments.ts'
import { evaluateFormula, formula, type Formula } from './expression.ts'
import { Misfit } from '../words/misfit.ts'
import {
  logSoftmax,
  logSumOfShifted,
  meanOfSample,
  restoreAxes,
  sampleAxes,
  shiftByMaximum,
  square,
} from '../words/numerics.ts'
import { keys, type WordRow } from '../words/word.ts'

/** The form that one sample's target must have. */
export interface TargetForm {
  readonly shape: readonly number[]
  /** Set where the elements are class numbers: whole, from 0, below this. */
  readonly below?: number
  /** A class number for rows that don't count. */
  readonly ignored?: number
  /** What elements are for, where not any number serves: 0 or 1, numbers of events, shares that are 1 along the last axis, or what samples count. */
  readonly values?: TargetValues
}

export type TargetValues = 'bits' | 'counts' | 'shares' | 'weights'

/** What a loss takes predictions for: of probabilities, of means. */
export type PredictionValues = 'logits' | 'logarithms'

type Element = (prediction: string, target: string) => string

export interface Loss extends WordRow {
  /** How equations write one element of it; undefined where they have no function of this name. */
  readonly element?: Element
  /** What it takes predictions for, where not for the targets' own numbers. */
  readonly takes?: PredictionValues
  /**
   * @param prediction the shape of one sample of it.
   * @throws Misfit when the loss can't be taken of such a prediction.
   */
  target(prediction: readonly number[], settings: object): TargetForm
  /** One loss a sample, the mean over its elements (for crossEntropy, over its rows): shape `['batch']`. */
  apply(prediction: Node, target: Node, settings: object): Node
  /** Where rows don't count alike: the sums over a sample's rows of their losses, and of what they count; undefined where they do. */
  counted?(prediction: Node, target: Node, settings: object): Counted | undefined
}

/** Sums of a sample: shape `['batch']`. A batch's loss is the one's sum over the other's. */
export interface Counted {
  readonly losses: Node
  readonly normalizers: Node
}

export interface CrossEntropySettings {
  readonly labelSmoothing: number
  readonly targets: 'classes' | 'probabilities'
  /** What each class counts; all 1 unless given. */
  readonly weights?: readonly number[] | undefined
  /** The class number of rows that don't count. */
  readonly ignoreIndex?: number | undefined
}

const sameAsPrediction = (shape: readonly number[]): TargetForm => ({ shape })

/** The mean of a formula that is pointwise in the difference d = p - y. */
function ofDifference(formula: (d: Node) => Node, element: Element) {
  return {
    arguments: keys({}),
    element,
    target: sameAsPrediction,
    apply: (p: Node, y: Node) => meanOfSample(formula(subtract(p, y))),
  }
}

/**
 * log cosh d = -log(1 - tanh² d) / 2 near 0, where the second form would cancel, and |d| + log(1 + e^-2|d|) - log 2 beyond. Near 0
 * the derivative is tanh d (1 - tanh² d) / (1 - tanh² d), whose last two factors round alike.
 */
function logCosh(d: Node): Node {
  const isNear = less(abs(d), 1)
  const near = tanh(select(isNear, d, 0))
  const far = subtract(add(abs(d), softplus(multiply(-2, abs(d)))), Math.LN2)
  return select(isNear, multiply(-0.5, log1p(negate(square(near)))), far)
}

/**
 * log(1 + eᶻ) - y z, whose derivative is σ(z) - y. For z > 0 it is log(1 + e⁻ᶻ) + (1 - y) z, whose derivative is -σ(-z) + 1 - y: so
 * nothing cancels where a prediction is certain and right.
 */
function logisticLoss(z: Node, y: Node): Node {
  const isPositive = greater(z, 0)
  const lacking = subtract(select(isPositive, 1, 0), y)
  return add(softplus(multiply(select(isPositive, -1, 1), z)), multiply(lacking, z))
}

/** Rows of -log softmax(z) at the class numbers y, with a share ε spread evenly: log Σ eˢ - (1 - ε) s_y - ε mean s, s = z - max z. */
function classCrossEntropy(z: Node, y: Node, smoothing: number): Node {
  const last = z.shape.length - 1
  const classes = z.shape[last] as number
  const shifted = shiftByMaximum(z)
  const isTarget = isClass(z, y)
  const atTarget = sum(select(isTarget, shifted, 0), [last])
  if (smoothing === 0) return surprise(atTarget, sum(select(isTarget, 0, exp(shifted)), [last]))
  const even = multiply(smoothing / classes, sum(shifted, [last]))
  return subtract(subtract(logSumOfShifted(shifted), multiply(1 - smoothing, atTarget)), even)
}

/**
 * log(1 + A / eˢ) = softplus(log A - s), where A is the sum of the other classes' eˢ: the loss of a certain class and its derivative,
 * -A / (eˢ + A), keep their digits. It is 0 where A vanishes.
 */
function surprise(s: Node, others: Node): Node {
  const isCertain = equal(others, 0)
  return select(isCertain, 0, softplus(subtract(log(select(isCertain, 1, others)), s)))
}

/** Rows of -Σ y' log softmax(z), y' = (1 - ε) y + ε / classes. */
function probabilityCrossEntropy(z: Node, y: Node, smoothing: number): Node {
  return negate(sum(multiply(smoothed(z, y, smoothing), logSoftmax(z)), [z.shape.length - 1]))
}

/** (1 - ε) y + ε / classes */
function smoothed(z: Node, y: Node, smoothing: number): Node {
  return smoothing === 0 ? y : add(multiply(1 - smoothing, y), smoothing / (z.shape.at(-1) as number))
}

/** Which elements of the logits z are those of the class numbers y. */
function isClass(z: Node, y: Node): Node {
  const last = z.shape.length - 1
  return equal(iota(z.graph, z.shape, last), restoreAxes(y, z.shape, [last]))
}

/**
 * Rows that count w_y, or 0 where y is ignored: w_y (1 - ε) (-log p_y) - ε / C Σ w_c log p_c, as torch has it. Of probabilities
 * -Σ w_c y'_c log p_c, and each row counts 1.
 */
function countedCrossEntropy(z: Node, y: Node, settings: CrossEntropySettings): Counted | undefined {
  const { labelSmoothing: smoothing, targets, weights, ignoreIndex } = settings
  if (!weights && ignoreIndex === undefined) return undefined
  const last = z.shape.length - 1
  const classes = z.shape[last] as number
  const weight = broadcast(
    concat(
      (weights ?? Array.from({ length: classes }, () => 1)).map((each) => constant(z.graph, each, [1])),
      0,
    ),
    z.shape,
    [last],
  )
  const totals = (rows: Node) => sum(rows, sampleAxes(rows))
  if (targets === 'probabilities') {
    const rows = negate(sum(multiply(multiply(weight, smoothed(z, y, smoothing)), logSoftmax(z)), [last]))
    return { losses: totals(rows), normalizers: totals(constant(z.graph, 1, rows.shape)) }
  }
  const counts = (rows: Node) => (ignoreIndex === undefined ? rows : select(equal(y, ignoreIndex), 0, rows))
  const own = sum(select(isClass(z, y), weight, 0), [last])
  const certain = multiply(own, classCrossEntropy(z, y, 0))
  const even = negate(sum(multiply(weight, logSoftmax(z)), [last]))
  const rows = smoothing === 0 ? certain : add(multiply(1 - smoothing, certain), multiply(smoothing / classes, even))
  return { losses: totals(counts(rows)), normalizers: totals(counts(own)) }
}

/** The losses: torch.nn.functional's formulas and defaults, each the mean over all elements of the batch. */
export const losses = {
  /** (p - y)² */
  mse: ofDifference(square, (p, y) => `(${p} - ${y})^2`),
  /** |p - y| */
  mae: ofDifference(abs, (p, y) => `abs(${p} - ${y})`),
  /** d = p - y: d²/2 where |d| < δ, else δ (|d| - δ/2) */
  huber: {
    arguments: keys({ delta: positive.default(1) }),
    first: 'delta',
    element: (p: string, y: string) => `abs(d) < 1 ? d^2 / 2 : abs(d) - 0.5, with an equation d = ${p} - ${y}`,
    target: sameAsPrediction,
    apply: (p: Node, y: Node, { delta }: { delta: number }) => {
      const d = subtract(p, y)
      const linear = multiply(delta, subtract(abs(d), delta / 2))
      return meanOfSample(select(less(abs(d), delta), multiply(0.5, square(d)), linear))
    },
  },
  /** log cosh(p - y) */
  logCosh: ofDifference(logCosh, (p, y) => `abs(d) + softplus(-2 * abs(d)) - log(2), with an equation d = ${p} - ${y}`),
  /** -log softmax(p) at the target, for each row along p's last axis */
  crossEntropy: {
    arguments: keys({
      labelSmoothing: fraction.default(0),
      targets: z.enum(['classes', 'probabilities']).default('classes'),
      weights: z.array(nonNegative).optional(),
      ignoreIndex: z.int().optional(),
    }),
    first: 'labelSmoothing',
    takes: 'logits',
    element: (p: string, y: string) => `-${y} .* logSoftmax(${p}), where ${y} holds probabilities`,
    target: (shape: readonly number[], { targets, weights, ignoreIndex }: CrossEntropySettings): TargetForm => {
      const classes = shape.at(-1)
      if (classes === undefined)
        throw new Misfit('shape', `needs logits along an axis, and the prediction is ${formatShape(shape)}`)
      if (weights && weights.length !== classes)
        throw new Misfit('shape', `has ${weights.length} weights, and the prediction ${classes} classes`)
      if (targets === 'classes')
        return {
          shape: shape.slice(0, -1),
          below: classes,
          ...(ignoreIndex === undefined ? {} : { ignored: ignoreIndex }),
        }
      if (ignoreIndex !== undefined)
        throw new Misfit('out-of-range', 'ignores class numbers, and its targets are probabilities')
      return { shape, values: 'shares' }
    },
    counted: countedCrossEntropy,
    apply: (p: Node, y: Node, settings: CrossEntropySettings) => {
      const rows = settings.targets === 'classes' ? classCrossEntropy : probabilityCrossEntropy
      return meanOfSample(rows(p, y, settings.labelSmoothing))
    },
  },
  /** log(1 + eᵖ) - y p: binary cross-entropy of the logit p */
  binaryCrossEntropy: {
    arguments: keys({}),
    takes: 'logits',
    element: (p: string, y: string) => `softplus(${p}) - ${y} .* ${p}`,
    target: (shape: readonly number[]): TargetForm => ({ shape, values: 'bits' }),
    apply: (p: Node, y: Node) => meanOfSample(logisticLoss(p, y)),
  },
  /** eᵖ - y p */
  poisson: {
    arguments: keys({}),
    takes: 'logarithms',
    element: (p: string, y: string) => `exp(${p}) - ${y} .* ${p}`,
    target: (shape: readonly number[]): TargetForm => ({ shape, values: 'counts' }),
    apply: (p: Node, y: Node) => meanOfSample(subtract(exp(p), multiply(y, p))),
  },
  /** A formula in p and y. */
  expression: {
    arguments: keys({ formula: formula(['p', 'y']) }),
    first: 'formula',
    target: sameAsPrediction,
    apply: (p: Node, y: Node, settings: { formula: Formula }) =>
      meanOfSample(evaluateFormula(settings.formula, { p, y })),
  },
} as const
