import type { KernelDescription } from '../emit/description.ts'
import { toAscii } from '../graph/equations/ascii.ts'
import { kernelsOf, type Axis, type Stage } from '../loops/notation/kernel.ts'
import type { LoweredProgram } from '../programs/program.ts'
import type { Call } from '../loops/routine/routine.ts'
import type { NamedRoutine } from '../targets/share.ts'

/** Describes each routine for people: what it computes, which programs run it, and what the schedule made of its axes. */
export function describeKernels(
  routines: readonly NamedRoutine[],
  programs: readonly LoweredProgram[],
): KernelDescription[] {
  const sets = programs.map(
    ({ name, pieces }) => [name, new Set(pieces.flatMap(({ steps }) => kernelsOf(steps)))] as const,
  )
  const pieces = programs.flatMap((program) => program.pieces).toReversed()
  /** The equations of the first piece that runs a kernel. */
  const ofPiece = new Map(
    pieces.flatMap(({ steps, equations = [] }) => kernelsOf(steps).map((kernel) => [kernel, equations] as const)),
  )
  return routines.map(({ name, equations, others, calls }) => {
    const [call] = calls
    const own = (equations.length > 0 ? equations : (ofPiece.get(call.kernel) ?? [])).map(toAscii)
    return {
      name,
      equations: [...own, ...others.map(toAscii)],
      programs: sets
        .filter(([, kernels]) => calls.some(({ kernel }) => kernels.has(kernel)))
        .map(([program]) => program),
      loops: [...axesOf(call), call.routine.choice].join('; '),
    }
  })
}

/** What a stage does at all indices of axes of its own. */
const verbs = { sum: 'sum over', max: 'maximum over', write: 'write at' } as const

/** Such as `for b: batch, i: 40` and `sum over k: 10`: the letters of the choice, with their extents. */
function axesOf({ kernel: { time, parallel, stages }, count }: Call): Iterable<string> {
  const list = (verb: string, axes: readonly Axis[]) => {
    const extents = axes.map(({ label, extent }) => `${label}: ${extent === 'batch' ? (count ?? extent) : extent}`)
    return axes.length > 0 ? [`${verb} ${extents.join(', ')}`] : []
  }
  const verbOf = (stage: Stage) => verbs[stage.kind === 'write' ? 'write' : stage.combine]
  return new Set([
    ...list('at each', time ? [time] : []),
    ...list('for', parallel),
    ...stages.flatMap((stage) => list(verbOf(stage), stage.over)),
  ])
}
