import { listed, Mistakes, quoted, TableError } from '../mistakes.ts'
import type { Column } from '../table/column.ts'
import { unknownColumns, type Table } from '../table/table.ts'
import { classesOf, countEmpty, kindOf, numbersClasses, type Kind } from './kinds.ts'

/** What a user says of the columns; what they leave out is found out. */
export interface ColumnOptions {
  readonly inputs?: readonly string[]
  readonly targets?: readonly string[]
  /** Columns of numbers that number classes. */
  readonly classes?: readonly string[]
}

/** A column with a part in the training. */
export interface Chosen {
  readonly column: Column
  readonly kind: Exclude<Kind, 'nothing'>
}

export interface Choice {
  readonly inputs: readonly Chosen[]
  readonly targets: readonly Chosen[]
  /** What was decided, as sentences. */
  readonly notes: readonly string[]
}

/**
 * Chooses the columns to predict from and to predict: those that were asked for, else the last one, from all others that can tell something
 * of it.
 * @throws TableError where a column isn't there, or can't serve.
 */
export function chooseColumns(table: Table, options: ColumnOptions): Choice {
  const { columns } = table
  requireKnown(table, options)
  const notes: string[] = []
  const isClasses = (name: string) => options.classes?.includes(name) ?? false
  const targetNames = options.targets ?? [[...columns.keys()].at(-1)!]
  if (!options.targets) notes.push(`the last column, ${quoted(targetNames[0]!)}, is predicted: --targets names another`)
  const targets = targetNames.map((name) => chosen(table, '--targets', name, true, isClasses(name)))
  const rest = [...columns.keys()].filter((name) => !targetNames.includes(name))
  if (options.inputs)
    return {
      inputs: options.inputs.map((name) => chosen(table, '--inputs', name, false, isClasses(name))),
      targets,
      notes,
    }
  const inputs: Chosen[] = []
  for (const name of rest) {
    const column = columns.get(name)!
    const why = reasonAgainst(column, isClasses(name), table, targets)
    if (why === undefined) inputs.push(chosen(table, '', name, false, isClasses(name)))
    else notes.push(`column ${quoted(name)} is left out: ${why}`)
  }
  if (inputs.length === 0)
    throw new TableError([`${table.file}: there is no column to predict ${listed(targetNames)} from`, ...notes])
  return { inputs, targets, notes }
}

function requireKnown(table: Table, { inputs = [], targets = [], classes = [] }: ColumnOptions): void {
  const mistakes = new Mistakes()
  const asked = { '--inputs': inputs, '--targets': targets, '--classes': classes }
  for (const [option, names] of Object.entries(asked)) {
    for (const mistake of unknownColumns(table, option, names)) mistakes.add(mistake)
    const repeated = names.filter((name, k) => names.indexOf(name) < k)
    if (repeated.length > 0) mistakes.add(`${option}: ${listed(repeated)} is there twice`)
  }
  for (const name of inputs)
    if (targets.includes(name)) mistakes.add(`column ${quoted(name)} is in --inputs and --targets`)
  mistakes.end()
}

function chosen({ columns, file }: Table, option: string, name: string, isTarget: boolean, asClasses: boolean): Chosen {
  const column = columns.get(name)!
  const kind = kindOf(column)
  const fail = (what: string): never => {
    throw new TableError([`${option}: column ${quoted(name)} of ${file} ${what}`])
  }
  if (kind === 'nothing') return fail('has no cell that says anything')
  const isNumbered = isTarget && kind === 'numbers' && numbersClasses(column)
  const found = asClasses || isNumbered ? 'classes' : kind
  if (found !== 'classes') return { column, kind: found }
  const classes = classesOf(column) ?? fail('has too many different cells for classes')
  if (isTarget && classes.length < 2) fail(`is ${quoted(classes[0]!)} in every row: there is nothing to learn`)
  return { column, kind: found }
}

/** Texts of more kinds than these are no classes, unless they are asked for. */
const MOST_CLASSES = 100

/** Why a column that nobody has asked for is no input; undefined where it is one. */
function reasonAgainst(
  column: Column,
  asClasses: boolean,
  { rows }: Table,
  targets: readonly Chosen[],
): string | undefined {
  const kind = kindOf(column)
  if (kind === 'nothing') return 'all its cells are empty'
  const classes = classesOf(column)
  const hasEmpty = countEmpty(column, kind) > 0
  if (classes?.length === 1 && !hasEmpty) return `it is ${quoted(classes[0]!)} in every row`
  if (classes && kind !== 'dates') {
    const told = targets.find((target) => target.kind === 'classes' && saysTheSame(column, target.column, classes))
    if (told) return `it says ${quoted(told.column.name)} in other words; --inputs would take it in`
  }
  if (kind !== 'classes' && !asClasses) return undefined
  if (!classes || classes.length > MOST_CLASSES || 2 * classes.length > rows + 4)
    return `it has ${classes ? classes.length : 'over a thousand'} different texts in ${rows} rows; --inputs would take it in`
  return undefined
}

/** Whether each cell of one column goes with one class of the other, and each class with one cell. */
function saysTheSame(column: Column, target: Column, classes: readonly string[]): boolean {
  const classOf = new Map<number | string, number | string>()
  for (let row = 0; row < column.length; row++) {
    const [cell, goal] = [column.at(row), target.at(row)]
    if (cell === undefined || goal === undefined) continue
    if ((classOf.get(cell) ?? goal) !== goal) return false
    classOf.set(cell, goal)
  }
  return classOf.size === classes.length && new Set(classOf.values()).size === classOf.size
}
