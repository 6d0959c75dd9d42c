import { TableError } from '../mistakes.ts'
import { contentsOf, textOf, type OnRead } from './bytes.ts'
import { readDelimited } from './delimited.ts'
import { readJsonLines } from './jsonLines.ts'
import { readNpy } from './npy.ts'
import { TableBuilder, type ReadOptions, type Table } from './table.ts'

type Portions = AsyncIterable<Uint8Array>
type Reader = (portions: Portions, table: TableBuilder, options: ReadOptions) => Promise<void>

const delimited: Reader = (portions, table, options) => readDelimited(textOf(table.file, portions), table, options)
const jsonLines: Reader = (portions, table) => readJsonLines(textOf(table.file, portions), table)

/** How a file is read, by the end of its name; `.gz` may follow. */
const readers: Readonly<Record<string, Reader>> = {
  ...{ '.csv': delimited, '.tsv': delimited, '.tab': delimited, '.txt': delimited },
  ...{ '.jsonl': jsonLines, '.ndjson': jsonLines, '.npy': readNpy },
}

/**
 * Reads a table.
 * @throws FileError where there is no such file; TableError with what is wrong with it, and where.
 */
export async function readTable(
  file: string,
  options: ReadOptions = {},
  onRead: OnRead = () => undefined,
): Promise<Table> {
  const ending = /\.[^./\\]+$/.exec(file.toLowerCase().replace(/\.gz$/, ''))?.[0] ?? ''
  if (!Object.hasOwn(readers, ending))
    throw new TableError([
      `${file}: expected a name that ends in one of ${Object.keys(readers).join(', ')}, or so and in .gz`,
    ])
  const table = new TableBuilder(file, ending === '.npy' ? 'row' : '')
  const { portions, hash } = contentsOf(file, onRead)
  await readers[ending]!(portions, table, options)
  return table.build(hash())
}
