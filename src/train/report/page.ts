import { built } from '../../emit/built.ts'
import { fill } from '../../emit/render.ts'
import { blankStamp, stamp } from '../../emit/stamp.ts'
import type { Feature, Preparation } from '../preparation/preparation.ts'
import type { History } from '../training/history.ts'
import { curveChart, scatterChart, type Chart } from './charts.ts'
import { brief, percent, type ClassMeasures, type Measures } from './measures.ts'

/** What a report page tells. */
export interface Told {
  readonly name: string
  readonly summary: string
  readonly history: History
  /** Of the validation rows; of the training rows where there are no others. */
  readonly measures: Measures | undefined
  /** Which rows those are: `validation` or `training`. */
  readonly measured: string
  readonly preparation: Preparation
  readonly notes: readonly string[]
  readonly spec: string
  readonly command: string
}

interface Figure {
  readonly label: string
  readonly value: string
  readonly aside: string
}

/** What `templates/report.html.hbs` prints. */
interface ReportSlots extends Pick<Told, 'name' | 'summary' | 'notes' | 'spec' | 'command'> {
  readonly version: string
  readonly stamp: string
  readonly figures: readonly Figure[]
  readonly curves: readonly Chart[]
  readonly confusion: object | undefined
  readonly scatters: readonly Chart[]
  readonly scatterTitle: string
  readonly columns: readonly { readonly column: string; readonly part: string; readonly prepared: string }[]
}

/** A page that needs nothing beside it: curves, what the network takes for what, the columns, the spec, the command. */
export async function printReport(told: Told): Promise<string> {
  const { name, summary, history, measures, measured, preparation, notes, spec, command } = told
  const isOfClasses = measures !== undefined && !Array.isArray(measures)
  const slots: ReportSlots = {
    ...{ version: built.version, stamp: blankStamp('sha256'), name, summary, notes, spec, command },
    figures: figuresOf(history, measures, measured),
    curves: curvesOf(history),
    confusion: isOfClasses ? confusionOf(measures as ClassMeasures, measured) : undefined,
    scatters: Array.isArray(measures) ? measures.map(scatterChart) : [],
    scatterTitle: `Of the ${measured} rows`,
    columns: [
      ...preparation.inputs.flatMap(({ features }) => features.map((one) => rowOf(one, 'input'))),
      ...preparation.targets.flatMap(({ features }) => features.map((one) => rowOf(one, 'target'))),
    ],
  }
  return stamp(await fill(built.templates.report, slots))
}

/** A chart for each thing that is measured, with its validation beside it. */
function curvesOf(history: History): Chart[] {
  const names = Object.keys(history).filter((name) => !name.startsWith('validation '))
  return names.map((name) => {
    const validation = history[`validation ${name}`]
    return curveChart(name, { training: history[name]!, ...(validation ? { validation } : {}) })
  })
}

function figuresOf(history: History, measures: Measures | undefined, measured: string): Figure[] {
  const losses = history['validation loss'] ?? history['loss'] ?? []
  const best = losses.reduce((least, loss, k) => (loss < losses[least]! ? k : least), 0)
  const what = history['validation loss'] ? 'validation loss' : 'loss'
  const training: Figure[] = [
    { label: `least ${what}`, value: brief(losses[best] ?? NaN), aside: `after epoch ${best + 1}` },
    { label: 'epochs', value: String(losses.length), aside: `the last one's ${what}: ${brief(losses.at(-1) ?? NaN)}` },
  ]
  if (!measures) return training
  if (!Array.isArray(measures)) {
    const { accuracy, baseline } = measures as ClassMeasures
    return [
      {
        label: `${measured} rows right`,
        value: percent(accuracy),
        aside: `always '${baseline.answer}': ${percent(baseline.accuracy)}`,
      },
      ...training,
    ]
  }
  const numbers = measures.flatMap(({ column, mae, r2, baseline }) => [
    { label: `mean error of ${column}`, value: brief(mae), aside: `always the mean: ${brief(baseline.mae)}` },
    { label: `R² of ${column}`, value: r2.toFixed(3), aside: 'always the mean: 0' },
  ])
  return [...numbers, ...training]
}

function confusionOf({ classes, confusion }: ClassMeasures, measured: string) {
  const rows = confusion.map((counts, k) => {
    const sum = counts.reduce((total, count) => total + count, 0)
    const cells = counts.map((count) => ({ count, share: sum === 0 ? 0 : Number(((0.75 * count) / sum).toFixed(2)) }))
    return { name: classes[k], cells }
  })
  return { title: `What the ${measured} rows were taken for`, classes, rows }
}

function rowOf(feature: Feature, part: string) {
  return { column: feature.column, part, prepared: wordsOf(feature) }
}

/** What becomes of a column, for people. */
function wordsOf(feature: Feature): string {
  switch (feature.as) {
    case 'number': {
      const { mean, deviation, empty } = feature
      const isRaw = mean === 0 && deviation === 1
      return `${isRaw ? 'the number itself' : `(number − ${brief(mean)}) / ${brief(deviation)}`}${empty === undefined ? '' : `; ${brief(empty)} where empty`}`
    }
    case 'oneHot':
      return `one of ${feature.classes.join(', ')}${feature.empty ? '; none where empty' : ''}`
    case 'class':
      return `the number of its class: ${feature.classes.map((name, k) => `${k} ${name}`).join(', ')}`
    case 'date':
      return `a date: ${feature.parts.map((part) => (part === 'days' ? 'days' : `place in the ${part}`)).join(', ')}`
    case 'flag':
      return '1 where it is empty'
  }
}
