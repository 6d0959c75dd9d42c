import { pointwiseRow } from '../../graph/op.ts'
import {
  expressionOf,
  isLookup,
  isRepeat,
  lengthOf,
  type Affine,
  type Axis,
  type Kernel,
  type Scalar,
  type Step,
} from '../notation/kernel.ts'

/**
 * Floating-point operations of one run of a step on `batch` samples, counted as those of the graph are. A value that is the same all
 * along an axis counts once for that axis, as loops compute it outside.
 */
export function operationsOf(step: Step, batch: number): number {
  if (!isRepeat(step)) return operationsOfKernel(step, batch)
  const once = step.body.reduce((sum, kernel) => sum + operationsOfKernel(kernel, batch), 0)
  return once * (step.time.extent as number)
}

function operationsOfKernel({ parallel, stages, time }: Kernel, batch: number): number {
  const volume = (axes: Iterable<Axis>) =>
    [...axes].reduce((product, axis) => (axis === time ? product : product * lengthOf(axis, batch)), 1)
  let operations = 0
  const known = new Map<Scalar, ReadonlySet<Axis>>()
  /** Counts an expression that isn't counted yet, and says along which axes its value varies. */
  const count = (scalar: Scalar): ReadonlySet<Axis> => {
    const axes = known.get(scalar) ?? new Set(axesOf(scalar))
    if (scalar.kind === 'apply' && !known.has(scalar)) operations += pointwiseRow(scalar.op).operations * volume(axes)
    known.set(scalar, axes)
    return axes
  }
  const axesOf = (scalar: Scalar): Iterable<Axis> => {
    switch (scalar.kind) {
      case 'read':
        return axesIn(scalar.access.address)
      case 'index':
        return axesIn(scalar.value)
      case 'reduced':
        return parallel
      case 'apply':
        return scalar.operands.flatMap((operand) => [...count(operand)])
      default:
        return []
    }
  }
  for (const stage of stages) {
    count(expressionOf(stage))
    if (stage.kind === 'reduce' || stage.mode === 'add') operations += volume([...parallel, ...stage.over])
  }
  return operations
}

function axesIn({ terms }: Affine): Axis[] {
  return [...terms.keys()].flatMap((term) => (isLookup(term) ? axesIn(term.access.address) : [term]))
}
