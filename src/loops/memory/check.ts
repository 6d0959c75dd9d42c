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
    kernel.stages.forEach((stage, position) => {
      const axes = [...kernel.parallel, ...stage.over]
      const accesses = [...readsOf(stage), ...writesOf(stage)]
      for (const access of accesses) checkBounds(access, [...axes, ...(kernel.time ? [kernel.time] : [])], plan, kernel)
      if (stage.kind !== 'write') return
      const twice = collidingAxes(stage.target.address, axes, (axis) => lengthOf(axis, plan.capacity))
      const allowed = stage.mode === 'add' || isZero(stage) ? [...kernel.sequential, ...stage.over] : []
      if ([...twice].some((axis) => !allowed.includes(axis))) fail('writes an element twice', kernel)
      const before = kernel.stages.slice(0, position + 1).flatMap(readsOf)
      for (const read of before) {
        if (read.buffer === stage.target.buffer && !sameAddress(read.address, stage.target.address))
          fail(`overwrites ${read.buffer.name} while reading it`, kernel)
      }
    })
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
    for (const stage of kernel.stages) {
      const changed = stage.kind === 'write' && stage.mode === 'add' ? [stage.target] : []
      for (const { buffer } of [...readsOf(stage), ...changed])
        if (buffer.role === 'activation' && !written.has(buffer))
          fail(`reads ${buffer.name} before it is written`, kernel)
      for (const { buffer } of writesOf(stage)) written.add(buffer)
    }
  }
}

function checkMemory(program: Lifetime, plan: MemoryPlan): void {
  const live = [...liveIntervals(program)].flatMap(([buffer, intervals]) =>
    intervals.map(([from, to]) => ({ buffer, from, to, ...range(buffer, plan) })),
  )
  live.sort((a, b) => a.start - b.start)
  live.forEach((one, k) => {
    for (let next = k + 1; next < live.length && live[next]!.start < one.end; next++) {
      const other = live[next]!
      if (one.buffer !== other.buffer && other.from <= one.to && one.from <= other.to)
        throw new LoopError(`${one.buffer.name} and ${other.buffer.name} overlap in memory while both are needed`)
    }
  })
}

function range(buffer: Buffer, plan: MemoryPlan): { start: number; end: number } {
  const start = plan.offsets.get(buffer)!
  return { start, end: start + sizeInMemory(buffer, plan.capacity) }
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
