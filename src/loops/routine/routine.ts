import type { Buffer, Kernel } from '../notation/kernel.ts'
import { expand } from './expand.ts'
import { scheduleKernel } from '../schedule/choose.ts'
import type { TargetCosts } from '../schedule/costs.ts'
import { sizeOf } from './size.ts'
import type { BatchRange, Routine } from './statement.ts'

/** A kernel as a call: the routine, where its buffers start, and the kernel itself for names and equations. */
export interface Call {
  readonly routine: Routine
  /** Where each of the routine's buffers starts for it, in their order. */
  readonly bases: readonly number[]
  readonly kernel: Kernel
  /** The elements that it runs over, where it runs over no samples. */
  readonly count?: number
  /** Where they lie, if it runs over those alone that are between `first` and `end`: the last elements of all have no bound. */
  readonly within?: { readonly from: number; readonly below: number }
}

/**
 * Schedules a kernel and writes it out.
 * @throws Error when it is too large even as plain loops.
 */
export function writeRoutine(kernel: Kernel, costs: TargetCosts, batch: number, range?: BatchRange): Routine {
  const schedule = scheduleKernel(kernel, costs, batch)
  const routine = expand(kernel, schedule, batch, range)
  const { largest } = costs.sizes
  if (sizeOf(routine, costs.sizes) <= largest) return routine
  // The cost model keeps bodies far smaller; plain loops are left for an expression that is as large as that by itself.
  const plain = expand(kernel, { ...schedule, steps: new Map() }, batch, range)
  const size = sizeOf(plain, costs.sizes)
  if (size > largest) throw new Error(`a kernel of ${size} bytes of code is too large to be optimised`)
  return plain
}

/** A call of `routine` with each of its buffers where `startOf` says. */
export function callOf(kernel: Kernel, routine: Routine, startOf: (buffer: Buffer) => number): Call {
  return { routine, bases: routine.buffers.map((buffer, k) => startOf(buffer) + routine.starts[k]!), kernel }
}
