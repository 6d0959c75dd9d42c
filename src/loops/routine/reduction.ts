import { sumLevels, type SumLoop } from '../../graph/summation.ts'
import { lengthOf, type Reduce } from '../notation/kernel.ts'
import { readsOf } from '../notation/reads.ts'
import type { Schedule } from '../schedule/costs.ts'
import { eachPart, eachStep, isWrittenOut, type Element } from './element.ts'
import { evaluate } from './scalar.ts'
import type { Value } from './statement.ts'
import type { BlockWriter } from './values.ts'

type Level = readonly SumLoop[]

/** The loops of a reduction, the outermost level first. A maximum is the same in any order. */
export function levelsOf({ combine, over }: Reduce, batch: number, longestRun?: number): readonly Level[] {
  if (combine === 'max') return [over.map((_, axis) => ({ axis, by: 1 }))]
  return sumLevels(
    over.map((axis) => lengthOf(axis, batch)),
    longestRun,
  )
}

const combinations = {
  sum: { op: 'add', initial: 0, label: 's' },
  max: { op: 'maximum', initial: -Infinity, label: 'm' },
} as const

/** Writes a reduction, and returns its result for each element: of every turn of the outermost level what the levels within leave. */
export function writeReduction(
  writer: BlockWriter,
  stage: Reduce,
  [loops, ...within]: readonly Level[],
  schedule: Schedule,
  elements: readonly Element[],
): readonly Value[] {
  const { over, combine, body } = stage
  if (!loops) return writer.realise(elements.map((element) => evaluate(writer, body, element)))
  const { op, initial, label } = combinations[combine]
  // Of constants alone it is an element of a tensor as well: a variable of its own rounds it where constants are doubles.
  const unrolled = readsOf(stage).length > 0 && loops.every(({ axis }) => isWrittenOut(over[axis]!, schedule))
  const totals = elements.map(({ lanes }) =>
    unrolled ? undefined : writer.declare(label, writer.literal(initial), lanes?.count),
  )
  let results: readonly Value[] = []
  const nest = ([loop, ...inner]: Level, copies: readonly Element[]): void => {
    if (loop) {
      const axis = over[loop.axis]!
      const body = (next: readonly Element[]) => nest(inner, next)
      if (loop.by > 1 || loop.span) return eachPart(writer, axis, loop, schedule, copies, body)
      return eachStep(writer, axis, schedule, copies, body)
    }
    const terms = writeReduction(writer, stage, within, schedule, copies)
    results = totals.map((total, k) => {
      const own = terms.filter((_, at) => copies[at]!.original === k)
      const [first, ...others] = total ? [writer.local(total), ...own] : own
      const result = others.reduce((sum, term) => writer.apply(op, [sum, term]), first!)
      if (total) writer.assign(total, result)
      return result
    })
  }
  nest(
    loops,
    elements.map((element, original) => ({ ...element, original })),
  )
  return totals.map((total, k) => (total ? writer.local(total) : results[k]!))
}
