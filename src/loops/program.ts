import type { Kernel } from './kernel.ts'
import { expand } from './expand.ts'
import { scheduleKernel, type TargetCosts } from './schedule.ts'
import type { MemoryPlan } from './memory.ts'
import type { Routine } from './statement.ts'

/** A kernel as a call: the routine, where its buffers start, and the kernel itself for names and equations. */
export interface Call {
  readonly routine: Routine
  /** The start of each of the routine's buffers, in their order. */
  readonly bases: readonly number[]
  readonly kernel: Kernel
}

/** V8 never optimises a function of more than 61,440 bytes of bytecode; half of that is the most a routine may be estimated at. */
const bytecodeLimit = 30_000

/** Kernels in order as calls of routines. A kernel that several programs share keeps one routine. */
export function writeRoutines(
  kernels: Iterable<Kernel>,
  plan: MemoryPlan,
  costs: TargetCosts,
  batch: number,
): ReadonlyMap<Kernel, Call> {
  const calls = new Map<Kernel, Call>()
  for (const kernel of kernels) {
    if (calls.has(kernel)) continue
    const schedule = scheduleKernel(kernel, costs, batch)
    let routine = expand(kernel, schedule)
    // The cost model keeps bodies far smaller; plain loops are what is left if an expression is as large as that by itself.
    if (routine.bytecode > bytecodeLimit) routine = expand(kernel, { ...schedule, steps: new Map() })
    if (routine.bytecode > bytecodeLimit)
      throw new Error(`a kernel of ${routine.bytecode} bytes of bytecode is too large to be optimised`)
    calls.set(kernel, { routine, bases: routine.buffers.map((buffer) => plan.offsets.get(buffer)!), kernel })
  }
  return calls
}
