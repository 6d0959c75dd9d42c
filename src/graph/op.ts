import { erf } from '../runtime/erf.ts'
import { exponentOf } from '../runtime/exponentOf.ts'
import { nearest } from '../runtime/nearest.ts'
import { noise } from '../runtime/noise.ts'
import { powerOfTwo } from '../runtime/powerOfTwo.ts'
import { reducedAngle } from '../runtime/reducedAngle.ts'
import { softplus } from '../runtime/softplus.ts'
import type { Node } from './node.ts'

/**
 * The pointwise vocabulary: one row an op. `evaluate` is its meaning (the interpreter and constant folding use it); derivatives
 * are rows in `calculus/adjoint.ts`, spellings rows in each target. `operations` counts towards the reported work of a module;
 * `cheap` ops are recomputed rather than stored when two kernels need them.
 */
interface PointwiseRow {
  readonly arity: 1 | 2 | 3
  /** What the op yields: a number, or a truth value, which only `select` reads. */
  readonly element: 'real' | 'truth'
  readonly evaluate: (...operands: readonly number[]) => number
  readonly operations: number
  readonly cheap: boolean
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
  sigmoid: { ...transcendental, arity: 1, evaluate: (x: number) => 1 / (1 + Math.exp(-x)) },
  softplus: { ...transcendental, arity: 1, evaluate: softplus },
  erf: { ...transcendental, arity: 1, evaluate: erf },
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
  noise: { ...transcendental, arity: 2, evaluate: noise },
  // What `portable` formulas take numbers apart with, besides arithmetic.
  /** The nearest whole number, the even one of two that are as near. */
  nearest: { ...arithmetic, arity: 1, evaluate: nearest },
  /** 2ᵏ, for whole k among the exponents of the precision's normal numbers; for others it is any number. */
  powerOfTwo: { ...arithmetic, arity: 1, evaluate: powerOfTwo },
  /** ⌊log₂ x⌋, for positive normal x; for others it is any whole number. */
  exponentOf: { ...arithmetic, arity: 1, evaluate: exponentOf },
  /** Of a large angle: right angles (where the second operand is 0), and what is left (where it is 1). */
  reducedAngle: { ...transcendental, arity: 2, evaluate: reducedAngle },
  select: { ...arithmetic, arity: 3, evaluate: (condition: number, a: number, b: number) => (condition ? a : b) },
} as const satisfies Record<string, PointwiseRow>

/** xᶜ, by multiplication, division and root for the exponents for which that is what compiled code does. */
function raise(x: number, c: number): number {
  switch (c) {
    case 2:
      return x * x
    case 3:
      return x * x * x
    case 4:
      return x * x * (x * x)
    case 0.5:
      return Math.sqrt(x)
    case -1:
      return 1 / x
    case -2:
      return 1 / (x * x)
    default:
      return Math.pow(x, c)
  }
}

export type PointwiseOp = keyof typeof pointwise

export function isPointwise(op: string): op is PointwiseOp {
  return Object.hasOwn(pointwise, op)
}

export function pointwiseRow(op: PointwiseOp): PointwiseRow {
  return pointwise[op] as PointwiseRow
}

/**
 * Windows that slide along some axes. Axis `axes[k]` (ascending) becomes their positions, and a new last axis, `sizes[k]` long, the
 * places within: x at strides[k] · position + dilations[k] · place. With a negative dilation windows are read backwards.
 */
export interface Windows {
  readonly axes: readonly number[]
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
}

/**
 * What happens at one time of a scan, as a graph of its own over `argument`s. The inputs of a scan are the carries' first values, the
 * sequences [batch, time, …] and what is the same at all times, in this order.
 */
export interface Region {
  /** Arguments: values that the time before has left. */
  readonly carries: readonly Node[]
  /** Arguments: the sequences' elements of this time. */
  readonly elements: readonly Node[]
  /** Arguments that don't change with time. */
  readonly captured: readonly Node[]
  /** What the carries become. */
  readonly next: readonly Node[]
}

/** What a node of each op that isn't pointwise carries besides its inputs and shape. */
export interface StructuralAttributes {
  /** A tensor that the caller gives: an input or a target. */
  readonly input: { readonly name: string }
  readonly parameter: { readonly name: string }
  /** A tensor that lasts from call to call and isn't trained: a running mean. */
  readonly state: { readonly name: string }
  /** A double from the host that changes by step, e.g. the learning rate. */
  readonly uniform: { readonly name: string }
  readonly constant: { readonly value: number }
  /** The index along `axis`, as a number. */
  readonly iota: { readonly axis: number }
  /** The number of samples in the batch, as a scalar. */
  readonly extent: object
  /** Reductions: `axes` (ascending) are removed from the shape. */
  readonly sum: { readonly axes: readonly number[] }
  /** Where several elements are the largest, the derivative is shared among them, or goes to the first in row-major order. */
  readonly max: { readonly axes: readonly number[]; readonly ties: 'share' | 'first' }
  /**
   * A sum of products in index notation, one letter an axis: `{ left: 'ab', right: 'cb', out: 'ac' }` is a row-by-row product with a
   * transposed matrix. Letters are distinct within an operand; every letter missing in `out` stands in both operands, and is summed.
   */
  readonly contract: { readonly left: string; readonly right: string; readonly out: string }
  readonly reshape: object
  /** Axis k of the result is axis `axes[k]` of the operand. */
  readonly permute: { readonly axes: readonly number[] }
  /** Axis k of the operand becomes axis `axes[k]` (ascending) of the result; along the others its elements repeat. */
  readonly broadcast: { readonly axes: readonly number[] }
  readonly slice: { readonly axis: number; readonly from: number; readonly to: number }
  /** Along axis `axes[k]` (ascending), `before[k]` and `after[k]` elements of `value` around the operand. */
  readonly pad: {
    readonly axes: readonly number[]
    readonly before: readonly number[]
    readonly after: readonly number[]
    readonly value: number
  }
  readonly concat: { readonly axis: number }
  /** Every position of a window over some axes, beside every place within it: a convolution is a product over this view. */
  readonly unfold: Windows
  /** The adjoint of `unfold`: each element added to where `unfold` reads it. */
  readonly fold: Windows
  /** Rows of a table by number: element [… i …, j …] is table[indices[… i …], j …]. An embedding. */
  readonly gather: object
  /** The adjoint of `gather`: rows added up at their numbers, in a table of `length` rows. */
  readonly scatter: { readonly length: number }
  /** What a region is given at each time: see `scan`. */
  readonly argument: { readonly region: string; readonly name: string }
  /** A region run at each time of sequences, from the first or from the last: the values of one of its nodes. */
  readonly scan: Region & { readonly output: Node; readonly reverse: boolean }
  /** The identity, through which no derivative passes. */
  readonly detach: object
}

export type StructuralOp = keyof StructuralAttributes
export type Op = PointwiseOp | StructuralOp

export type Attributes<O extends Op> = O extends StructuralOp ? StructuralAttributes[O] : object
