import { effectsOf } from './effects.ts'
import type { Buffer, Step } from './kernel.ts'
import type { Lifetime, MemoryPlan } from './memory.ts'
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

interface Candidate extends Choice {
  readonly kept: ReadonlySet<Buffer>
}

/** From how many candidates the search goes on. More rarely find better; the tests compare with trying everything. */
const starts = 4

/**
 * Chooses which activations are kept and which are computed again in the backward pass: of what meets the goal, the fewest operations
 * that were found. The best choice is a hard problem, so this tries what is known to be good, measures it with the planner itself, and
 * then keeps or drops one buffer after another as long as that is better.
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
  const costs = new Map(program.steps.map((step) => [step, operationsOf(step, batch)]))
  const costOfAll = (steps: readonly Step[]) => steps.reduce((sum, step) => sum + costs.get(step)!, 0)
  const forward = forwardPass(program)
  const candidate = (kept: ReadonlySet<Buffer>): Candidate => {
    const steps = withReruns(program.steps, forward, kept)
    return { kept, steps, plan: place(steps), operations: costOfAll(steps) - costOfAll(program.steps) }
  }
  const stored = candidate(new Set(forward.producers.keys()))
  if (goal === 'store') return stored

  const limit = goal === 'recompute' ? 0 : goal.budget
  /** Negative if the first is the better one: the shorter where either is over the limit, else the one with fewer operations. */
  const compare = (a: Candidate, b: Candidate) =>
    Math.max(a.plan.length, limit) - Math.max(b.plan.length, limit) || a.operations - b.operations
  const costOf = (buffer: Buffer) => costOfAll(forward.producers.get(buffer)!.steps)
  const byCost = [...forward.producers.keys()].sort((a, b) => costOf(b) - costOf(a))
  const improve = (start: Candidate) =>
    byCost.reduce((best, buffer) => {
      if (!best.kept.has(buffer)) {
        const keeping = candidate(new Set(best.kept).add(buffer))
        return compare(keeping, best) <= 0 ? keeping : best
      }
      if (best.plan.length <= limit) return best
      const dropping = candidate(new Set([...best.kept].filter((other) => other !== buffer)))
      return compare(dropping, best) < 0 ? dropping : best
    }, start)
  return [stored, ...[...dearest(forward, costOf), ...checkpoints(forward, batch)].map(candidate)]
    .sort(compare)
    .slice(0, starts)
    .map(improve)
    .sort(compare)[0]!
}

/** What may be kept: all that takes more operations an element than some bound. Pointwise work is the first to be done again. */
function dearest({ producers }: ForwardPass, costOf: (buffer: Buffer) => number): Set<Buffer>[] {
  const buffers = [...producers.keys()]
  const price = (buffer: Buffer) => costOf(buffer) / buffer.size
  return [...new Set(buffers.map(price))].map((bound) => new Set(buffers.filter((buffer) => price(buffer) > bound)))
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
  for (const widest of new Set(cuts.map(({ width }) => width))) {
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
