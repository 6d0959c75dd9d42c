import { effectsOf } from './effects.ts'
import type { Buffer, Step } from '../notation/kernel.ts'
import { lengthOutside, peakLength, type Lifetime, type MemoryPlan } from './plan.ts'
import { operationsOf } from './operations.ts'
import { forwardPass, withReruns, type ForwardPass } from './recompute.ts'

/** What the memory for activations shall be: enough for all, as little as can be, or an arena of so many elements at most. */
export type MemoryGoal = 'store' | 'recompute' | { readonly budget: number }

/** A way to run a program. */
export interface Choice {
  readonly steps: readonly Step[]
  readonly plan: MemoryPlan
  /** Floating-point operations beyond those of running each step once. */
  readonly operations: number
}

/** A way whose memory isn't planned: its arena is at least so long. */
interface Sketch {
  readonly kept: ReadonlySet<Buffer>
  readonly steps: readonly Step[]
  readonly operations: number
  readonly length: number
}

/** One whose memory is planned: its arena is so long. */
interface Candidate extends Sketch {
  readonly plan: MemoryPlan
}

/** From how many candidates the search goes on. More rarely find better; the tests compare with trying everything. */
const starts = 4
/** So many groups of buffers are kept or dropped together, each buffer by itself where there are no more, before halves of groups are. */
const groups = 64
/** Changes tried from each start. */
const trials = 256
/** Of widths and prices that tell what is kept. */
const bounds = 16

/**
 * Chooses which activations are kept and which are computed again in the backward pass: of what meets the goal, the fewest operations
 * that were found. The best choice is a hard problem, so this tries what is known to be good, and then keeps or drops some buffers
 * after others as long as that is better. Only what could be better by its liveness is measured with the planner itself.
 * @param batch the samples that operations are counted for.
 * @param place plans the arena for a program that runs these steps.
 * @returns the choice with the shortest arena that was found if none meets the goal.
 */
export function chooseReruns(
  program: Lifetime,
  goal: MemoryGoal,
  batch: number,
  place: (steps: readonly Step[]) => MemoryPlan,
): Choice {
  const stored = place(program.steps)
  const asIs = { steps: program.steps, plan: stored, operations: 0 }
  const forward = forwardPass(program)
  if (goal === 'store' || forward.producers.size === 0) return asIs

  const costs = new Map(program.steps.map((step) => [step, operationsOf(step, batch)]))
  const costOfAll = (steps: readonly Step[]) => steps.reduce((sum, step) => sum + costs.get(step)!, 0)
  const costOf = (buffer: Buffer) => costOfAll(forward.producers.get(buffer)!.steps)
  const costOfProgram = costOfAll(program.steps)
  const alwaysThere = lengthOutside(stored)
  const sketch = (kept: ReadonlySet<Buffer>): Sketch => {
    const steps = withReruns(program.steps, forward, kept)
    const length = alwaysThere + peakLength({ ...program, steps }, stored.capacity)
    return { kept, steps, operations: costOfAll(steps) - costOfProgram, length }
  }
  const placed = (sketch: Sketch): Candidate => {
    const plan = place(sketch.steps)
    return { ...sketch, plan, length: plan.length }
  }

  const limit = goal === 'recompute' ? 0 : goal.budget
  /** Negative if the first is the better one: the shorter where either is over the limit, else the one with fewer operations. */
  const compare = (a: Sketch, b: Sketch) =>
    Math.max(a.length, limit) - Math.max(b.length, limit) || a.operations - b.operations

  /** The first few in order, measured: what is no better as a sketch than the last of them isn't, measured. */
  const best = (sketches: readonly Sketch[]): Candidate[] => {
    let found: Candidate[] = []
    for (const sketch of [...sketches].sort(compare)) {
      const last = found[starts - 1]
      if (last && compare(sketch, last) >= 0) break
      found = [...found, placed(sketch)].sort(compare).slice(0, starts)
    }
    return found
  }
  const byCost = [...forward.producers.keys()].sort((a, b) => costOf(b) - costOf(a))
  const improve = (start: Candidate): Candidate => {
    let best = start
    const accept = (kept: ReadonlySet<Buffer>, most: number): boolean => {
      const change = sketch(kept)
      if (compare(change, best) > most) return false
      const measured = placed(change)
      if (compare(measured, best) > most) return false
      best = measured
      return true
    }
    const pending = deal(byCost, groups)
    // A list iterates over what is added meanwhile.
    for (const [trial, group] of pending.entries()) {
      if (trial === trials) break
      const isKept = (buffer: Buffer) => best.kept.has(buffer)
      const keeps = !group.every(isKept) && accept(new Set([...best.kept, ...group]), 0)
      const isOver = best.length > limit && group.some(isKept)
      const drops = !keeps && isOver && accept(new Set([...best.kept].filter((buffer) => !group.includes(buffer))), -1)
      if (!keeps && !drops && group.length > 1) pending.push(...deal(group, 2))
    }
    return best
  }
  const sketches = [...dearest(forward, costOf), ...checkpoints(forward, batch)].map(sketch)
  return best([sketch(new Set(forward.producers.keys())), ...sketches])
    .map(improve)
    .sort(compare)[0]!
}

