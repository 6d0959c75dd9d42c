import type { CarriedDescription, ScalarDescription } from '../emit/description.ts'
import { uniform } from '../graph/build.ts'
import { Interner, type Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { printScalar } from '../targets/typescript/expression.ts'

/** What the trainer carries on from epoch to epoch besides the learning rate. */
export function describeCarried({ train: { schedule, patience } }: Network): CarriedDescription[] {
  const waiting = patience ? { bestLoss: Infinity, waited: 0 } : {}
  return Object.entries({ ...schedule?.carried, ...waiting }).map(([name, start]) => ({ name, start }))
}

/**
 * What the optimizer carries on from step to step for each trained tensor, if there are any.
 * @param before the tensors of the objectives before, in a trainer's list of all.
 */
export function describeScalars({ train, trained, emit }: Network, before = 0): ScalarDescription[] {
  if (trained.length === 0) return []
  return scalarsOf(train.optimizer).map(({ name, start, next }, position) => {
    const from = before + (train.optimizer.states.length + position) * trained.length
    const place = `states[k + ${from}]!.view[0]`
    // All states begin at 0, and what a file lacks of them.
    const last = start === 0 ? `${place}!` : `(t > 1 ? ${place}! : ${start})`
    return { name, place, next: printScalar(next, { before: last, t: 't' }, emit.math).text }
  })
}

/** The optimizer's scalars: how each starts, and what it becomes in step `t`, from its value `before`. */
export function scalarsOf({ row, settings }: Network['train']['optimizer']): readonly {
  readonly name: string
  readonly start: number
  readonly next: Node
}[] {
  return Object.entries(row.scalars ?? {}).map(([name, { start, next }]) => {
    const graph = new Interner()
    return { name, start, next: next(uniform(graph, 'before'), uniform(graph, 't'), settings) }
  })
}
