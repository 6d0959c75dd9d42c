import {
  isLookup,
  type Access,
  type Affine,
  type Axis,
  type Buffer,
  type Kernel,
  type Lookup,
  type Reduce,
  type Scalar,
  type Stage,
} from './kernel.ts'
import { readsOf, writesOf } from './reads.ts'

/** A kernel with other accesses and indices in place of its own, in all of its stages. */
export function rewriteKernel(
  kernel: Kernel,
  access: (access: Access) => Access,
  index: (index: Affine) => Affine = (same) => same,
): Kernel {
  const stages = new Map<Stage, Stage>()
  const known = new Map<Scalar, Scalar>()
  const rewritten = (scalar: Scalar): Scalar => {
    const seen = known.get(scalar)
    if (seen) return seen
    const result = rewrite(scalar)
    known.set(scalar, result)
    return result
  }
  const rewrite = (scalar: Scalar): Scalar => {
    switch (scalar.kind) {
      case 'read':
        return { kind: 'read', access: access(scalar.access) }
      case 'index':
        return { kind: 'index', value: index(scalar.value) }
      case 'reduced':
        return { kind: 'reduced', stage: stages.get(scalar.stage) as Reduce }
      case 'apply':
        return { ...scalar, operands: scalar.operands.map(rewritten) }
      default:
        return scalar
    }
  }
  for (const stage of kernel.stages)
    stages.set(
      stage,
      stage.kind === 'reduce'
        ? { ...stage, body: rewritten(stage.body) }
        : {
            ...stage,
            ...{ target: access(stage.target), value: rewritten(stage.value) },
            ...(stage.lost ? { lost: access(stage.lost) } : {}),
          },
    )
  return { ...kernel, stages: [...stages.values()] }
}

/**
 * A kernel whose addresses count from the first of the elements that they name at index 0, buffer by buffer, and those elements: a read of
 * a slice is then that of a whole tensor. What is looked up keeps its place.
 */
export function countedFromStarts(kernel: Kernel): {
  readonly kernel: Kernel
  readonly starts: ReadonlyMap<Buffer, number>
} {
  const starts = new Map<Buffer, number>()
  const note = ({ buffer, address: { constant, terms } }: Access): void => {
    starts.set(buffer, Math.min(constant, starts.get(buffer) ?? Infinity))
    for (const term of terms.keys()) if (isLookup(term)) starts.set(term.access.buffer, 0)
  }
  for (const stage of kernel.stages) {
    readsOf(stage).forEach(note)
    writesOf(stage).forEach(note)
  }
  if ([...starts.values()].every((start) => start === 0)) return { kernel, starts }
  const moved = ({ buffer, address }: Access): Access => ({
    buffer,
    address: { ...address, constant: address.constant - starts.get(buffer)! },
  })
  return { kernel: rewriteKernel(kernel, moved), starts }
}

/** An axis as two: index = width · panel + within. */
export interface Split {
  readonly panel: Axis
  readonly within: Axis
  readonly kernel: Kernel
}

/** Splits a parallel axis, of an extent that `width` divides, into panels, the outermost axis, and what is within them. */
export function splitAxis(kernel: Kernel, axis: Axis, width: number): Split {
  const panel: Axis = { label: `${axis.label}panel`, extent: Number(axis.extent) / width }
  const within: Axis = { label: axis.label, extent: width }
  const index = ({ constant, terms }: Affine): Affine => {
    const split = [...terms].flatMap(([term, coefficient]): [Axis | Lookup, number][] => {
      if (isLookup(term)) return [[{ ...term, access: access(term.access) }, coefficient]]
      if (term !== axis) return [[term, coefficient]]
      return [
        [panel, width * coefficient],
        [within, coefficient],
      ]
    })
    return { constant, terms: new Map(split) }
  }
  const access = (one: Access): Access => ({ ...one, address: index(one.address) })
  const parallel = [panel, ...kernel.parallel.map((other) => (other === axis ? within : other))]
  return { panel, within, kernel: { ...rewriteKernel(kernel, access, index), parallel } }
}
