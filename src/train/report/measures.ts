import { quoted } from '../mistakes.ts'
import type { Answers } from '../preparation/answers.ts'
import type { Answer, PrepareModule } from '../preparation/encode.ts'
import type { Table } from '../table/table.ts'

/** What a network says of some rows beside what is true of them, and what that comes to. */
export type Measures = ClassMeasures | NumberMeasures[]

export interface ClassMeasures {
  readonly classes: readonly string[]
  /** Rows by their true class, then by the one they were taken for. */
  readonly confusion: readonly (readonly number[])[]
  readonly accuracy: number
  /** What saying always the commonest class of the training rows gets on the same rows. */
  readonly baseline: { readonly answer: string; readonly accuracy: number }
}

export interface NumberMeasures {
  readonly column: string
  readonly pairs: readonly { readonly truth: number; readonly answer: number }[]
  /** The mean absolute error, in the column's units. */
  readonly mae: number
  readonly rmse: number
  readonly r2: number
  /** What saying always the training rows' mean gets on the same rows. */
  readonly baseline: { readonly answer: number; readonly mae: number; readonly rmse: number }
}

/** Measures outputs on rows of a table. */
export function measuresOf(
  answers: Answers,
  { answersOf }: PrepareModule,
  outputs: ArrayLike<number>,
  table: Table,
  { rows, training }: { readonly rows: readonly number[]; readonly training: readonly number[] },
): Measures {
  const said = answersOf!(outputs)
  if (answers.as !== 'numbers') return classMeasures(answers, said as Answer[], table, rows, training)
  const isLone = answers.columns.length === 1
  return answers.columns.map(({ column }) => {
    const truth = table.columns.get(column)!
    const pairs = rows.map((row, k) => ({
      truth: truth.numberAt(row),
      answer: isLone ? (said[k] as number) : (said[k] as Record<string, number>)[column]!,
    }))
    const mean = meanOf(training.map((row) => truth.numberAt(row)))
    const { mae, rmse } = errorsOf(pairs)
    const center = meanOf(pairs.map((pair) => pair.truth))
    const spread = errorsOf(pairs.map((pair) => ({ truth: pair.truth, answer: center }))).rmse
    const baseline = errorsOf(pairs.map((pair) => ({ truth: pair.truth, answer: mean })))
    return {
      column,
      pairs,
      mae,
      rmse,
      r2: spread === 0 ? 0 : 1 - (rmse / spread) ** 2,
      baseline: { answer: mean, ...baseline },
    }
  })
}

function classMeasures(
  { classes, column }: Exclude<Answers, { readonly as: 'numbers' }>,
  said: readonly Answer[],
  table: Table,
  rows: readonly number[],
  training: readonly number[],
): ClassMeasures {
  const target = table.columns.get(column)!
  const truthOf = (row: number) => classes.indexOf(String(target.at(row)))
  const confusion = classes.map(() => classes.map(() => 0))
  for (const [k, row] of rows.entries()) confusion[truthOf(row)]![classes.indexOf(said[k]!.answer)]!++
  const counts = classes.map(() => 0)
  for (const row of training) counts[truthOf(row)]!++
  const commonest = counts.indexOf(Math.max(...counts))
  const right = classes.reduce((sum, _, k) => sum + confusion[k]![k]!, 0)
  const common = rows.filter((row) => truthOf(row) === commonest).length
  return {
    ...{ classes, confusion, accuracy: right / rows.length },
    baseline: { answer: classes[commonest]!, accuracy: common / rows.length },
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}

function errorsOf(pairs: readonly { readonly truth: number; readonly answer: number }[]) {
  return {
    mae: meanOf(pairs.map(({ truth, answer }) => Math.abs(answer - truth))),
    rmse: Math.sqrt(meanOf(pairs.map(({ truth, answer }) => (answer - truth) ** 2))),
  }
}

/** The measures as a sentence, with what saying one thing always would get. */
export function sentencesOf(measures: Measures, what: string): string[] {
  if (!Array.isArray(measures)) {
    const { accuracy, baseline } = measures as ClassMeasures
    return [
      `${what}: ${percent(accuracy)} right; always ${quoted(baseline.answer)} would be ${percent(baseline.accuracy)}`,
    ]
  }
  return measures.map(
    ({ column, mae, rmse, r2, baseline }) =>
      `${what}, ${quoted(column)}: mean absolute error ${brief(mae)}, root mean square ${brief(rmse)}, R² ${r2.toFixed(3)}; always the mean, ${brief(baseline.answer)}, would be ${brief(baseline.mae)} and ${brief(baseline.rmse)}`,
  )
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** A number to four digits. */
export function brief(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value)
}
