import { isPointwise, type PointwiseOp } from '../../graph/op.ts'
import { smallPower, type Arithmetic } from '../../graph/powers.ts'
import { combine, constantIndex } from './affine.ts'
import type { Affine, Scalar } from './kernel.ts'

/** An op applied to scalars, in its simplest form: an index where all of them are, a few multiplications for a small power. */
export function applied(op: PointwiseOp, operands: readonly Scalar[]): Scalar {
  return ofIndices(op, operands) ?? ofSmallPower(op, operands) ?? { kind: 'apply', op, operands }
}

type Combined = (...indices: readonly Affine[]) => Affine | null

/** The ops by which indices, and whole numbers beside them, make an index; null where the result isn't affine. */
const ofAffine: Readonly<Partial<Record<PointwiseOp, Combined>>> = {
  add: (...indices) => combine(0, indices, [1, 1]),
  subtract: (...indices) => combine(0, indices, [1, -1]),
  negate: (...indices) => combine(0, indices, [-1]),
  multiply: (...indices) => {
    const factor = indices.findIndex(({ terms }) => terms.size === 0)
    return factor < 0 ? null : combine(0, indices.toSpliced(factor, 1), [indices[factor]!.constant])
  },
}

/** Whether an op makes an index of indices, as in 2 i + j. */
export function makesIndices(op: string): boolean {
  return isPointwise(op) && op in ofAffine
}

function ofIndices(op: PointwiseOp, operands: readonly Scalar[]): Scalar | null {
  if (!operands.some(({ kind }) => kind === 'index')) return null
  const indices = operands.flatMap((operand) => {
    if (operand.kind === 'index') return [operand.value]
    return operand.kind === 'literal' && Number.isSafeInteger(operand.value) ? [constantIndex(operand.value)] : []
  })
  const value = indices.length === operands.length ? ofAffine[op]?.(...indices) : null
  return value ? { kind: 'index', value } : null
}

const scalars: Arithmetic<Scalar> = {
  one: { kind: 'literal', value: 1 },
  multiply: (a, b) => ({ kind: 'apply', op: 'multiply', operands: [a, b] }),
  divide: (a, b) => ({ kind: 'apply', op: 'divide', operands: [a, b] }),
  sqrt: (x) => ({ kind: 'apply', op: 'sqrt', operands: [x] }),
}

function ofSmallPower(op: PointwiseOp, [x, exponent]: readonly Scalar[]): Scalar | undefined {
  if (op !== 'power' || exponent!.kind !== 'literal') return undefined
  return smallPower(x!, exponent!.value, scalars)
}

/** The ops of an expression, where a leaf counts as one; shared subexpressions once. */
export function opCount(scalar: Scalar, seen = new Set<Scalar>()): number {
  if (seen.has(scalar)) return 0
  seen.add(scalar)
  return scalar.kind === 'apply' ? scalar.operands.reduce((sum, operand) => sum + opCount(operand, seen), 1) : 1
}
