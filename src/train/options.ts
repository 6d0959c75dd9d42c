import type { EmptyChoice } from './columns/rows.ts'
import type { DatePart } from './preparation/preparation.ts'

/** What decides on the numbers of a training, beside the table and the spec. It is saved, and is the same when a training goes on. */
export interface Settings {
  readonly inputs?: readonly string[]
  readonly targets?: readonly string[]
  /** Columns of numbers that are classes. */
  readonly classes?: readonly string[]
  /** Names of the columns of a file without a header. */
  readonly columns?: readonly string[]
  readonly header?: boolean
  /** The share of the rows that is held back. */
  readonly validation: number
  readonly seed: number
  readonly empty: EmptyChoice
  readonly dates: readonly DatePart[]
}

export const defaults = { validation: 0.2, seed: 0, empty: 'fill', dates: ['days', 'year'] } as const satisfies Settings

/** What a training is told. */
export interface TrainOptions {
  /** The spec's file; without one a spec is proposed. */
  readonly spec?: string | undefined
  /** The table's file. */
  readonly data: string
  /** Those that were given. */
  readonly settings: Partial<Settings>
  /** Epochs in all, those before it went on among them; the spec's unless given. */
  readonly epochs?: number | undefined
  /** The folder that everything is written to. */
  readonly out: string
  /** Whether it goes on where it was interrupted. */
  readonly resume: boolean
  /** Whether files are overwritten that tapeless didn't write. */
  readonly force: boolean
  /** The command as it was given, for the report. */
  readonly command: string
  /** Milliseconds that a TypeScript spec may take. */
  readonly specTimeout?: number | undefined
}
