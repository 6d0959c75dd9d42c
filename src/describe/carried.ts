import type { CarriedDescription } from '../emit/description.ts'
import { uniform } from '../graph/build.ts'
import { Interner, type Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { printScalar } from '../targets/typescript/expression.ts'

/** What the trainer carries on besides the learning rate: the optimizer's scalars and the schedule's numbers. */
export function describeCarried({ train: { optimizer, schedule }, emit: { math } }: Network): CarriedDescription[] {
  const scalars = carriedScalars(optimizer).map(({ name, start, next }) => ({
    ...{ name, start },
    next: printScalar(next, { before: `state.${name}`, t: 't' }, math).text,
  }))
  const numbers = Object.entries(schedule?.carried ?? {}).map(([name, start]) => ({ name, start }))
  return [...scalars, ...numbers]
}

/** The optimizer's scalars: how each starts, and what it becomes in step `t`, from its value `before`. */
export function carriedScalars({ row, settings }: Network['train']['optimizer']): readonly {
  readonly name: string
  readonly start: number
  readonly next: Node
}[] {
  return Object.entries(row.carried ?? {}).map(([name, { start, next }]) => {
    const graph = new Interner()
    return { name, start, next: next(uniform(graph, 'before'), uniform(graph, 't'), settings) }
  })
}
