import type { Access, Affine, Axis, Buffer, Kernel } from './kernel.ts'
import { liveIntervals, type Lifetime, type MemoryPlan } from './memory.ts'
import { printKernel } from './print.ts'
import { readsOf } from './reads.ts'

/** A pass has broken a rule of the loop language: a fault of the compiler, found before anything is emitted. */
class LoopError extends Error {
  override name = 'LoopError'
}

/**
 * Checks kernels and their places in memory:
 * every access lies inside its buffer; no two parallel indices write the same element; a kernel that updates in place reads only the
 * element that it writes; buffers that are alive at the same time don't overlap.
 * @throws LoopError naming the kernel or the buffers.
 */
export function checkPrograms(programs: readonly Lifetime[], plan: MemoryPlan): void {
  for (const kernel of new Set(programs.flatMap(({ kernels }) => kernels))) {
    kernel.stages.forEach((stage, position) => {
      const axes = [...kernel.parallel, ...stage.over]
      const accesses = [...readsOf(stage), ...(stage.kind === 'write' ? [stage.target] : [])]
      for (const access of accesses) checkBounds(access, axes, plan, kernel)
      if (stage.kind !== 'write') return
      if (!isInjective(stage.target.address, axes, plan)) fail('writes an element twice', kernel)
      const before = kernel.stages.slice(0, position + 1).flatMap(readsOf)
      for (const read of before) {
        if (read.buffer === stage.target.buffer && !sameAddress(read.address, stage.target.address))
          fail(`overwrites ${read.buffer.name} while reading it`, kernel)
      }
    })
  }
  for (const program of programs) checkMemory(program, plan)
}

function checkBounds({ buffer, address }: Access, axes: readonly Axis[], plan: MemoryPlan, kernel: Kernel): void {
  let low = address.constant
  let high = address.constant
  for (const [axis, coefficient] of address.terms) {
    if (!axes.includes(axis)) fail(`uses ${axis.label} outside its loop`, kernel)
    const reach = coefficient * (length(axis, plan) - 1)
    low += Math.min(0, reach)
    high += Math.max(0, reach)
  }
  const size = buffer.size * (buffer.batched ? plan.capacity : 1)
  if (low < 0 || high >= size) fail(`reaches ${low} to ${high} of ${buffer.name}, which has ${size} elements`, kernel)
}

/** Sorted by size, each coefficient must exceed the reach of all smaller ones together: mixed radix, so no two indices collide. */
function isInjective(address: Affine, axes: readonly Axis[], plan: MemoryPlan): boolean {
  if (axes.some((axis) => length(axis, plan) > 1 && !address.terms.has(axis))) return false
  let reach = 0
  const terms = [...address.terms].map(([axis, coefficient]) => [length(axis, plan), Math.abs(coefficient)] as const)
  return terms
    .filter(([extent]) => extent > 1)
    .sort(([, a], [, b]) => a - b)
    .every(([extent, coefficient]) => {
      const distinct = coefficient > reach
      reach += coefficient * (extent - 1)
      return distinct
    })
}

function checkMemory(program: Lifetime, plan: MemoryPlan): void {
  const live = [...liveIntervals(program)].map(([buffer, [from, to]]) => ({ buffer, from, to, ...range(buffer, plan) }))
  live.sort((a, b) => a.start - b.start)
  live.forEach((one, k) => {
    for (let next = k + 1; next < live.length && live[next]!.start < one.end; next++) {
      const other = live[next]!
      if (other.from <= one.to && one.from <= other.to)
        throw new LoopError(`${one.buffer.name} and ${other.buffer.name} overlap in memory while both are needed`)
    }
  })
}

function range(buffer: Buffer, plan: MemoryPlan): { start: number; end: number } {
  const start = plan.offsets.get(buffer)!
  return { start, end: start + buffer.size * (buffer.batched ? plan.capacity : 1) }
}

function length(axis: Axis, plan: MemoryPlan): number {
  return axis.extent === 'batch' ? plan.capacity : axis.extent
}

function sameAddress(a: Affine, b: Affine): boolean {
  return (
    a.constant === b.constant &&
    a.terms.size === b.terms.size &&
    [...a.terms].every(([axis, coefficient]) => b.terms.get(axis) === coefficient)
  )
}

function fail(what: string, kernel: Kernel): never {
  throw new LoopError(`a kernel ${what}:\n${printKernel(kernel)}`)
}
