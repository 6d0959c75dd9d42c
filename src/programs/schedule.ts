import type { Pass } from '../base/passes.ts'
import type { Network } from '../language/networks/network.ts'
import type { MemoryPlan } from '../loops/memory/plan.ts'
import { isRepeat, kernelsOf, type Buffer, type Kernel, type Step } from '../loops/notation/kernel.ts'
import { signatureOf } from '../loops/notation/signature.ts'
import { checkRoutine } from '../loops/routine/check.ts'
import { callOf, writeRoutine, type Call } from '../loops/routine/routine.ts'
import type { Routine } from '../loops/routine/statement.ts'
import { targets } from '../targets/index.ts'
import { callsOf, type Action, type CalledProgram } from '../targets/program.ts'
import type { Arrangement } from './arrange.ts'
import { endOf, longest, stepsOf, type LoweredPiece, type LoweredProgram } from './program.ts'

interface Known {
  readonly network: Network
  readonly arrangement: Arrangement
  readonly programs: readonly LoweredProgram[]
  readonly memory: MemoryPlan
}

interface Scheduled {
  readonly called: readonly CalledProgram[]
  /** Where each zone starts in the arena, or would if it had all elements; an empty one is at 0. */
  readonly zoneStarts: ReadonlyMap<string, number>
}

/** Chooses loops, register tiles and lanes for each kernel, and writes them out as statements. */
export const schedule: Pass<Known, Scheduled> = {
  name: 'schedule',
  run: ({ network, arrangement: { zones }, programs, memory: { offsets } }) => {
    const { batch } = network.train
    const costs = targets[network.emit.target].costs(network.emit.precision)
    const startOf = (buffer: Buffer) => offsets.get(buffer)!
    const zoneStarts = new Map(
      zones.map(({ name, buffers: [buffer], first = 0 }) => [name, buffer ? startOf(buffer) - first : 0]),
    )

    const startOfZone = (name: string) => {
      const start = zoneStarts.get(name)
      if (start === undefined) throw new Error(`there is no zone ${name}`)
      return start
    }

    const kernels = new Set(programs.flatMap((program) => kernelsOf(stepsOf(program))))
    /** Kernels that differ in their buffers alone have one routine, of which there are few in a deep network. */
    const routines = new Map<string, { readonly routine: Routine; readonly buffers: readonly Buffer[] }>()
    const calls = new Map(
      [...kernels].map((kernel) => {
        const { text, buffers } = signatureOf(kernel)
        const written = routines.get(text) ?? { routine: writeRoutine(kernel, costs, batch), buffers }
        routines.set(text, written)
        const startHere = (buffer: Buffer) => startOf(buffers[written.buffers.indexOf(buffer)]!)
        return [kernel, callOf(kernel, written.routine, startHere)]
      }),
    )
    const onStretches = ({ over, steps }: LoweredPiece, { partly, pieces }: LoweredProgram): Call[] => {
      if (over === 'samples') return []
      const range = partly && ({ from: 'first', below: 'end' } as const)
      const last = endOf(pieces)
      return kernelsOf(steps).flatMap((kernel) => {
        const routine = writeRoutine(kernel, costs, longest(over), range)
        return over.map(({ start, count }) => {
          const startIn = (buffer: Buffer) => offsets.get(buffer) ?? (partly ? 0 : start) + startOfZone(buffer.name)
          const below = start + count === last ? Infinity : start + count
          return { ...callOf(kernel, routine, startIn), count, ...(partly ? { within: { from: start, below } } : {}) }
        })
      })
    }
    const called = programs.map((program) => ({
      name: program.name,
      host: (program.host ?? []).map(({ name, value, reads }) => {
        const places = Object.entries(reads).map(([read, buffer]) => [read, startOf(buffer)] as const)
        return { name, value, reads: Object.fromEntries(places) }
      }),
      actions: program.pieces.flatMap((piece): readonly Action[] =>
        piece.over === 'samples' ? piece.steps.map((step) => actionOf(step, calls)) : onStretches(piece, program),
      ),
    }))
    return { called, zoneStarts }
  },
  check: ({ called }) => {
    for (const { routine } of new Set(called.flatMap(callsOf))) checkRoutine(routine)
  },
}

function actionOf(step: Step, calls: ReadonlyMap<Kernel, Call>): Action {
  if (!isRepeat(step)) return calls.get(step)!
  const { time, reverse, body } = step
  return { times: Number(time.extent), reverse, body: body.map((kernel) => calls.get(kernel)!) }
}
