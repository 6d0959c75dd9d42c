import { importText } from '../../host/instantiate.ts'
import { TableError } from '../mistakes.ts'
import type { Cell } from '../table/cell.ts'
import type { Table } from '../table/table.ts'
import { sizeOf, type Preparation, type PreparedPort } from './preparation.ts'

type Vector = Float32Array | Float64Array
/** What a module takes: samples, or a record of them by name. */
export type Samples = Vector | Readonly<Record<string, Vector>>

/** A likely class of a row, as a preparation tells it. */
export interface Answer {
  readonly answer: string
  readonly probability: number
}

/** An imported `prepare.ts`. */
export interface PrepareModule {
  inputsOf(rows: readonly Readonly<Record<string, Cell | null>>[]): Samples
  targetsOf(rows: readonly Readonly<Record<string, Cell | null>>[]): Samples
  answersOf?(outputs: ArrayLike<number>): (Answer | number | Readonly<Record<string, number>>)[]
}

/** The rows that are prepared at once. */
const PORTION = 1024

/** The most numbers that one input or target of all rows may come to. */
const MOST_NUMBERS = 2 ** 29

/** Runs the text of a `prepare.ts`. */
export async function importPreparation(text: string): Promise<PrepareModule> {
  return (await importText(text)) as PrepareModule
}

/** Rows of a table as x and y, by the same code that an app runs. @throws TableError where they would fill the memory. */
export function encodeRows(
  module: PrepareModule,
  { precision, inputs, targets }: Preparation,
  table: Table,
  rows: readonly number[],
): { readonly x: Samples; readonly y: Samples } {
  return {
    x: encoded(module.inputsOf, precision, inputs, table, rows),
    y: encoded(module.targetsOf, precision, targets, table, rows),
  }
}

function encoded(
  prepare: PrepareModule['inputsOf'],
  precision: 'f32' | 'f64',
  ports: readonly PreparedPort[],
  table: Table,
  rows: readonly number[],
): Samples {
  const named = new Set(ports.flatMap(({ features }) => features.map(({ column }) => column)))
  const columns = [...named].map((name) => table.columns.get(name)!)
  const all = ports.map((port) => ({ name: port.name, values: newVector(precision, sizeOf(port) * rows.length) }))
  const ends = ports.map(() => 0)
  for (let start = 0; start < rows.length; start += PORTION) {
    const records = rows.slice(start, start + PORTION).map((row) => {
      // A name may be one that objects have of their own.
      const record = Object.create(null) as Record<string, Cell | null>
      for (const column of columns) record[column.name] = column.at(row) ?? null
      return record
    })
    const part = prepare(records)
    for (const [k, { name, values }] of all.entries()) {
      const own = ports.length === 1 ? (part as Vector) : (part as Record<string, Vector>)[name]!
      values.set(own, ends[k]!)
      ends[k]! += own.length
    }
  }
  if (ports.length === 1) return all[0]!.values
  return Object.fromEntries(all.map(({ name, values }) => [name, values]))
}

function newVector(precision: 'f32' | 'f64', length: number): Vector {
  if (length > MOST_NUMBERS)
    throw new TableError([
      `the rows come to ${length.toLocaleString('en')} numbers, more than the ${MOST_NUMBERS.toLocaleString('en')} that are trained on`,
    ])
  return precision === 'f32' ? new Float32Array(length) : new Float64Array(length)
}
