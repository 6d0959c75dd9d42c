import { erf } from '../runtime/erf.ts'
import { exponentOf } from '../runtime/exponentOf.ts'
import { nearest } from '../runtime/nearest.ts'
import { gaussian, normalCdf } from '../runtime/normal.ts'
import { noise } from '../runtime/noise.ts'
import { powerOfTwo } from '../runtime/powerOfTwo.ts'
import { reducedAngle } from '../runtime/reducedAngle.ts'
import { sigmoid } from '../runtime/sigmoid.ts'
import { softplus } from '../runtime/softplus.ts'
import { smallPower, type Arithmetic } from './powers.ts'

/**
 * The pointwise vocabulary: one row an op. `evaluate` is its meaning (the interpreter and constant folding use it); derivatives
 * are rows in `calculus/adjoint.ts`, spellings rows in each target. `operations` counts towards the reported work of a module;
 * `cheap` ops are recomputed rather than stored when two kernels need them.
 */
interface PointwiseRow {
  readonly arity: 1 | 2 | 3
  /** The type of the result: a number, or a truth value, which only `select` reads. */
  readonly element: 'real' | 'truth'
  readonly evaluate: (...operands: readonly number[]) => number
  readonly operations: number
  readonly cheap: boolean
  /** Whether the first operand is a truth value; all others are numbers. */
  readonly condition?: true
  /** Whether a function of the host's, or one with its bits, computes it, a number at a time, from doubles: no target has it in lanes or as a formula. */
  readonly host?: true
}

const arithmetic = { element: 'real', operations: 1, cheap: true } as const
const transcendental = { element: 'real', operations: 8, cheap: false } as const
const comparison = { arity: 2, element: 'truth', operations: 1, cheap: true } as const

export const pointwise = {
  negate: { ...arithmetic, arity: 1, evaluate: (x: number) => -x },
  abs: { ...arithmetic, arity: 1, evaluate: Math.abs },
  sign: { ...arithmetic, arity: 1, evaluate: Math.sign },
  sqrt: { ...arithmetic, arity: 1, evaluate: Math.sqrt },
  exp: { ...transcendental, arity: 1, evaluate: Math.exp },
  expm1: { ...transcendental, arity: 1, evaluate: Math.expm1 },
  log: { ...transcendental, arity: 1, evaluate: Math.log },
  log1p: { ...transcendental, arity: 1, evaluate: Math.log1p },
  sin: { ...transcendental, arity: 1, evaluate: Math.sin },
  cos: { ...transcendental, arity: 1, evaluate: Math.cos },
  tan: { ...transcendental, arity: 1, evaluate: Math.tan },
  tanh: { ...transcendental, arity: 1, evaluate: Math.tanh },
  sigmoid: { ...transcendental, arity: 1, evaluate: sigmoid },
  softplus: { ...transcendental, arity: 1, evaluate: softplus },
  erf: { ...transcendental, arity: 1, evaluate: erf },
  /** e^(−x²/2) */
  gaussian: { ...transcendental, arity: 1, evaluate: gaussian },
  /** Φ, the distribution function of the standard normal distribution. */
  normalCdf: { ...transcendental, arity: 1, evaluate: normalCdf },
  add: { ...arithmetic, arity: 2, evaluate: (a: number, b: number) => a + b },
  subtract: { ...arithmetic, arity: 2, evaluate: (a: number, b: number) => a - b },
  multiply: { ...arithmetic, arity: 2, evaluate: (a: number, b: number) => a * b },
  divide: { ...arithmetic, arity: 2, evaluate: (a: number, b: number) => a / b },
  maximum: { ...arithmetic, arity: 2, evaluate: Math.max },
  minimum: { ...arithmetic, arity: 2, evaluate: Math.min },
  power: { ...transcendental, arity: 2, evaluate: raise },
  less: { ...comparison, evaluate: (a: number, b: number) => Number(a < b) },
  lessEqual: { ...comparison, evaluate: (a: number, b: number) => Number(a <= b) },
  equal: { ...comparison, evaluate: (a: number, b: number) => Number(a === b) },
  notEqual: { ...comparison, evaluate: (a: number, b: number) => Number(a !== b) },
  /** A random number in [0, 1) that depends on nothing but a key and a counter. */
  noise: { ...transcendental, arity: 2, evaluate: noise, host: true },
  // With these and arithmetic, `elementary` formulas take numbers apart.
  /** The nearest whole number, the even one of two that are as near. */
  nearest: { ...arithmetic, arity: 1, evaluate: nearest },
  /** 2ᵏ, for whole k among the exponents of the precision's normal numbers; for others it is any number. */
  powerOfTwo: { ...arithmetic, arity: 1, evaluate: powerOfTwo },
  /** ⌊log₂ x⌋, for positive normal x; for others it is any whole number. */
  exponentOf: { ...arithmetic, arity: 1, evaluate: exponentOf },
  /** A large angle as right angles (if the second operand is 0) and their remainder (if it is 1). */
  reducedAngle: { ...transcendental, arity: 2, evaluate: reducedAngle, host: true },
  select: {
    ...arithmetic,
    arity: 3,
    evaluate: (condition: number, a: number, b: number) => (condition ? a : b),
    condition: true,
  },
} as const satisfies Record<string, PointwiseRow>

