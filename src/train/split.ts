import { permutation } from '../runtime/shuffle.ts'
import { TableError } from './mistakes.ts'

/** Rows by what they are for, in the table's order. */
export interface Split {
  readonly training: readonly number[]
  readonly validation: readonly number[]
}

/** A random stream that is no epoch's. */
const STREAM = 2 ** 31 - 2

/**
 * Splits rows by the seed alone. Of each class, the same share is held back.
 * @param fraction of the rows, for validation, from 0 up to 1.
 * @param classOf the class of a row, where classes are predicted.
 * @throws TableError where there would be no row to train on, or none to validate on.
 */
export function splitRows(
  rows: readonly number[],
  fraction: number,
  seed: number,
  classOf: (row: number) => unknown = () => undefined,
): Split {
  const groups = new Map<unknown, number[]>()
  for (const k of permutation(rows.length, seed, STREAM)) {
    const group = classOf(rows[k]!)
    if (!groups.has(group)) groups.set(group, [])
    groups.get(group)!.push(rows[k]!)
  }
  const held = new Set<number>()
  for (const group of groups.values())
    for (const row of group.slice(0, Math.round(fraction * group.length))) held.add(row)
  const split = { training: rows.filter((row) => !held.has(row)), validation: rows.filter((row) => held.has(row)) }
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`
  if (split.training.length === 0) throw new TableError([`of ${count}, none is left to train on`])
  if (fraction > 0 && split.validation.length === 0)
    throw new TableError([`of ${count}, a share of ${fraction} for validation is none; --validation 0 goes without`])
  return split
}
