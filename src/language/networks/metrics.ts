import {
  constant,
  divide,
  equal,
  extent,
  greater,
  iota,
  max,
  multiply,
  negate,
  select,
  subtract,
  sum,
  broadcast,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementsPerSample, formatShape, sameShape, sampleShape } from '../../graph/shape.ts'
import { losses, type CrossEntropySettings, type Loss } from '../formulas/losses.ts'
import { Misfit } from '../words/misfit.ts'
import { restoreAxes, sampleAxes, square } from '../words/numerics.ts'
import { keys, type Rows, type Word, type WordRow } from '../words/word.ts'

/*
 * What is told of a prediction beside its loss: over all samples, never a mean of batches' values.
 */

/**
 * One metric of a batch, as scalars from which the host makes it. `ratio`: a sum, and what it is divided by the sum of, the samples where
 * that is absent. `r2`: Σ (p - y)², the mean ȳ of the batch's targets and Σ (y - ȳ)², of so many elements a sample.
 */
export interface Metric {
  /** ASCII. */
  readonly name: string
  readonly kind: 'ratio' | 'r2'
  readonly sums: readonly Node[]
  /** The elements of a sample. */
  readonly size: number
}

/** What a metric is of: tensors ['batch', …]. */
interface Measured {
  readonly prediction: Node
  readonly target: Node
  /** The network's loss, which says what targets are. */
  readonly loss: Word
  /** What each sample counts: ['batch']; 1 where it is absent. */
  readonly weights?: Node | undefined
}

interface MetricRow extends WordRow {
  /** @throws Misfit where the network has none. */
  measure(measured: Measured, settings: object): Omit<Metric, 'name'>
}

/** The scalar of a batch that is a plain mean over its samples. @param value ['batch']. */
export function meanMetric(name: string, value: Node): Metric {
  return { name, kind: 'ratio', sums: [sum(value, [0])], size: 1 }
}

/** Sums of values, one for each row of each sample, as far as they count. */
function ratio(values: Node, counts: Node | undefined, weights: Node | undefined): Omit<Metric, 'name'> {
  const axes = sampleAxes(values)
  const own = counts ?? constant(values.graph, 1, values.shape)
  const counted = counts ? multiply(values, counts) : values
  return ofSamples(
    [counted, own].map((rows) => sum(rows, axes)),
    weights,
  )
}

/** Sums of each sample, over the batch. */
function ofSamples(each: readonly Node[], weights: Node | undefined): Omit<Metric, 'name'> {
  const sums = each.map((values) => sum(weights ? multiply(weights, values) : values, [0]))
  return { kind: 'ratio', sums, size: 1 }
}

/** The number of the largest along the last axis, the first of equals; the number of classes where one isn't a number. */
function firstLargest(x: Node): Node {
  const last = x.shape.length - 1
  const isLargest = equal(x, restoreAxes(max(x, [last]), x.shape, [last]))
  const places = select(isLargest, iota(x.graph, x.shape, last), x.shape[last] as number)
  return negate(max(negate(places), [last]))
}

const settingsOf = ({ arguments: settings }: { readonly arguments: object }) => settings as CrossEntropySettings

/** Which rows count: undefined where all do. */
function countsOf({ target, loss }: Measured): Node | undefined {
  const { ignoreIndex } = settingsOf(loss)
  if (loss.word !== 'crossEntropy' || ignoreIndex === undefined) return undefined
  return select(equal(target, ignoreIndex), 0, 1)
}

/** The share of rows whose largest logit is that of the class; of elements on the right side, under binaryCrossEntropy. */
const accuracy: MetricRow = {
  arguments: keys({}),
  measure: (measured) => {
    const { prediction: p, target: y, loss, weights } = measured
    const truth = (isRight: Node) => select(isRight, 1, 0)
    if (loss.word === 'binaryCrossEntropy')
      return ratio(truth(equal(truth(greater(p, 0)), truth(greater(y, 0.5)))), undefined, weights)
    if (loss.word !== 'crossEntropy') throw new Misfit('out-of-range', `is of classes, and ${loss.word} has none`)
    const isOf = settingsOf(loss).targets === 'probabilities' ? firstLargest(y) : y
    return ratio(truth(equal(firstLargest(p), isOf)), countsOf(measured), weights)
  },
}

/** 1 - Σ (p - y)² / Σ (y - ȳ)², of all elements together; 0 where all targets are equal. */
const r2: MetricRow = {
  arguments: keys({}),
  measure: ({ prediction: p, target: y }) => {
    requireAlike(p, y)
    const axes = y.shape.map((_, axis) => axis)
    const size = elementsPerSample(y.shape)
    const mean = divide(sum(y, axes), multiply(size, extent(y.graph)))
    const off = subtract(y, broadcast(mean, y.shape, []))
    return { kind: 'r2', sums: [sum(square(subtract(p, y)), axes), mean, sum(square(off), axes)], size }
  },
}

function requireAlike(prediction: Node, target: Node): void {
  const [given, needed] = [prediction, target].map(({ shape }) => sampleShape(shape)) as [number[], number[]]
  if (!sameShape(given, needed))
    throw new Misfit('shape', `compares ${formatShape(given)} with targets of ${formatShape(needed)}`)
}

/** Any loss, as it would be without the network's weights of classes; rows that the network ignores don't count. */
function lossMetric(row: Loss, word: string): MetricRow {
  return {
    ...row,
    measure: (measured, settings) => {
      const { prediction: p, target: y, loss, weights } = measured
      const { ignoreIndex } = settingsOf(loss)
      const own =
        word === 'crossEntropy' && loss.word === word
          ? { ...settings, targets: settingsOf(loss).targets, ignoreIndex }
          : settings
      const form = row.target(sampleShape(p.shape) as number[], own)
      if (!sameShape(form.shape, sampleShape(y.shape)))
        throw new Misfit(
          'shape',
          `takes targets of ${formatShape(form.shape)}, and they are ${formatShape(sampleShape(y.shape))}`,
        )
      const counted = row.counted?.(p, y, own)
      if (!counted) return ratio(row.apply(p, y, own), undefined, weights)
      return ofSamples([counted.losses, counted.normalizers], weights)
    },
  }
}

/** The words of metrics. */
export const metrics: Rows<MetricRow> = {
  accuracy,
  r2,
  ...Object.fromEntries(Object.entries<Loss>(losses).map(([word, row]) => [word, lossMetric(row, word)])),
}

/** @throws Misfit where the network has no such metric. */
export function measure({ word, arguments: settings }: Word, measured: Measured): Metric {
  return { name: word, ...metrics[word]!.measure(measured, settings) }
}
