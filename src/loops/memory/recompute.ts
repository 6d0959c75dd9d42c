import { effectsOf } from './effects.ts'
import type { Buffer, Step } from '../notation/kernel.ts'
import type { Lifetime } from './plan.ts'

/** Steps that write the same buffers, in their order. Together they define them, as a loop and the kernels that set its carries do. */
export interface Producer {
  readonly steps: readonly Step[]
  /** Buffers that these steps read and others write. */
  readonly needs: ReadonlySet<Buffer>
}

/** The part of a program that can run again. */
export interface ForwardPass {
  /** The steps that the program's results depend on, in their order; the others are the backward pass. */
  readonly steps: readonly Step[]
  /**
   * The activations that can be computed a second time, each with the steps that compute it: no other step writes to it, and the buffers
   * that these steps need are unchanged since. All other activations are always kept.
   */
  readonly producers: ReadonlyMap<Buffer, Producer>
}

export function forwardPass({ steps, results }: Lifetime): ForwardPass {
  const writers = new Map<Buffer, Step[]>()
  for (const step of steps)
    for (const buffer of effectsOf(step).writes) {
      const known = writers.get(buffer)
      if (known) known.push(step)
      else writers.set(buffer, [step])
    }

  const reached = new Set<Step>()
  const pending = [...results]
  for (let buffer = pending.pop(); buffer; buffer = pending.pop())
    for (const step of writers.get(buffer) ?? []) {
      if (reached.has(step)) continue
      reached.add(step)
      pending.push(...effectsOf(step).needs)
    }

  const times = new Map(steps.map((step, time) => [step, time]))
  const isResult = new Set(results)
  const canRunAgain = ({ steps, needs }: Producer) => {
    const isFinal = (buffer: Buffer) =>
      (writers.get(buffer) ?? []).every((writer) => times.get(writer)! < times.get(steps[0]!)!)
    const isOurs = (step: Step) => [...effectsOf(step).writes].every(({ role }) => role === 'activation')
    return steps.every((step) => reached.has(step) && isOurs(step)) && [...needs].every(isFinal)
  }
  const producers = new Map<Buffer, Producer>()
  for (const producer of joinWriters(times, writers).filter(canRunAgain))
    for (const step of producer.steps)
      for (const buffer of effectsOf(step).writes) if (!isResult.has(buffer)) producers.set(buffer, producer)
  return { steps: steps.filter((step) => reached.has(step)), producers }
}

/** Joins steps that write the same buffers. */
function joinWriters(times: ReadonlyMap<Step, number>, writers: ReadonlyMap<Buffer, readonly Step[]>): Producer[] {
  const groups = new Map([...times.keys()].map((step) => [step, new Set([step])]))
  for (const [first, ...others] of writers.values()) {
    for (const other of others) {
      const joined = new Set([...groups.get(first!)!, ...groups.get(other)!])
      for (const step of joined) groups.set(step, joined)
    }
  }
  return [...new Set(groups.values())].map((group) => {
    const needs = new Set<Buffer>()
    const written = new Set<Buffer>()
    const members = [...group].sort((a, b) => times.get(a)! - times.get(b)!)
    for (const step of members) {
      const effects = effectsOf(step)
      for (const buffer of effects.needs) if (!written.has(buffer)) needs.add(buffer)
      for (const buffer of effects.writes) written.add(buffer)
    }
    return { steps: members, needs }
  })
}

/**
 * The steps of a program in which buffers that aren't `kept` are computed a second time for the backward pass. A buffer that can be
 * computed again, and isn't kept, is forgotten after its last use in the forward pass. When a later step needs it, its producer runs
 * again, after the producers of the buffers that it needs in turn, back to kept ones. From then on it stays, so that no step runs more
 * than twice.
 */
export function withReruns(
  steps: readonly Step[],
  { steps: forward, producers }: ForwardPass,
  kept: ReadonlySet<Buffer>,
): Step[] {
  const lastUse = new Map<Buffer, Step>([...producers].map(([buffer, { steps }]) => [buffer, steps.at(-1)!]))
  for (const step of forward)
    for (const buffer of effectsOf(step).needs) if (producers.has(buffer)) lastUse.set(buffer, step)
  const forgotten = new Map<Step, Buffer[]>()
  for (const [buffer, step] of lastUse)
    if (!kept.has(buffer)) forgotten.set(step, [...(forgotten.get(step) ?? []), buffer])

  const sequence: Step[] = []
  const absent = new Set<Buffer>()
  const run = (last: Producer): void => {
    const pending = [last]
    for (let next = pending.at(-1); next; next = pending.at(-1)) {
      const missing = firstOf(next.needs, absent)
      if (missing) {
        pending.push(producers.get(missing)!)
        continue
      }
      pending.pop()
      for (const step of next.steps) {
        sequence.push(step)
        for (const buffer of effectsOf(step).writes) absent.delete(buffer)
      }
    }
  }
  for (const step of steps) {
    run({ steps: [step], needs: effectsOf(step).needs })
    for (const buffer of forgotten.get(step) ?? []) absent.add(buffer)
  }
  return sequence
}

function firstOf<T>(items: ReadonlySet<T>, among: ReadonlySet<T>): T | undefined {
  for (const item of items) if (among.has(item)) return item
  return undefined
}
