import { Mistakes, quoted } from '../mistakes.ts'
import type { RawCell } from './cell.ts'
import type { TableBuilder } from './table.ts'

/** Reads a JSON object a line (https://jsonlines.org). @throws TableError with each line that is none of plain values. */
export async function readJsonLines(texts: AsyncIterable<string>, table: TableBuilder): Promise<void> {
  const mistakes = new Mistakes()
  let line = 0
  for await (const text of linesIn(texts)) {
    line++
    if (text.trim() === '') continue
    const row = objectIn(text)
    if (typeof row === 'string') mistakes.add(`${table.place(line)}: ${row}`)
    else if (mistakes.areNone) table.pushRecord(row, line)
  }
  mistakes.end()
}

/** A line's object, or what is wrong with it. */
function objectIn(text: string): Readonly<Record<string, RawCell>> | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return `it isn't JSON: ${(error as Error).message}`
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'expected an object, { "column": value, … }'
  for (const [name, cell] of Object.entries(value))
    if (typeof cell === 'object' && cell !== null)
      return `column ${quoted(name)}: expected a number, text, true, false or null, got ${Array.isArray(cell) ? 'a list' : 'an object'}`
  return value as Readonly<Record<string, RawCell>>
}

async function* linesIn(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of texts) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    yield* lines
  }
  yield rest
}
