import { isEmptyWord } from '../table/cell.ts'
import type { Column } from '../table/column.ts'

/** What a column holds, but for its empty cells. */
export type Kind = 'numbers' | 'dates' | 'classes' | 'nothing'

/** A column is of a kind where this share of its cells is; the others are mistakes then. */
const SHARE = 0.9

export function kindOf({ counts }: Column): Kind {
  const { numbers, texts, dates, emptyWords } = counts
  const filled = numbers + texts - emptyWords
  if (numbers + texts === 0 || (filled === 0 && emptyWords > 0)) return 'nothing'
  if (numbers >= SHARE * filled) return 'numbers'
  return dates >= SHARE * filled ? 'dates' : 'classes'
}

/** Whether a cell is empty in a column of a kind. */
export function isEmptyAt(column: Column, kind: Kind, row: number): boolean {
  const cell = column.at(row)
  return cell === undefined || (kind !== 'classes' && typeof cell === 'string' && isEmptyWord(cell))
}

export function countEmpty({ counts }: Column, kind: Kind): number {
  return counts.empty + (kind === 'classes' ? 0 : counts.emptyWords)
}

/** Whether a cell is neither empty nor of the column's kind. */
export function isMisfitAt(column: Column, kind: Kind, row: number): boolean {
  const cell = column.at(row)
  if (kind === 'classes' || cell === undefined) return false
  const isFit =
    kind === 'numbers' ? typeof cell === 'number' : typeof cell === 'string' && !Number.isNaN(column.numberAt(row))
  return !isFit && !(typeof cell === 'string' && isEmptyWord(cell))
}

/** The most classes that are counted. */
const MOST_CLASSES = 1000

/** The different cells as texts, numbers first and in order; undefined where they are too many for classes. */
export function classesOf(column: Column): readonly string[] | undefined {
  const found = new Set<number | string>()
  if (column.isOverfull) return undefined
  for (let row = 0; row < column.length; row++) {
    const cell = column.at(row)
    if (cell !== undefined) found.add(cell)
    if (found.size > MOST_CLASSES) return undefined
  }
  const numbers = [...found].filter((cell) => typeof cell === 'number').sort((a, b) => a - b)
  const texts = [...found].filter((cell) => typeof cell === 'string').sort()
  return [...numbers.map(String), ...texts]
}

/** The most classes that numbers are taken for. */
const MOST_NUMBERED = 20

/** Whether a column of numbers numbers classes, as far as one can tell: 0, 1, … or 1, 2, … without a gap, and again. */
export function numbersClasses(column: Column): boolean {
  const classes = classesOf(column)
  if (!classes || classes.length > MOST_NUMBERED || classes.length < 2) return false
  if (2 * classes.length > column.length) return false
  const first = Number(classes[0])
  return (first === 0 || first === 1) && classes.every((one, k) => Number(one) === first + k)
}
