import { effectsOf } from './effects.ts'
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

/** A buffer that has its place, alive from the first time to the last one, with gaps between its intervals. */
interface Placed {
  readonly offset: number
  readonly end: number
  readonly from: number
  readonly to: number
  readonly intervals: readonly Interval[]
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
  /** By ascending offset. */
  const placed: Placed[] = []
  let firstLength = start
  end = start
  for (const buffer of order) {
    const intervals = alive.get(buffer)!
    const [from, to] = [intervals[0]![0], intervals.at(-1)![1]]
    const length = sizeOf(buffer)
    let offset = start
    let after = 0
    for (const other of placed) {
      if (offset + length <= other.offset) break
      if (other.offset <= offset) after++
      if (offset >= other.end || to < other.from || other.to < from || !overlap(intervals, other.intervals)) continue
      offset = roundUp(other.end, alignment)
    }
    offsets.set(buffer, offset)
    while (after < placed.length && placed[after]!.offset <= offset) after++
    placed.splice(after, 0, { offset, end: offset + length, from, to, intervals })
    end = Math.max(end, offset + length)
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

/** The times of the first and the last step, both included, between which a buffer's contents must stay. */
export type Interval = readonly [from: number, to: number]

/**
 * The times at which each buffer is alive: from a step that defines it to the last step that needs that value; results live on. A buffer
 * that is defined again, because its step runs a second time, is dead in between and its memory is free.
 */
export function liveIntervals({ steps, results }: Lifetime): ReadonlyMap<Buffer, readonly Interval[]> {
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
function oneTimeline(
  programs: readonly Lifetime[],
  given: readonly Buffer[],
): ReadonlyMap<Buffer, readonly Interval[]> {
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

/** Whether any two of ascending intervals have a time in common. */
function overlap(a: readonly Interval[], b: readonly Interval[]): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]![1] < b[j]![0]) i++
    else if (b[j]![1] < a[i]![0]) j++
    else return true
  }
  return false
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}
