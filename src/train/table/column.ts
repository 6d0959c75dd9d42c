import { daysOf, isEmptyWord, readCell, type Cell, type RawCell } from './cell.ts'

/** The most different texts that a column keeps: what has more is no list of classes. */
const MOST_TEXTS = 100_000

/** What a cell's code says where it names none of the texts. */
const PLAIN = 0
const FORGOTTEN = -1

/** One column of a table, cell by cell, in 8 bytes a number and 12 a text. */
export class Column {
  readonly name: string
  /** How many cells are of each kind. Words such as NA, which stand for nothing in a column of numbers, count as texts too. */
  readonly counts = { numbers: 0, texts: 0, dates: 0, empty: 0, emptyWords: 0 }
  /** The different texts, in the order in which they came. */
  readonly texts: string[] = []
  /** Whether there were more texts than are kept. */
  isOverfull = false
  length = 0
  readonly #codeOf = new Map<string, number>()
  /** Numbers; of texts that are dates, the days since 1970; else NaN. */
  #values = new Float64Array(256)
  #codes: Int32Array | undefined

  /** @param empty the rows that have come before its first cell. */
  constructor(name: string, empty = 0) {
    this.name = name
    for (let row = 0; row < empty; row++) this.push(undefined)
  }

  push(raw: RawCell): void {
    const cell = readCell(raw)
    if (this.length === this.#values.length) this.#grow()
    if (typeof cell === 'string') this.#pushText(cell)
    else {
      this.counts[cell === undefined ? 'empty' : 'numbers']++
      this.#values[this.length] = cell ?? NaN
    }
    this.length++
  }

  /** The cell of a row. Of a text that wasn't kept, that it is one; of a date that wasn't, the date. */
  at(row: number): Cell {
    const code = this.#codes?.[row] ?? PLAIN
    const value = this.#values[row]!
    if (code > 0) return this.texts[code - 1]!
    if (code === FORGOTTEN) return Number.isNaN(value) ? '…' : new Date(value * 86_400_000).toISOString()
    return Number.isNaN(value) ? undefined : value
  }

  /** The cell as a number: of a date the days since 1970, of any other text and of nothing NaN. */
  numberAt(row: number): number {
    return this.#values[row]!
  }

  #pushText(text: string): void {
    const days = daysOf(text)
    this.counts.texts++
    if (days !== undefined) this.counts.dates++
    if (isEmptyWord(text)) this.counts.emptyWords++
    this.#codes ??= new Int32Array(this.#values.length)
    this.#values[this.length] = days ?? NaN
    this.#codes[this.length] = this.#code(text)
  }

  #code(text: string): number {
    const known = this.#codeOf.get(text)
    if (known !== undefined) return known
    if (this.texts.length === MOST_TEXTS) {
      this.isOverfull = true
      return FORGOTTEN
    }
    this.texts.push(text)
    this.#codeOf.set(text, this.texts.length)
    return this.texts.length
  }

  #grow(): void {
    const values = new Float64Array(2 * this.#values.length)
    values.set(this.#values)
    this.#values = values
    if (!this.#codes) return
    const codes = new Int32Array(values.length)
    codes.set(this.#codes)
    this.#codes = codes
  }
}
