import { kernelsOf, type Buffer, type Kernel, type Step } from './kernel.ts'
import { readsOf } from './reads.ts'
import { batchMultiple } from './schedule.ts'

/** A program as the planner sees it: its steps in order, and what must still be there when it has run. */
export interface Lifetime {
  readonly steps: readonly Step[]
  readonly results: readonly Buffer[]
}

export interface MemoryPlan {
  /** Rows that a batched activation, input or target has: `batch`, rounded up for loops that overrun. */
  readonly capacity: number
  readonly offsets: ReadonlyMap<Buffer, number>
  /** The end of all that the first program touches. */
  readonly firstLength: number
  readonly length: number
}

/** Vectors of four elements start at multiples of four. */
const alignment = 4

/**
 * Gives every buffer an offset in one arena.
 *
 * The regions before and after (parameters …; gradients, optimizer states) are dense: their tensors follow one another without gaps.
 * Between them lie inputs, targets and activations; two activations share memory where no program needs both at the same time. What
 * the first program (prediction) touches lies before all else, so that a model without a trainer needs only that much.
 */
export function planMemory(
  before: readonly (readonly Buffer[])[],
  programs: readonly Lifetime[],
  inputs: readonly Buffer[],
  targets: readonly Buffer[],
  after: readonly (readonly Buffer[])[],
  batch: number,
): MemoryPlan {
  const capacity = roundUp(batch, batchMultiple)
  const offsets = new Map<Buffer, number>()
  const lengthOf = (buffer: Buffer) => buffer.size * (buffer.batched ? capacity : 1)
  let end = 0
  const placeDense = (region: readonly Buffer[]) => {
    end = roundUp(end, alignment)
    for (const buffer of region) {
      offsets.set(buffer, end)
      end += lengthOf(buffer)
    }
  }
  before.forEach(placeDense)

  const lives = programs.map(liveIntervals)
  const scratch = new Set(lives.flatMap((live) => [...live.keys()]).filter((buffer) => buffer.role === 'activation'))
  for (const buffer of [...inputs, ...targets]) scratch.add(buffer)
  const inFirst = (buffer: Buffer) => Number(inputs.includes(buffer) || (lives[0]?.has(buffer) ?? false))
  const given = new Set([...inputs, ...targets])
  const order = [...scratch].sort((a, b) => inFirst(b) - inFirst(a) || lengthOf(b) - lengthOf(a))
  const conflicts = (a: Buffer, b: Buffer) =>
    given.has(a) || given.has(b) || lives.some((live) => overlap(live.get(a), live.get(b)))

  const start = roundUp(end, alignment)
  const placed: Buffer[] = []
  let firstLength = start
  end = start
  for (const buffer of order) {
    let offset = start
    for (const other of placed
      .filter((other) => conflicts(buffer, other))
      .sort((a, b) => offsets.get(a)! - offsets.get(b)!)) {
      if (offset + lengthOf(buffer) <= offsets.get(other)!) break
      offset = Math.max(offset, roundUp(offsets.get(other)! + lengthOf(other), alignment))
    }
    offsets.set(buffer, offset)
    placed.push(buffer)
    end = Math.max(end, offset + lengthOf(buffer))
    if (inFirst(buffer)) firstLength = end
  }
  after.forEach(placeDense)
  return { capacity, offsets, firstLength, length: roundUp(end, alignment) }
}

/** From the step that first touches a buffer to the one that last does; results live on. */
export function liveIntervals({ steps, results }: Lifetime): ReadonlyMap<Buffer, readonly [number, number]> {
  const live = new Map<Buffer, [number, number]>()
  steps.forEach((step, time) => {
    for (const buffer of kernelsOf([step]).flatMap((kernel) => [...touched(kernel)]))
      live.set(buffer, [live.get(buffer)?.[0] ?? time, time])
  })
  for (const buffer of results) live.set(buffer, [live.get(buffer)?.[0] ?? 0, Infinity])
  return live
}

/** The buffers that a kernel reads or writes. */
function touched({ stages }: Kernel): ReadonlySet<Buffer> {
  const accesses = stages.flatMap((stage) =>
    stage.kind === 'write' ? [...readsOf(stage), stage.target] : readsOf(stage),
  )
  return new Set(accesses.map(({ buffer }) => buffer))
}

function overlap(a: readonly [number, number] | undefined, b: readonly [number, number] | undefined): boolean {
  return a !== undefined && b !== undefined && a[0] <= b[1] && b[0] <= a[1]
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}
