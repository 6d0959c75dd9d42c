import { TableError, listed, quoted } from '../mistakes.ts'
import { Column } from './column.ts'
import type { RawCell } from './cell.ts'

/** Beyond these a table isn't read on, as it would fill the memory. */
export const limits = { columns: 20_000, rows: 16_000_000, cells: 64_000_000, bytes: 2 ** 30, row: 2 ** 20 } as const

/** What a user says of a file of delimited text. */
export interface ReadOptions {
  /** Whether the first line names the columns; found out unless given. */
  readonly header?: boolean
  /** Names of the columns of a file that has none. */
  readonly columns?: readonly string[]
}

/** A table that was read. */
export interface Table {
  /** As it was named. */
  readonly file: string
  /** The SHA-256 of the file as it lies on the disk. */
  readonly hash: string
  /** By name, in the file's order. */
  readonly columns: ReadonlyMap<string, Column>
  readonly rows: number
  /** Whether columns have names of their own; else they are called 1, 2, … */
  readonly isNamed: boolean
  /** What was passed over while reading it, as sentences. */
  readonly notes: readonly string[]
  /** Where a row is, as `file:line`. */
  placeOf(row: number): string
}

/** Puts a table together, row by row. */
export class TableBuilder {
  readonly file: string
  readonly notes: string[] = []
  readonly columns = new Map<string, Column>()
  isNamed = true
  rows = 0
  #lines = new Uint32Array(256)
  /** What is counted where the file has no lines. */
  readonly #unit: string

  constructor(file: string, unit = '') {
    this.file = file
    this.#unit = unit
  }

  /** @throws TableError where two columns have one name. */
  name(names: readonly string[]): void {
    const repeated = names.filter((name, k) => names.indexOf(name) < k)
    if (repeated.length > 0)
      throw new TableError([`${this.file}: two columns are called ${listed([...new Set(repeated)])}`])
    for (const name of names) this.#add(name)
  }

  /** A row whose cells come in the order of columns. */
  push(cells: readonly RawCell[], line: number): void {
    let k = 0
    for (const column of this.columns.values()) column.push(cells[k++])
    this.#end(line)
  }

  /** A row whose cells come with their columns' names; those that are new become columns. */
  pushRecord(cells: Readonly<Record<string, RawCell>>, line: number): void {
    for (const name of Object.keys(cells)) (this.columns.get(name) ?? this.#add(name)).push(cells[name])
    for (const column of this.columns.values()) if (column.length === this.rows) column.push(undefined)
    this.#end(line)
  }

  build(hash: string): Table {
    const { file, columns, rows, isNamed, notes } = this
    if (rows === 0) throw new TableError([`${file}: there is no row in it`])
    return { ...{ file, hash, columns, rows, isNamed, notes }, placeOf: (row) => this.place(this.#lines[row]!) }
  }

  place(line: number): string {
    return this.#unit === '' ? `${this.file}:${line}` : `${this.file}, ${this.#unit} ${line}`
  }

  #add(name: string): Column {
    if (this.columns.size === limits.columns) this.#refuse('columns', limits.columns)
    const column = new Column(name, this.rows)
    this.columns.set(name, column)
    return column
  }

  #end(line: number): void {
    if (this.rows === this.#lines.length) {
      const lines = new Uint32Array(2 * this.rows)
      lines.set(this.#lines)
      this.#lines = lines
    }
    this.#lines[this.rows++] = line
    if (this.rows > limits.rows) this.#refuse('rows', limits.rows)
    if (this.rows * this.columns.size > limits.cells) this.#refuse('cells', limits.cells)
  }

  #refuse(what: string, most: number): never {
    throw new TableError([`${this.file}: it has over ${most.toLocaleString('en')} ${what}`])
  }
}

/** Those of `names` that the table has not: one line each. */
export function unknownColumns({ file, columns, isNamed }: Table, option: string, names: readonly string[]): string[] {
  const known = isNamed
    ? `its columns are ${listed([...columns.keys()], 12)}`
    : `it has no header, so its columns are called 1 to ${columns.size}: --columns names them`
  return names
    .filter((name) => !columns.has(name))
    .map((name) => `${option}: ${file} has no column ${quoted(name)}; ${known}`)
}
