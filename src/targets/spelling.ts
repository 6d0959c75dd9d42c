import type { pointwise, PointwiseOp } from '../graph/op.ts'

/** The operands of an op, as many as the op has. */
export type Operands<O extends PointwiseOp, T> = {
  1: readonly [T]
  2: readonly [T, T]
  3: readonly [T, T, T]
}[(typeof pointwise)[O]['arity']]
