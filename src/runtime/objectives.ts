import { expected } from './expected.ts'
import { refuseLoss } from './finiteLoss.ts'
import type { Trainer } from './interface.ts'
import {
  commitBatch,
  differentiateBatch,
  lossOffset,
  metricReads,
  objectives,
  optimizer,
  updateParameters,
} from './module.ts'
import { normalizerIn } from './normalizer.ts'
import type { Checkpoint } from './safetensors.ts'
import { shown } from './shown.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensor.ts'
import type { Losses, Vector } from './types.ts'

/*
 * Several losses, each with what it trains. What a module declares for batches runs that of one objective, which every call of a trainer
 * chooses before anything else. All functions are optional.
 */

/** The objective whose programs run, the inputs and targets that are read, and whether the others take their steps after it. */
export const chosen: { objective: number; reads: readonly string[]; isFirstOfAll: boolean } = {
  objective: 0,
  reads: [],
  isFirstOfAll: false,
}

/** Chooses by name, the first unless told. RangeError: there is no such objective. */
function choose(name: unknown, reads: readonly string[] = []): void {
  const names = objectives.map((objective) => objective.name)
  const at = name === undefined ? 0 : names.indexOf(name as string)
  const { reads: own } = objectives[at] ?? expected(`an objective: ${names.join(' or ')}`, shown(name))
  Object.assign(chosen, { objective: at, reads: [...own, ...reads], isFirstOfAll: false })
}

function everything(): string[] {
  return [...objectives.flatMap(({ reads }) => reads), ...metricReads]
}

/** Chooses all, in turn. */
export function chooseAll(): void {
  choose(undefined, everything())
  chosen.isFirstOfAll = true
}

/** Whether what runs reads an input or target. */
export function isRead(name: string): boolean {
  return chosen.reads.includes(name)
}

/** The same trainer, whose functions take the name of an objective last. */
export function byObjective(trainer: Trainer): Trainer {
  const functions = trainer as unknown as Record<string, ((...given: unknown[]) => unknown) | undefined>
  const choosing = (name: string, position: number, reads?: readonly string[]) => {
    const run = functions[name]
    if (!run) return
    functions[name] = (...given) => {
      choose(given[position], reads)
      return run(...given)
    }
  }
  for (const name of ['loss', 'gradient', 'step']) choosing(name, 2)
  choosing('evaluate', 2, metricReads)
  choosing('hessianProduct', 3)
  choosing('initialize', Infinity, everything())
  return trainer
}

/** The sums of each objective's losses in a pass, and of what they are divided by. */
export type Sums = { loss: number; divisor: number }[]

export function newSums(): Sums {
  return objectives.map(() => ({ loss: 0, divisor: 0 }))
}

/** Begins a pass. */
export function clearSums(sums: Sums): void {
  for (const sum of sums) Object.assign(sum, { loss: 0, divisor: 0 })
}

/** Adds a batch of n samples. */
export function addLoss(sums: Sums, arena: Vector, n: number): void {
  const sum = sums[chosen.objective]!
  sum.loss += arena[lossOffset]!
  sum.divisor += divisorOf(arena, n)
}

function divisorOf(arena: Vector, n: number): number {
  return normalizerIn(arena)
  return n
}

/** The steps of the other objectives on the same batch, if all are trained. RangeError: the loss of one is NaN or infinite. */
export function trainOthers(
  sums: Sums,
  arena: Vector,
  n: number,
  state: State,
  states: readonly Tensor[],
  start: number,
): void {
  if (!chosen.isFirstOfAll) return
  while (++chosen.objective < objectives.length) {
    differentiateBatch(arena, n, state.seed, state.steps)
    refuseLoss(arena, state.epoch, start)
    addLoss(sums, arena, n)
    commitBatch(arena, n)
    updateParameters(arena, state, states)
    state.steps++
  }
  chosen.objective = 0
}

/** The part of a report that tells of all losses. */
export function lossesOf(sums: Sums): { readonly losses: Losses } {
  const losses = sums.map(({ loss, divisor }, k) => [objectives[k]!.name, divisor && loss / divisor])
  return { losses: Object.fromEntries(losses) as Losses }
}

/**
 * Takes out of a file what is of objectives with another optimizer here; and, unless the first one is the file's first, what goes by that:
 * the learning rate, and the best epoch.
 */
export function keepSame(file: Checkpoint): void {
  const numbers = file.numbers as Record<string, unknown>
  const theirs = `; ${numbers.optimizer}; `
  const ours = objectives.map(({ name, optimizer: own }) => `; ${name}: ${own}; `)
  const isSameFirst = theirs.slice(0, ours[0]!.length) === ours[0]
  const dropped = [
    ...objectives.flatMap(({ name }, k) => (theirs.includes(ours[k]!) ? [] : [`optimizer.${name}.`])),
    ...(isSameFirst ? [] : ['best.']),
  ]
  const kept = Object.entries(file.entries).flatMap((entry) =>
    dropped.some((prefix) => entry[0].slice(0, prefix.length) === prefix) ? [] : [entry],
  )
  if (!isSameFirst) numbers.baseRate = undefined
  numbers.optimizer = optimizer
  Object.assign(file, { entries: Object.fromEntries(kept) })
}