/** Dealt to so many hands at most, so that each has some of everywhere. */
function deal<T>(items: readonly T[], count: number): T[][] {
  const hands = Math.min(count, items.length)
  return Array.from({ length: hands }, (_, hand) => items.filter((_, k) => k % hands === hand))
}

/** Distinct numbers, from the least to the greatest: all, or as many as are worth a try. */
function some(numbers: readonly number[]): number[] {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const count = Math.min(distinct.length, bounds)
  return Array.from({ length: count }, (_, k) => distinct[Math.round((k * (distinct.length - 1)) / (count - 1 || 1))]!)
}

/** What may be kept: all that takes more operations an element than some bound. Pointwise work is the first to be done again. */
function dearest({ producers }: ForwardPass, costOf: (buffer: Buffer) => number): Set<Buffer>[] {
  const buffers = [...producers.keys()]
  const price = (buffer: Buffer) => costOf(buffer) / buffer.size
  return some(buffers.map(price)).map((bound) => new Set(buffers.filter((buffer) => price(buffer) > bound)))
}

/**
 * What may be kept: what crosses the cuts between segments of the forward pass, as in Chen et al. 2016, "Training deep nets with
 * sublinear memory cost". Segments are of equal size, which takes 2 √N for N layers, or `shrinking`, each of the size that the cuts
 * before it leave, which takes √(2 N). Cuts may be made anywhere, or only where little crosses, such as between blocks of layers.
 */
function checkpoints({ steps, producers }: ForwardPass, batch: number): Set<Buffer>[] {
  const sizeOf = (buffers: Iterable<Buffer>) =>
    [...buffers].reduce((sum, { size, batched }) => sum + size * (batched ? batch : 1), 0)
  const lastUse = new Map<Buffer, number>()
  steps.forEach((step, time) => effectsOf(step).needs.forEach((buffer) => lastUse.set(buffer, time)))
  const alive = new Set<Buffer>()
  const cuts = steps.map((step, time) => {
    const written = [...effectsOf(step).writes].filter((buffer) => producers.has(buffer))
    for (const buffer of written) alive.add(buffer)
    for (const buffer of alive) if ((lastUse.get(buffer) ?? time) <= time) alive.delete(buffer)
    return { crossing: [...alive], width: sizeOf(alive), written: sizeOf(written) }
  })
  const unit = cuts.reduce((sum, { written }) => sum + written, 0) / steps.length
  const most = 3 * Math.ceil(Math.sqrt(steps.length))
  const found = new Map<string, Set<Buffer>>()
  for (const widest of some(cuts.map(({ width }) => width))) {
    for (let units = 1; units <= most; units++) {
      for (const shrinking of [false, true]) {
        let [crossing, segment] = [0, 0]
        const chosen = cuts.filter(({ width, written }) => {
          segment += written
          const isCut = width <= widest && segment >= units * unit - crossing
          if (isCut) [crossing, segment] = [shrinking ? crossing + width : 0, 0]
          return isCut
        })
        const kept = new Set(chosen.flatMap(({ crossing }) => crossing))
        found.set([...kept].map(({ name }) => name).join(), kept)
      }
    }
  }
  return [...found.values()]
}