const numbers: Arithmetic<number> = {
  one: 1,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  sqrt: Math.sqrt,
}

function raise(x: number, exponent: number): number {
  return smallPower(x, exponent, numbers) ?? Math.pow(x, exponent)
}

export type PointwiseOp = keyof typeof pointwise

export function isPointwise(op: string): op is PointwiseOp {
  return Object.hasOwn(pointwise, op)
}

export function pointwiseRow(op: PointwiseOp): PointwiseRow {
  return pointwise[op]
}

/**
 * The kinds of structural ops. Passes treat alike all ops of a kind:
 *
 * - `given`: a tensor that exists before any op runs: a leaf in memory, or an argument of a region.
 * - `host`: a double of the host, or a tensor of one.
 * - `index`: numbers that follow from where an element is.
 * - `view`: each element is an element of the first operand, at another index.
 * - `reduction`: the elements along some axes of the operand are combined into one.
 * - `product`: sums of products of two operands' elements.
 * - `join`: parts, one beside another.
 * - `scatter`: the elements of the first operand, each written or added to where it belongs.
 * - `loop`: a region, run once a time.
 */
type StructuralKind = 'given' | 'host' | 'index' | 'view' | 'reduction' | 'product' | 'join' | 'scatter' | 'loop'

interface StructuralRow {
  readonly arity: 0 | 1 | 2 | 'many'
  readonly kind: StructuralKind
}

const given = { arity: 0, kind: 'given' } as const
const host = { arity: 0, kind: 'host' } as const
const view = { arity: 1, kind: 'view' } as const
const reduction = { arity: 1, kind: 'reduction' } as const

/**
 * The structural vocabulary: one row an op; `StructuralAttributes` says what its nodes carry. A pass asks for the `kind`, or has a case
 * for each op of a kind, so that an op that some pass doesn't know doesn't compile.
 */
export const structural = {
  input: given,
  parameter: given,
  /** A tensor that outlasts a step without being trained, such as a running mean. */
  state: given,
  argument: given,
  uniform: host,
  constant: host,
  extent: host,
  iota: { arity: 0, kind: 'index' },
  reshape: view,
  permute: view,
  broadcast: view,
  slice: view,
  unfold: view,
  gather: { arity: 2, kind: 'view' },
  detach: view,
  branch: view,
  sum: reduction,
  max: reduction,
  contract: { arity: 2, kind: 'product' },
  concat: { arity: 'many', kind: 'join' },
  pad: { arity: 1, kind: 'join' },
  fold: { arity: 1, kind: 'scatter' },
  scatter: { arity: 2, kind: 'scatter' },
  scan: { arity: 'many', kind: 'loop' },
} as const satisfies Record<string, StructuralRow>

export type StructuralOp = keyof typeof structural
export type Op = PointwiseOp | StructuralOp

/** How many inputs a node of an op has. */
export type Arity<O extends Op> = O extends PointwiseOp
  ? (typeof pointwise)[O]['arity']
  : O extends StructuralOp
    ? (typeof structural)[O]['arity']
    : never

export function arityOf<O extends Op>(op: O): Arity<O> {
  return rowOf(op).arity as Arity<O>
}

export type Kind<O extends Op> = O extends StructuralOp ? (typeof structural)[O]['kind'] : 'pointwise'

export function kindOf<O extends Op>(op: O): Kind<O> {
  const row = rowOf(op)
  return ('kind' in row ? row.kind : 'pointwise') as Kind<O>
}

function rowOf(op: Op): PointwiseRow | StructuralRow {
  return isPointwise(op) ? pointwiseRow(op) : structural[op]
}
