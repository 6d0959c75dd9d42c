import {
  expressionOf,
  isLookup,
  lengthOf,
  type Access,
  type Affine,
  type Axis,
  type Scalar,
  type Stage,
} from '../notation/kernel.ts'
import { pointwiseRow } from '../../graph/op.ts'
import { readsOf } from '../notation/reads.ts'
import type { Lanes } from './costs.ts'
import { isWritable, type Space } from './space.ts'

/** The axis along which a kernel that is no product gains most from vectors, if it gains at all. */
export function widestAxis(space: Space): Lanes | undefined {
  const { kernel, costs } = space
  const count = costs.lanes
  // Costs would say so too, after a while.
  if (count === 1) return undefined
  let best = kernelCost(space, undefined)
  let lanes: Lanes | undefined
  for (const axis of kernel.parallel.toReversed()) {
    if (lengthOf(axis, space.batch) < count || !isWritable(axis, kernel)) continue
    const cost = kernelCost(space, axis)
    if (cost >= best) continue
    best = cost
    lanes = { axis, count }
  }
  return lanes
}

/** The axes of a copy that only changes the order: vectors are written along one and read along another. */
export function transpositionOf({ kernel, costs, batch, overrun }: Space): Transposition | undefined {
  const [stage, ...others] = kernel.stages as [Stage, ...Stage[]]
  if (costs.lanes === 1 || stage.kind !== 'write' || others.length > 0) return undefined
  if (stage.mode !== 'store' || stage.over.length > 0 || stage.value.kind !== 'read') return undefined
  const { target } = stage
  const { access } = stage.value
  if ([...access.address.terms.keys()].some(isLookup)) return undefined
  const adjacentIn = (one: Access, other: Access) =>
    kernel.parallel.find(
      (axis) =>
        one.address.terms.get(axis) === 1 &&
        other.address.terms.has(axis) &&
        lengthOf(axis, batch) >= costs.lanes &&
        (axis.extent !== 'batch' || overrun),
    )
  const [written, read] = [adjacentIn(target, access), adjacentIn(access, target)]
  if (!written || !read || written === read) return undefined
  return { lanes: { axis: written, count: costs.lanes }, transposed: read }
}

interface Transposition {
  readonly lanes: Lanes
  readonly transposed: Axis
}

/** The cost of all elements, where vectors take adjacent indices of an axis and a remainder is computed one by one. */
function kernelCost(space: Space, axis: Axis | undefined): number {
  const { kernel, costs } = space
  const scalar = kernel.stages.reduce((sum, stage) => sum + stageCost(stage, undefined, space), 0)
  if (!axis) return scalar
  const vector = kernel.stages.reduce((sum, stage) => sum + stageCost(stage, axis, space), 0)
  const length = lengthOf(axis, space.batch)
  const rest = axis.extent === 'batch' && space.overrun ? 0 : length % costs.lanes
  return (Math.ceil((length - rest) / costs.lanes) * vector + rest * scalar) / length
}

/** The cost of a stage at one index, or at as many indices of an axis as there are lanes. */
function stageCost(stage: Stage, axis: Axis | undefined, space: Space): number {
  const { lanes } = space.costs
  const times = stage.over.reduce((product, over) => product * lengthOf(over, space.batch), 1)
  const access = ({ terms }: Affine) => {
    if (!axis) return 1
    const step = terms.get(axis) ?? 0
    return (step === 0 || step === 1) && ![...terms.keys()].some(isLookup) ? 1 : lanes + 1
  }
  const reads = readsOf(stage).reduce((sum, { address }) => sum + access(address), 0)
  const write = stage.kind === 'write' ? access(stage.target.address) : 0
  return times * (reads + write + operations(expressionOf(stage), axis ? lanes : 1))
}

/** The operations of an expression, shared ones once. The host's ops have no vector form and are done for each lane. */
function operations(scalar: Scalar, lanes: number, seen = new Set<Scalar>()): number {
  if (seen.has(scalar) || scalar.kind !== 'apply') return 0
  seen.add(scalar)
  const { operations: each, host } = pointwiseRow(scalar.op)
  const own = each * (host ? 2 * lanes : 1)
  return scalar.operands.reduce((sum, operand) => sum + operations(operand, lanes, seen), own)
}
