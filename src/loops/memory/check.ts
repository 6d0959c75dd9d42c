import { collidingAxes } from '../notation/affine.ts'
import {
  isLookup,
  kernelsOf,
  lengthOf,
  sizeInMemory,
  type Access,
  type Affine,
  type Axis,
  type Buffer,
  type Kernel,
  type Scalar,
  type Step,
  type Write,
} from '../notation/kernel.ts'
import { liveIntervals, type Lifetime, type MemoryPlan } from './plan.ts'
import { printKernel } from '../notation/print.ts'
import { readsOf, writesOf } from '../notation/reads.ts'

/** A pass has broken a rule of the loop language: a fault of the compiler, found before anything is emitted. */
class LoopError extends Error {
  override name = 'LoopError'
}

/**
 * Checks kernels:
 *
 * - Every access lies inside its buffer.
 * - No two indices write the same element, unless they add to it in order, or set it to 0.
 * - A kernel that updates in place reads only the element that it writes.
 * - No activation is read before it is written.
 *
 * @param capacity the rows that a batched buffer has.
 * @throws LoopError naming the kernel.
 */
export function checkKernels(programs: readonly (readonly Step[])[], capacity: number): void {
  const plan = { capacity }
  for (const kernel of new Set(programs.flatMap(kernelsOf))) {
    /** What stages at the kernel's own indices have in common is looked at once. */
    const seen = new Set<Scalar>()
    const read = new Map<Buffer, Affine[]>()
    for (const stage of kernel.stages) {
      const axes = [...kernel.parallel, ...stage.over]
      const reads = readsOf(stage, stage.over.length === 0 ? seen : new Set())
      const accesses = [...reads, ...writesOf(stage)]
      for (const access of accesses) checkBounds(access, [...axes, ...(kernel.time ? [kernel.time] : [])], plan, kernel)
      for (const { buffer, address } of reads) {
        const known = read.get(buffer)
        if (known) known.push(address)
        else read.set(buffer, [address])
      }
      if (stage.kind !== 'write') continue
      const { buffer, address } = stage.target
      const twice = collidingAxes(address, axes, (axis) => lengthOf(axis, plan.capacity))
      const allowed = stage.mode === 'add' || isZero(stage) ? [...kernel.sequential, ...stage.over] : []
      if ([...twice].some((axis) => !allowed.includes(axis))) fail('writes an element twice', kernel)
      if (read.get(buffer)?.some((other) => !sameAddress(other, address)))
        fail(`overwrites ${buffer.name} while reading it`, kernel)
    }
  }
  programs.forEach(checkDefinitions)
}

/**
 * Checks kernels and their places in memory: buffers that are alive at the same time don't overlap.
 * @throws LoopError naming the kernel or the buffers.
 */
export function checkPrograms(programs: readonly Lifetime[], plan: MemoryPlan): void {
  checkKernels(
    programs.map(({ steps }) => steps),
    plan.capacity,
  )
  for (const program of programs) checkMemory(program, plan)
}

type Capacity = Pick<MemoryPlan, 'capacity'>

function checkBounds({ buffer, address }: Access, axes: readonly Axis[], plan: Capacity, kernel: Kernel): void {
  let low = address.constant
  let high = address.constant
  for (const [axis, coefficient] of address.terms) {
    if (!isLookup(axis) && !axes.includes(axis)) fail(`uses ${axis.label} outside its loop`, kernel)
    const reach = coefficient * ((isLookup(axis) ? axis.below : lengthOf(axis, plan.capacity)) - 1)
    low += Math.min(0, reach)
    high += Math.max(0, reach)
  }
  const size = sizeInMemory(buffer, plan.capacity)
  if (low < 0 || high >= size) fail(`reaches ${low} to ${high} of ${buffer.name}, which has ${size} elements`, kernel)
}

function checkDefinitions(steps: readonly Step[]): void {
  const written = new Set<Buffer>()
  for (const kernel of kernelsOf(steps)) {
    const seen = new Set<Scalar>()
    for (const stage of kernel.stages) {
      const changed = stage.kind === 'write' && stage.mode === 'add' ? [stage.target] : []
      for (const { buffer } of [...readsOf(stage, seen), ...changed])
        if (buffer.role === 'activation' && !written.has(buffer))
          fail(`reads ${buffer.name} before it is written`, kernel)
      for (const { buffer } of writesOf(stage)) written.add(buffer)
    }
  }
}

/** Goes through the times in order: what is alive lies side by side, so that it is enough to compare neighbours. */
function checkMemory(program: Lifetime, { offsets, capacity }: MemoryPlan): void {
  const stretches = [...liveIntervals(program)].flatMap(([buffer, intervals]) =>
    intervals.map(([from, to]): Stretch => {
      const start = offsets.get(buffer)!
      return { buffer, from, to, start, end: start + sizeInMemory(buffer, capacity) }
    }),
  )
  const ending = [...stretches].sort((a, b) => a.to - b.to).values()
  let next = ending.next()
  /** By ascending start. */
  const alive: Stretch[] = []
  for (const one of stretches.sort((a, b) => a.from - b.from)) {
    for (; !next.done && next.value.to < one.from; next = ending.next()) alive.splice(positionOf(next.value, alive), 1)
    const position = positionOf(one, alive)
    const [before, behind] = [alive[position - 1], alive[position]]
    if (before && one.start < before.end) failOverlap(before, one)
    if (behind && behind.start < one.end) failOverlap(one, behind)
    alive.splice(position, 0, one)
  }
}

/** Elements of the arena, and the first and the last time at which a buffer needs them. */
interface Stretch {
  readonly buffer: Buffer
  readonly from: number
  readonly to: number
  readonly start: number
  readonly end: number
}

/** How many of the stretches begin before this one does. */
function positionOf({ start }: Stretch, ascending: readonly Stretch[]): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]!.start < start) low = middle + 1
    else high = middle
  }
  return low
}

function failOverlap({ buffer: one }: Stretch, { buffer: other }: Stretch): never {
  throw new LoopError(`${one.name} and ${other.name} overlap in memory while both are needed`)
}

function isZero({ value }: Write): boolean {
  return value.kind === 'literal' && value.value === 0
}

function sameAddress(a: Affine, b: Affine): boolean {
  return (
    a.constant === b.constant &&
    a.terms.size === b.terms.size &&
    [...a.terms].every(([axis, coefficient]) => b.terms.get(axis) === coefficient)
  )
}

function fail(fault: string, kernel: Kernel): never {
  throw new LoopError(`a kernel ${fault}:\n${printKernel(kernel)}`)
}
