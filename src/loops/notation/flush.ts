import type { PointwiseOp } from '../../graph/op.ts'
import { isRepeat, type Kernel, type Scalar, type Stage, type Step, type Write } from './kernel.ts'

/**
 * Steps that leave 0 in optimizer states in place of magnitudes below `negligible`, so that these don't decay to subnormal numbers,
 * with which processors take a hundred times as long.
 */
export function flushStates(steps: readonly Step[], negligible: number): readonly Step[] {
  if (negligible === 0) return steps
  return steps.map((step) =>
    isRepeat(step)
      ? { ...step, body: step.body.map((kernel) => flushed(kernel, negligible)) }
      : flushed(step, negligible),
  )
}

function flushed(kernel: Kernel, negligible: number): Kernel {
  const apply = (op: PointwiseOp, ...operands: Scalar[]): Scalar => ({ kind: 'apply', op, operands })
  const literal = (value: number): Scalar => ({ kind: 'literal', value })
  const isState = (stage: Stage): stage is Write => stage.kind === 'write' && stage.target.buffer.role === 'optimizer'
  if (!kernel.stages.some(isState)) return kernel
  const stages = kernel.stages.map((stage): Stage => {
    if (!isState(stage)) return stage
    const isNegligible = apply('less', apply('abs', stage.value), literal(negligible))
    return { ...stage, value: apply('select', isNegligible, literal(0), stage.value) }
  })
  return { ...kernel, stages }
}
