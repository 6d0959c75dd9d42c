import { effectsOf } from './effects.ts'
import { FirstFit } from './firstFit.ts'
import type { Interval, Times } from './intervals.ts'
import { sizeInMemory, type Buffer, type Step } from '../notation/kernel.ts'
import { capacityOf } from '../notation/padding.ts'

/** A program as the planner sees it: its steps in order, and the buffers that must still hold their values after it. */
export interface Lifetime {
  readonly steps: readonly Step[]
  readonly results: readonly Buffer[]
}

export interface MemoryPlan {
  /** Rows that a batched activation, input or target has: `batch`, rounded up for loops that overrun. */
  readonly capacity: number
  readonly offsets: ReadonlyMap<Buffer, number>
  /** The end of the buffers that the first program touches. */
  readonly firstLength: number
  readonly length: number
}

/** Vectors of four elements start at multiples of four. */
const alignment = 4

/**
 * Gives every buffer an offset in one arena.
 *
 * The stretches before and after (parameters …; gradients, optimizer states) are dense: their tensors follow one another without gaps.
 * Between them lie inputs, targets and activations; two activations share memory where no program needs both at the same time. The
 * buffers of the first program (prediction) come first, so that a model without a trainer needs memory up to their end only.
 */
export function planMemory(
  before: readonly (readonly Buffer[])[],
  programs: readonly Lifetime[],
  inputs: readonly Buffer[],
  targets: readonly Buffer[],
  after: readonly (readonly Buffer[])[],
  batch: number,
): MemoryPlan {
  const capacity = capacityOf(batch)
  const offsets = new Map<Buffer, number>()
  const sizeOf = (buffer: Buffer) => sizeInMemory(buffer, capacity)
  let end = 0
  const placeDense = (stretch: readonly Buffer[]) => {
    end = roundUp(end, alignment)
    for (const buffer of stretch) {
      offsets.set(buffer, end)
      end += sizeOf(buffer)
    }
  }
  before.forEach(placeDense)

  const first = programs[0] ? liveIntervals(programs[0]) : new Map()
  const inFirst = (buffer: Buffer) => Number(inputs.includes(buffer) || first.has(buffer))
  const alive = oneTimeline(programs, [...inputs, ...targets])
  const order = [...alive.keys()].sort((a, b) => inFirst(b) - inFirst(a) || sizeOf(b) - sizeOf(a))

  const start = roundUp(end, alignment)
  const between = new FirstFit(start, alignment)
  let firstLength = start
  end = start
  for (const buffer of order) {
    const offset = between.place(sizeOf(buffer), alive.get(buffer)!)
    offsets.set(buffer, offset)
    end = Math.max(end, offset + sizeOf(buffer))
    if (inFirst(buffer)) firstLength = end
  }
  after.forEach(placeDense)
  return { capacity, offsets, firstLength, length: roundUp(end, alignment) }
}

/** The elements of a plan's buffers that aren't activations. */
export function lengthOutside({ offsets, capacity }: MemoryPlan): number {
  return [...offsets.keys()].reduce(
    (sum, buffer) => (buffer.role === 'activation' ? sum : sum + sizeInMemory(buffer, capacity)),
    0,
  )
}

/** The most elements of activations that a program needs at one time: no plan for them is shorter. */
export function peakLength(program: Lifetime, capacity: number): number {
  const last = program.steps.length
  const changes = new Float64Array(last + 2)
  for (const [buffer, intervals] of liveIntervals(program)) {
    if (buffer.role !== 'activation') continue
    const length = sizeInMemory(buffer, capacity)
    for (const [from, to] of intervals) {
      changes[from]! += length
      changes[Math.min(to, last) + 1]! -= length
    }
  }
  let [alive, peak] = [0, 0]
  for (const change of changes) {
    alive += change
    peak = Math.max(peak, alive)
  }
  return peak
}

/**
 * The times at which each buffer is alive: from a step that defines it to the last step that needs that value; results live on. A buffer
 * that is defined again, because its step runs a second time, is dead in between and its memory is free.
 */
export function liveIntervals({ steps, results }: Lifetime): ReadonlyMap<Buffer, Times> {
  const live = new Map<Buffer, [number, number][]>()
  const begin = (buffer: Buffer, from: number, to: number) => {
    const intervals = live.get(buffer)
    if (intervals) intervals.push([from, to])
    else live.set(buffer, [[from, to]])
  }
  const extend = (buffer: Buffer, from: number, to: number) => {
    const last = live.get(buffer)?.at(-1)
    if (last) last[1] = to
    else begin(buffer, from, to)
  }
  steps.forEach((step, time) => {
    const { needs, writes } = effectsOf(step)
    for (const buffer of needs) extend(buffer, time, time)
    for (const buffer of writes) if (!needs.has(buffer)) begin(buffer, time, time)
  })
  for (const buffer of results) extend(buffer, 0, Infinity)
  return live
}

/** The times at which activations are alive if the programs run one after another; `given` buffers always are. */
function oneTimeline(programs: readonly Lifetime[], given: readonly Buffer[]): ReadonlyMap<Buffer, Times> {
  const alive = new Map<Buffer, Interval[]>()
  let start = 0
  for (const program of programs) {
    const { length } = program.steps
    for (const [buffer, intervals] of liveIntervals(program)) {
      if (buffer.role !== 'activation') continue
      const shifted = intervals.map(([from, to]): Interval => [start + from, start + Math.min(to, length)])
      alive.set(buffer, [...(alive.get(buffer) ?? []), ...shifted])
    }
    start += length + 1
  }
  for (const buffer of given) alive.set(buffer, [[-Infinity, Infinity]])
  return alive
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}
