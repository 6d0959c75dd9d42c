import { effectsOf } from './effects.ts'
import { sizeInMemory, type Buffer, type Step } from '../notation/kernel.ts'
import { lengthOutside, peakLength, type Lifetime, type MemoryPlan } from './plan.ts'
import { operationsOf } from './operations.ts'
import { forwardPass, withReruns, type ForwardPass } from './recompute.ts'

/** A goal for memory: keep all activations, make the arena as short as can be, or keep it within `budget` elements. */
export type MemoryGoal = 'store' | 'recompute' | { readonly budget: number }

/** A way to run a program. */
export interface Choice {
  readonly steps: readonly Step[]
  readonly plan: MemoryPlan
  /** Floating-point operations beyond those of running each step once. */
  readonly operations: number
}

/** A choice whose memory isn't planned yet: `length` is a lower bound of its arena's. */
interface Sketch {
  readonly kept: ReadonlySet<Buffer>
  readonly steps: readonly Step[]
  readonly operations: number
  readonly length: number
}

/** A choice whose memory is planned: `length` is its arena's. */
interface Candidate extends Sketch {
  readonly plan: MemoryPlan
}

/** How many of the best candidates are improved further. More seldom helps: tests compare with exhaustive search. */
const starts = 4
/** The search first keeps or drops whole groups (this many, or one buffer each if there are fewer), then halves of groups. */
const groups = 64
/** The most changes tried from each start, and the steps that all of them may take to plan: of a longer program fewer are tried. */
const trials = { most: 256, steps: 500_000 }
/** The most widths, and the most prices, that are tried as the bound of what is kept. */
const bounds = 16
/** The most sizes of segments that are tried. */
const sizes = 64

/**
 * Chooses which activations are kept and which are computed again in the backward pass, with the fewest operations that meet the goal.
 * The best choice is a hard problem, so the search starts from choices that are known to be good, and keeps or drops one group of
 * buffers after another as long as that is better. The planner, which is slow, runs only on choices whose peak liveness, a lower bound,
 * is better than the best so far.
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
  // Different choices often run the same steps: what is kept may have no later use, or be needed at once.
  const order = new Map(program.steps.map((step, k) => [step, k]))
  const orderOf = (steps: readonly Step[]) => steps.map((step) => order.get(step)).join()
  const plans = new Map([[orderOf(program.steps), stored]])
  const placed = (sketch: Sketch): Candidate => {
    const key = orderOf(sketch.steps)
    const plan = plans.get(key) ?? place(sketch.steps)
    plans.set(key, plan)
    return { ...sketch, plan, length: plan.length }
  }

  const limit = goal === 'recompute' ? 0 : goal.budget
  /** Negative if the first is better: shorter where either is over the limit, else of fewer operations. */
  const compare = (a: Sketch, b: Sketch) =>
    Math.max(a.length, limit) - Math.max(b.length, limit) || a.operations - b.operations

  /** The best few, planned. A sketch that is no better than the last of them can't be better when planned: the search ends there. */
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
    const most = Math.min(trials.most, Math.ceil(trials.steps / program.steps.length))
    // A list iterates over what is added meanwhile.
    for (const [trial, group] of pending.entries()) {
      if (trial === most) break
      const isKept = (buffer: Buffer) => best.kept.has(buffer)
      const keeps = !group.every(isKept) && accept(new Set([...best.kept, ...group]), 0)
      const isOver = best.length > limit && group.some(isKept)
      const dropped = new Set(group)
      const drops = !keeps && isOver && accept(new Set([...best.kept].filter((buffer) => !dropped.has(buffer))), -1)
      if (!keeps && !drops && group.length > 1) pending.push(...deal(group, 2))
    }
    return best
  }
  const sketches = [...dearest(forward, costOf), ...checkpoints(forward, batch)].map(sketch)
  return best([sketch(new Set(forward.producers.keys())), ...sketches])
    .map(improve)
    .sort(compare)[0]!
}

/** Deals items to at most `count` hands, one after another, so that each hand has items from everywhere. */
function deal<T>(items: readonly T[], count: number): T[][] {
  const hands = Math.min(count, items.length)
  return Array.from({ length: hands }, (_, hand) => items.filter((_, k) => k % hands === hand))
}

/** The distinct numbers in ascending order: all of them, or `most` that are spread evenly. */
function some(numbers: readonly number[], most = bounds): number[] {
  const distinct = [...new Set(numbers)].sort((a, b) => a - b)
  const count = Math.min(distinct.length, most)
  return Array.from({ length: count }, (_, k) => distinct[Math.round((k * (distinct.length - 1)) / (count - 1 || 1))]!)
}

/** Candidates that keep every buffer costlier to compute, per element, than a threshold; cheap pointwise results are recomputed first. */
function dearest({ producers }: ForwardPass, costOf: (buffer: Buffer) => number): Set<Buffer>[] {
  const buffers = [...producers.keys()]
  const price = (buffer: Buffer) => costOf(buffer) / buffer.size
  return some(buffers.map(price)).map((bound) => new Set(buffers.filter((buffer) => price(buffer) > bound)))
}

/**
 * Candidates that keep the buffers that cross the cuts between segments of the forward pass, as in Chen et al. 2016, "Training deep
 * nets with sublinear memory cost". Segments are of equal size, which takes 2 √N for N layers, or `shrinking`, each of the size that the
 * cuts before it leave, which takes √(2 N). Cuts may be made anywhere, or only where little crosses, such as between blocks of layers.
 */
function checkpoints({ steps, producers }: ForwardPass, batch: number): Set<Buffer>[] {
  const sizeOf = (buffers: Iterable<Buffer>) =>
    [...buffers].reduce((sum, buffer) => sum + sizeInMemory(buffer, batch), 0)
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
  const units = Array.from({ length: 3 * Math.ceil(Math.sqrt(steps.length)) }, (_, k) => k + 1)
  const found = new Map<string, Set<Buffer>>()
  for (const widest of some(cuts.map(({ width }) => width))) {
    for (const size of some(units, sizes)) {
      for (const shrinking of [false, true]) {
        let [crossing, segment] = [0, 0]
        const chosen = cuts.filter(({ width, written }) => {
          segment += written
          const isCut = width <= widest && segment >= size * unit - crossing
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
