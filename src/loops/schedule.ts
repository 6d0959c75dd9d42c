import type { Axis, Kernel, Lookup, Reduce, Scalar } from './kernel.ts'

export interface Lanes {
  readonly axis: Axis
  readonly count: number
}

/** How a kernel becomes loops. */
export interface Schedule {
  /** The parallel axes, outermost loop first. */
  readonly order: readonly Axis[]
  /** Elements of an axis that one pass of its loop handles side by side, in locals; 1 if absent. */
  readonly steps: ReadonlyMap<Axis, number>
  /** The axis of which every `count` elements are one value of that many lanes, if any. */
  readonly lanes?: Lanes
  /** Whether batch loops may compute rows beyond `n`, in the padding of activations. */
  readonly overrun: boolean
}

/** The batch is padded to a multiple of this: a step of an overrunning batch loop must divide it. */
export const batchMultiple = 4

/** What the cost model knows of a target. */
export interface TargetCosts {
  /** Values that stay in registers in an inner loop: accumulators and operands. */
  readonly registers: number
  /** Against one multiplication and addition: a read, a turn of a loop. */
  readonly load: number
  readonly turn: number
  /** Ops up to which a loop body is written out in full. */
  readonly unrolled: number
}

export function scheduleKernel(kernel: Kernel, costs: TargetCosts, batch: number): Schedule {
  const overrun = kernel.stages.every((stage) => stage.kind === 'reduce' || stage.target.buffer.role === 'activation')
  const steps = new Map<Axis, number>()
  const [first] = kernel.stages
  if (first?.kind === 'reduce' && isProduct(first.body)) tileProduct(kernel, first, costs, batch, overrun, steps)
  else unrollSmallLoops(kernel, costs, overrun ? Infinity : batch, steps)
  return { order: kernel.parallel, steps, overrun }
}

function isProduct(body: Scalar): boolean {
  return body.kind === 'apply' && body.op === 'multiply' && body.operands.every((operand) => operand.kind === 'read')
}

/**
 * A register tile for a product: each pass of the inner loop reads `rows + columns` elements for `rows · columns` multiplications.
 * Axes that only one operand has can be tiled; the best pair of steps is the cheapest an element, remainders included.
 */
function tileProduct(
  kernel: Kernel,
  stage: Reduce,
  costs: TargetCosts,
  batch: number,
  overrun: boolean,
  steps: Map<Axis, number>,
): void {
  const [left, right] = (stage.body as Extract<Scalar, { kind: 'apply' }>).operands.map((operand) =>
    operand.kind === 'read' ? operand.access.address.terms : new Map<Axis | Lookup, number>(),
  ) as [ReadonlyMap<Axis | Lookup, number>, ReadonlyMap<Axis | Lookup, number>]
  const free = kernel.parallel.filter((axis) => !kernel.sequential.includes(axis))
  const innermost = (axes: readonly Axis[]) => axes.findLast(({ extent }) => extent !== 1) ?? axes.at(-1)
  const rows = innermost(free.filter((axis) => left.has(axis) && !right.has(axis)))
  const columns = innermost(free.filter((axis) => right.has(axis) && !left.has(axis)))
  let best = Infinity
  for (const r of candidates(rows, overrun)) {
    for (const c of candidates(columns, overrun)) {
      const live = r * c + Math.min(r, c) + 1
      const spills = Math.max(0, live - costs.registers)
      const work = r * c + costs.load * (r + c) + costs.turn + spills * costs.load
      const cost = (work / (r * c)) * waste(rows, r, batch, overrun) * waste(columns, c, batch, overrun)
      if (cost < best) {
        best = cost
        if (rows) steps.set(rows, r)
        if (columns) steps.set(columns, c)
      }
    }
  }
  const tile = (rows ? steps.get(rows)! : 1) * (columns ? steps.get(columns)! : 1)
  unrollInner(stage.over, Math.max(Math.floor(costs.unrolled / tile), shortest), steps)
}

function candidates(axis: Axis | undefined, overrun: boolean): number[] {
  if (!axis) return [1]
  const most = axis.extent === 'batch' ? batchMultiple : Math.min(axis.extent, 8)
  const steps = Array.from({ length: most }, (_, k) => k + 1)
  return axis.extent === 'batch' && overrun ? steps.filter((step) => batchMultiple % step === 0) : steps
}

/** Elements computed over elements needed: an overrunning batch loop computes padding, a remainder runs at a fraction of the speed. */
function waste(axis: Axis | undefined, step: number, batch: number, overrun: boolean): number {
  if (!axis) return 1
  const extent = axis.extent === 'batch' ? batch : axis.extent
  const rest = extent % step
  if (rest === 0) return 1
  return axis.extent === 'batch' && overrun ? (extent - rest + step) / extent : (extent + rest) / extent
}

/** Turns of a loop that are always written out: windows are as long, and their places meet in common reads. */
const shortest = 3

/** Writes out loops from the innermost outwards while their bodies stay small. */
function unrollInner(over: readonly Axis[], budget: number, steps: Map<Axis, number>): void {
  for (const axis of [...over].reverse()) {
    if (axis.extent === 'batch' || axis.extent > budget) return
    steps.set(axis, axis.extent)
    budget = Math.floor(budget / axis.extent)
  }
}

/**
 * Writes out the loops of everything else while the bodies stay small: inner axes whole, then as many elements of the innermost
 * parallel axis side by side as there is room for, so that their reductions don't wait for one another.
 * @param batch the length of the run-time axis; Infinity where its loops may overrun, and need no second loop.
 */
function unrollSmallLoops(kernel: Kernel, costs: TargetCosts, batch: number, steps: Map<Axis, number>): void {
  const size = kernel.stages.reduce(
    (sum, stage) => sum + opCount(stage.kind === 'reduce' ? stage.body : stage.value),
    0,
  )
  const budget = Math.floor(costs.unrolled / size)
  for (const stage of kernel.stages)
    unrollInner(stage.over, Math.max(budget, Math.min(shortest ** 2, 4 * budget)), steps)
  const inner = Math.max(
    ...kernel.stages.map(({ over }) => over.reduce((product, axis) => product * (steps.get(axis) ?? 1), 1)),
  )
  let room = Math.floor(budget / inner)
  for (const axis of kernel.parallel.toReversed()) {
    const whole = axis.extent !== 'batch' && axis.extent <= room
    if (!whole && kernel.sequential.includes(axis)) return
    const step = whole ? axis.extent : sideBySide.find((count) => count <= room && worthTwoLoops(axis, count, batch))
    if (step === undefined) return
    steps.set(axis, step)
    if (!whole) return
    room = Math.floor(room / step)
  }
}

const sideBySide = [batchMultiple, 2]

/** A loop in steps needs a second one for the remainder, which short loops don't repay. */
function worthTwoLoops({ extent }: Axis, step: number, batch: number): boolean {
  return extent === 'batch' ? batch >= 16 * step : extent % step === 0 || extent >= 16 * step
}

/** The ops of an expression, shared subexpressions once. */
function opCount(scalar: Scalar, seen = new Set<Scalar>()): number {
  if (seen.has(scalar)) return 0
  seen.add(scalar)
  return scalar.kind === 'apply' ? scalar.operands.reduce((sum, operand) => sum + opCount(operand, seen), 1) : 1
}
