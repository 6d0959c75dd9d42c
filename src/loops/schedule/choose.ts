import { opCount } from '../notation/arithmetic.ts'
import { expressionOf, type Axis, type Kernel } from '../notation/kernel.ts'
import { batchMultiple, staysInPadding } from '../notation/padding.ts'
import type { Lanes, Schedule, TargetCosts } from './costs.ts'
import { elementsReached, productOf, spaceOf, type Product, type Space } from './space.ts'
import { tileProduct } from './tile.ts'
import { transpositionOf, widestAxis } from './vectors.ts'

export function scheduleKernel(kernel: Kernel, costs: TargetCosts, batch: number): Schedule {
  const space = spaceOf(kernel, costs, batch)
  const product = productOf(kernel)
  const { overrun } = space
  const steps = new Map<Axis, number>()
  if (product) {
    const { lanes, steps: tile } = tileProduct(space, product)
    for (const [axis, step] of tile) steps.set(axis, step)
    const vectors = [...tile.values()].reduce((elements, step) => elements * step, 1) / (lanes?.count ?? 1)
    unrollInner(product.stage.over, Math.max(Math.floor(costs.unrolled / vectors), shortest), steps)
    return {
      order: lanes ? largerOutside(space, product, lanes) : kernel.parallel,
      steps,
      overrun,
      ...(lanes ? { lanes } : {}),
    }
  }
  const transposition = transpositionOf(space)
  if (transposition) {
    const { lanes, transposed } = transposition
    for (const axis of [lanes.axis, transposed]) steps.set(axis, lanes.count)
    return { order: kernel.parallel, steps, overrun, lanes, transposed }
  }
  const lanes = widestAxis(space)
  unrollSmallLoops(space, lanes, steps)
  return { order: kernel.parallel, steps, overrun, ...(lanes ? { lanes } : {}) }
}

/**
 * The parallel axes, with those of the larger operand outermost: inner loops read the smaller one again and again, and caches hold it.
 * If both are as large, the one that is read by vectors counts as larger: a pass takes more of it, which then stays for the next.
 */
function largerOutside(space: Space, { left, right }: Product, { axis }: Lanes): readonly Axis[] {
  const { kernel } = space
  const [wide, narrow] = left.address.terms.has(axis) ? [left, right] : [right, left]
  const [larger, smaller] =
    elementsReached(wide, space.batch) >= elementsReached(narrow, space.batch) ? [wide, narrow] : [narrow, wide]
  const rank = (one: Axis) =>
    Number(smaller.address.terms.has(one) && !larger.address.terms.has(one) && !kernel.sequential.includes(one))
  return kernel.parallel.toSorted((a, b) => rank(a) - rank(b))
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
 */
function unrollSmallLoops(
  { kernel, costs, batch, overrun }: Space,
  lanes: Lanes | undefined,
  steps: Map<Axis, number>,
): void {
  const size = kernel.stages.reduce((sum, stage) => sum + opCount(expressionOf(stage)), 0)
  const budget = Math.floor(costs.unrolled / size)
  for (const stage of kernel.stages)
    unrollInner(stage.over, Math.max(budget, Math.min(shortest ** 2, 4 * budget)), steps)
  const inner = Math.max(
    ...kernel.stages.map(({ over }) => over.reduce((product, axis) => product * (steps.get(axis) ?? 1), 1)),
  )
  if (lanes) steps.set(lanes.axis, lanes.count)
  let room = Math.floor(budget / inner)
  for (const axis of kernel.parallel.toReversed()) {
    const width = lanes?.axis === axis ? lanes.count : 1
    const whole = axis.extent !== 'batch' && axis.extent <= room * width
    if (!whole && kernel.sequential.includes(axis)) return
    const isGood = (step: number) =>
      step <= room * width &&
      (axis.extent === 'batch' && overrun ? staysInPadding(step, batch) : worthTwoLoops(axis, step, batch))
    const step = whole ? axis.extent : sideBySide.map((count) => count * width).find(isGood)
    if (step === undefined) return
    steps.set(axis, step)
    if (!whole) return
    room = Math.floor(room / Math.ceil(step / width))
  }
}

const sideBySide = [batchMultiple, 2]

/** A loop in steps needs a second one for the remainder, which short loops don't repay. */
function worthTwoLoops({ extent }: Axis, step: number, batch: number): boolean {
  return extent === 'batch' ? batch >= 16 * step : extent % step === 0 || extent >= 16 * step
}
