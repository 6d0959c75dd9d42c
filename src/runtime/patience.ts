import type { Model, Report } from './interface.ts'
import { minimumImprovement, patience } from './module.ts'
import type { Checkpoint } from './safetensors.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensor.ts'

/*
 * Training that ends when the loss stops falling, with the best epoch's parameters and buffers. A trainer keeps these among its tensors, by
 * their names after `best.`; `bestLoss`; and `waited`, the epochs since then. All functions are optional.
 */

/** A trainer's numbers, where it has patience. */
type Waiting = Record<'bestLoss' | 'waited', number>

/**
 * Takes note of an epoch's loss. Where training ends by itself, after this epoch or because it has waited for long enough, the model gets
 * what the best epoch had, and the report says whether that was early.
 * @param left the epochs that were to come, this one among them.
 * @returns those that are.
 */
export function heed(state: State, model: Model, states: readonly Tensor[], report: Report, left: number): number {
  const waiting = state as State & Waiting
  const loss = report.validationLoss ?? report.loss
  const views: Record<string, Tensor['view']> = { ...model.parameters, ...model.buffers }
  const copy = (isKept: boolean) => {
    for (const { name, view } of states) {
      const own = isBest(name) && views[name.slice(5)]
      if (own && isKept) view.set(own)
      else if (own) own.set(view)
    }
  }
  waiting.waited++
  if (loss < waiting.bestLoss - minimumImprovement) {
    waiting.bestLoss = loss
    waiting.waited = 0
    copy(true)
  }
  const isOut = waiting.waited >= patience
  if (!isOut && left > 1) return left
  if (waiting.bestLoss < Infinity) copy(false)
  if (isOut) {
    waiting.bestLoss = Infinity
    waiting.waited = 0
    if (left > 1) Object.assign(report, { stopped: true })
  }
  return 1
}

function isBest(name: string): boolean {
  return name.slice(0, 5) === 'best.'
}

/** Whether `name` is the best loss and `value` a number, which may be negative or Infinity, where it starts. */
export function isBestLoss(name: string, value: unknown): boolean {
  return name === 'bestLoss' && typeof value === 'number'
}

/** Starts afresh where a file lacks the best epoch's tensors, or they aren't taken. */
export function waitAfresh(
  read: Record<string, number>,
  { entries }: Checkpoint,
  states: readonly Tensor[],
  isSame: boolean,
): void {
  if (isSame && states.every(({ name }) => !isBest(name) || Object.hasOwn(entries, name))) return
  read.bestLoss = Infinity
  read.waited = 0
}
