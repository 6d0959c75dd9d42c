import type { PointwiseOp } from '../../graph/op.ts'
import type { Kind } from './types.ts'

type Spelling = (kind: Kind, ...operands: readonly string[]) => string

const isVector = (kind: Kind): boolean => kind === 'f32x4' || kind === 'f64x2'

/** An instruction of the same name for numbers and vectors. */
function instruction(name: string): Spelling {
  return (kind, ...operands) => `(${kind}.${name} ${operands.join(' ')})`
}

/**
 * The ops that WebAssembly has, or that are a few of its instructions on integers; all others are functions. A truth value is 0 or 1
 * beside numbers, and a mask beside vectors.
 */
export const operations: Readonly<Partial<Record<PointwiseOp, Spelling>>> = {
  negate: instruction('neg'),
  abs: instruction('abs'),
  sqrt: instruction('sqrt'),
  add: instruction('add'),
  subtract: instruction('sub'),
  multiply: instruction('mul'),
  divide: instruction('div'),
  maximum: instruction('max'),
  minimum: instruction('min'),
  less: instruction('lt'),
  lessEqual: instruction('le'),
  equal: instruction('eq'),
  notEqual: instruction('ne'),
  select: (kind, condition, a, b) =>
    isVector(kind) ? `(v128.bitselect ${a} ${b} ${condition})` : `(select ${a} ${b} ${condition})`,
}
