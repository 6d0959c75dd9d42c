import { Mistakes, quoted } from '../mistakes.ts'
import type { Table } from '../table/table.ts'
import type { Chosen } from './choose.ts'
import { isEmptyAt, isMisfitAt } from './kinds.ts'

/** What becomes of empty cells of inputs. */
export const emptyChoices = ['fill', 'flag', 'drop', 'error'] as const
export type EmptyChoice = (typeof emptyChoices)[number]

export interface KeptRows {
  /** Their numbers, from 0. */
  readonly rows: readonly number[]
  readonly notes: readonly string[]
}

/** What a cell of each kind must be. */
const expected = { numbers: 'a number', dates: 'a date such as 2024-12-31', classes: '' } as const

/**
 * The rows that can be learned from: those that have every target and, if so asked, every input.
 * @throws TableError with each cell that isn't of its column's kind, and with each empty one where none may be.
 */
export function keepRows(
  table: Table,
  inputs: readonly Chosen[],
  targets: readonly Chosen[],
  empty: EmptyChoice,
): KeptRows {
  const mistakes = new Mistakes()
  const rows: number[] = []
  const left = { targets: 0, inputs: 0 }
  for (let row = 0; row < table.rows; row++) {
    for (const { column, kind } of [...inputs, ...targets])
      if (isMisfitAt(column, kind, row))
        mistakes.add(
          `${table.placeOf(row)}: column ${quoted(column.name)}: expected ${expected[kind]}, got ${quoted(String(column.at(row)))}`,
        )
    const missing = inputs.filter(({ column, kind }) => isEmptyAt(column, kind, row))
    if (empty === 'error')
      for (const { column } of missing)
        mistakes.add(`${table.placeOf(row)}: column ${quoted(column.name)}: the cell is empty`)
    if (targets.some(({ column, kind }) => isEmptyAt(column, kind, row))) left.targets++
    else if (empty === 'drop' && missing.length > 0) left.inputs++
    else rows.push(row)
  }
  mistakes.end()
  const told = (count: number, what: string) =>
    count > 0 ? [`${count === 1 ? 'one row is' : `${count.toLocaleString('en')} rows are`} left out: ${what}`] : []
  return {
    rows,
    notes: [
      ...told(left.targets, 'nothing is said of what is to be predicted'),
      ...told(left.inputs, 'a cell is empty'),
    ],
  }
}
