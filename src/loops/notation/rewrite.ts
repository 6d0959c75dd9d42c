import {
  isLookup,
  type Access,
  type Affine,
  type Axis,
  type Kernel,
  type Lookup,
  type Reduce,
  type Scalar,
  type Stage,
} from './kernel.ts'

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
        : { ...stage, target: access(stage.target), value: rewritten(stage.value) },
    )
  return { ...kernel, stages: [...stages.values()] }
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
