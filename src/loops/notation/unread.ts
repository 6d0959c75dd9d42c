import {
  expressionOf,
  isRepeat,
  kernelsOf,
  type Buffer,
  type Kernel,
  type Scalar,
  type Stage,
  type Step,
} from './kernel.ts'
import { readsOf, writesOf } from './reads.ts'

/** Steps without what they write to activations that nothing reads: none of them, and no caller, whose are `results`. */
export function withoutUnread(steps: readonly Step[], results: Iterable<Buffer>): readonly Step[] {
  const read = new Set([...results, ...kernelsOf(steps).flatMap(buffersRead)])
  const isRead = (stage: Stage) =>
    writesOf(stage).some(({ buffer }) => buffer.role !== 'activation' || read.has(buffer))
  const kept = steps.flatMap((step): Step[] => {
    const kernels = kernelsOf([step]).map((kernel) => withStages(kernel, isRead))
    const body = kernels.filter(({ stages }) => stages.length > 0)
    return isRepeat(step) ? (body.length > 0 ? [{ ...step, body }] : []) : body
  })
  const count = (list: readonly Step[]) => kernelsOf(list).reduce((sum, { stages }) => sum + stages.length, 0)
  return count(kept) < count(steps) ? withoutUnread(kept, results) : steps
}

/** A kernel with some of its writes, and the reductions that these need. */
function withStages(kernel: Kernel, isKept: (write: Stage) => boolean): Kernel {
  const needed = new Set<Scalar>()
  const visit = (scalar: Scalar): void => {
    if (needed.has(scalar)) return
    needed.add(scalar)
    if (scalar.kind === 'apply') scalar.operands.forEach(visit)
  }
  const isNeeded = (stage: Stage) =>
    stage.kind === 'reduce'
      ? [...needed].some((scalar) => scalar.kind === 'reduced' && scalar.stage === stage)
      : isKept(stage)
  const stages = kernel.stages.toReversed().filter((stage) => {
    if (!isNeeded(stage)) return false
    visit(expressionOf(stage))
    return true
  })
  return stages.length === kernel.stages.length ? kernel : { ...kernel, stages: stages.toReversed() }
}

function buffersRead({ stages }: Kernel): Buffer[] {
  return stages.flatMap((stage) => readsOf(stage).map(({ buffer }) => buffer))
}
