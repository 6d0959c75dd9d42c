import type { KernelDescription } from '../emit/description.ts'
import { toAscii } from '../graph/equations/ascii.ts'
import type { Axis, Kernel, Stage } from '../loops/notation/kernel.ts'
import type { Call } from '../loops/routine/routine.ts'
import type { NamedRoutine } from '../targets/share.ts'

/**
 * Describes each routine for people: what it computes, which programs run it, and what the schedule made of its axes.
 * @param equationsOf the equations of kernels whose announcement has none (the optimizer's).
 */
export function describeKernels(
  routines: readonly NamedRoutine[],
  programs: Readonly<Record<string, readonly Kernel[]>>,
  equationsOf: (kernel: Kernel) => readonly string[],
): KernelDescription[] {
  const sets = Object.entries(programs).map(([program, kernels]) => [program, new Set(kernels)] as const)
  return routines.map(({ name, equations, others, calls }) => {
    const [call] = calls
    const own = equations.length > 0 ? equations.map(toAscii) : equationsOf(call.kernel)
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
