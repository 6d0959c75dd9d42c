import { CsvError, parse, type Info } from 'csv-parse'
import { Mistakes, TableError, quoted } from '../mistakes.ts'
import { readCell } from './cell.ts'
import { limits, type ReadOptions, type TableBuilder } from './table.ts'

/** What may stand between cells. Of those that a first line has outside quotes, the most frequent one does. */
const delimiters = [',', ';', '\t', '|']

interface Row {
  readonly record: readonly string[]
  readonly info: Info
}

/**
 * Reads delimited text (RFC 4180): CSV, TSV, and CSV with other delimiters.
 * @throws TableError with each row that has too few cells or too many.
 */
export async function readDelimited(
  texts: AsyncIterable<string>,
  table: TableBuilder,
  { header, columns }: ReadOptions,
): Promise<void> {
  const mistakes = new Mistakes()
  let first: Row | undefined
  let names: readonly string[] | undefined
  let empty = 0
  const begin = (next?: Row) => {
    const hasHeader = header ?? (columns === undefined && isHeader(first!.record, next?.record))
    names = namesOf(first!, hasHeader, columns, table)
    table.isNamed = hasHeader || columns !== undefined
    table.name(names)
    if (!hasHeader) take(first!)
  }
  const take = ({ record, info }: Row) => {
    if (record.every((cell) => cell.trim() === '')) empty++
    else if (record.length === names!.length) table.push(record, info.lines - linesWithin(record))
    else mistakes.add(`${table.place(info.lines)}: ${misfit(record, names!)}`)
  }
  try {
    for await (const row of rowsIn(texts)) {
      if (names) take(row)
      else if (first) {
        begin(row)
        take(row)
      } else first = row
    }
  } catch (error) {
    throw error instanceof CsvError
      ? new TableError([`${table.place(error.lines as number)}: ${reasonOf(error)}`])
      : error
  }
  if (!first) throw new TableError([`${table.file}: it is empty`])
  if (!names) begin()
  mistakes.end()
  if (empty > 0)
    table.notes.push(
      `${empty === 1 ? 'one row without any cell was' : `${empty} rows without any cell were`} passed over`,
    )
}

async function* rowsIn(texts: AsyncIterable<string>): AsyncGenerator<Row> {
  const { Readable } = await import('node:stream')
  const { value: start = '', done } = await texts[Symbol.asyncIterator]().next()
  const parser = parse({
    ...{ bom: true, info: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: false },
    ...{ delimiter: delimiterIn(start), max_record_size: limits.row },
  })
  const all = async function* () {
    yield start
    if (!done) yield* texts
  }
  const source = Readable.from(all())
  source.once('error', (error) => parser.destroy(error))
  source.pipe(parser)
  yield* parser as AsyncIterable<Row>
}

function delimiterIn(text: string): string {
  const line = (/^\uFEFF?[\r\n]*([^\r\n]*)/.exec(text)?.[1] ?? '').replaceAll(/"(?:[^"]|"")*"/g, '')
  const counts = delimiters.map((delimiter) => line.split(delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))]!
}

/**
 * A first row is a header where none of its cells is a number or nothing, unless all are texts that the second row has too. Its first cell
 * may be nothing above a number: so pandas writes the rows' own numbers.
 */
function isHeader(first: readonly string[], second: readonly string[] | undefined): boolean {
  const isIndexed = first.length > 1 && first[0] === '' && typeof readCell(second?.[0] ?? '') === 'number'
  const names = isIndexed ? first.slice(1) : first
  return (
    names.every((cell) => typeof readCell(cell) === 'string') && !(second ?? []).some((cell, k) => cell === first[k])
  )
}

function namesOf(
  { record, info }: Row,
  hasHeader: boolean,
  columns: readonly string[] | undefined,
  table: TableBuilder,
) {
  if (columns && columns.length !== record.length)
    throw new TableError([
      `--columns names ${columns.length} columns, and ${table.place(info.lines)} has ${record.length} cells`,
    ])
  return columns ?? record.map((cell, k) => (hasHeader && cell.trim() !== '' ? cell.trim() : String(k + 1)))
}

function linesWithin(record: readonly string[]): number {
  return record.reduce((count, cell) => count + cell.split('\n').length - 1, 0)
}

function misfit(record: readonly string[], names: readonly string[]): string {
  if (record.length > names.length)
    return `${record.length} cells where there are ${names.length} columns: ${quoted(record[names.length]!)} comes after column ${quoted(names.at(-1)!)}`
  return `the row ends before column ${quoted(names[record.length]!)}: ${record.length} cells where there are ${names.length} columns`
}

/** What the parser finds wrong, by its codes; its own words for the others. */
const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_MAX_RECORD_SIZE: `a row has over ${limits.row.toLocaleString('en')} characters: is a quote before it not closed?`,
  INVALID_OPENING_QUOTE: 'a quote stands within a cell that has none at its start; in a quoted cell, write it twice',
  CSV_INVALID_CLOSING_QUOTE: 'text follows the quote that ends a cell; in a quoted cell, write a quote twice',
}

function reasonOf({ code, message }: CsvError): string {
  return reasons[code] ?? message
}
