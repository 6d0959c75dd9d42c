import {
  isLookup,
  lengthOf,
  type Access,
  type Axis,
  type Kernel,
  type Reduce,
  type Scalar,
} from '../notation/kernel.ts'
import type { TargetCosts } from './costs.ts'

/** A kernel, and all that decides which schedules it may have. */
export interface Space {
  readonly kernel: Kernel
  readonly costs: TargetCosts
  readonly batch: number
  /** Whether batch loops may compute rows beyond the samples. */
  readonly overrun: boolean
}

export function spaceOf(kernel: Kernel, costs: TargetCosts, batch: number): Space {
  const overrun = kernel.stages.every((stage) => stage.kind === 'reduce' || stage.target.buffer.role === 'activation')
  return { kernel, costs, batch, overrun }
}

/** A kernel whose first stage adds up products of two elements. */
export interface Product {
  readonly stage: Reduce
  readonly left: Access
  readonly right: Access
}

export function productOf({ stages }: Kernel): Product | undefined {
  const stage = stages[0]!
  if (stage.kind !== 'reduce' || stage.body.kind !== 'apply' || stage.body.op !== 'multiply') return undefined
  const [left, right] = stage.body.operands as [Scalar, Scalar]
  return left.kind === 'read' && right.kind === 'read' ? { stage, left: left.access, right: right.access } : undefined
}

/** Whether all stages may write adjacent indices of an axis together. */
export function isWritable(axis: Axis, { stages, sequential }: Kernel): boolean {
  if (sequential.includes(axis)) return false
  return stages.every((stage) => {
    if (stage.kind === 'reduce') return true
    const step = stage.target.address.terms.get(axis) ?? 0
    return stage.mode === 'add' ? step === 1 : step !== 0
  })
}

/** The elements that an access reaches in a batch; rows that are looked up count as one. */
export function elementsReached({ address }: Access, batch: number): number {
  return [...address.terms.keys()].reduce((all, term) => all * (isLookup(term) ? 1 : lengthOf(term, batch)), 1)
}
