import { less, select, uniform } from '../build.ts'
import { Interner, topologicalOrder, type Node } from '../node.ts'
import { pointwiseRow, type pointwise, type PointwiseOp } from '../op.ts'
import { errorFunction } from './errorFunction.ts'
import { exponential, exponentialMinusOne, sigmoid, tanh } from './exponential.ts'
import { logarithm, logarithmOfOnePlus, softplus } from './logarithm.ts'
import { gaussian, normalCdf } from './normal.ts'
import { power } from './power.ts'
import type { ByPrecision, Precision } from '../../base/precision.ts'
import { cosine, sine, tangent } from './trigonometric.ts'

export type { Precision }

/** Ops that are a function of the host's for all targets, or one with its bits: see the column of the table. */
export type HostOp = {
  [O in PointwiseOp]: (typeof pointwise)[O] extends { readonly host: true } ? O : never
}[PointwiseOp]

export function isHosted(op: PointwiseOp): op is HostOp {
  return pointwiseRow(op).host === true
}

/** Ops that are neither arithmetic nor the host's. */
export type PortableOp = {
  [O in PointwiseOp]: (typeof pointwise)[O] extends { readonly cheap: true } | { readonly host: true } ? never : O
}[PointwiseOp]

/** An op by arithmetic, comparisons and choices alone. */
interface ElementaryRow {
  /** For people, in ASCII: what it is, and whose. */
  readonly source: string
  /**
   * The greatest distance from the exact value that was found among a hundred thousand operands, in units of that value's last place:
   * at most 2.
   */
  readonly error: ByPrecision<number>
  readonly formula: (precision: Precision, x: Node, y: Node) => Node
}

/**
 * Each transcendental op as a formula: a graph over arithmetic, sqrt, abs, minimum, maximum, comparisons, select, the ops `nearest`,
 * `powerOfTwo`, `exponentOf` and `reducedAngle`, and other ops of this table. It has no branches, so that it can run in lanes, and every
 * operation rounds to the precision, in the order written: wherever it is computed the bits are the same. Special values are those of
 * ECMAScript's functions.
 */
const portable: Readonly<Record<PortableOp, ElementaryRow>> = {
  exp: {
    source: "e^x = 2^k e^r with r = x - k log 2, after Sun Microsystems' fdlibm (1993)",
    error: { f32: 0.9, f64: 0.9 },
    formula: (precision, x) => exponential(x, precision),
  },
  expm1: {
    source: '2^k (e^r - 1) + 2^k - 1, as exp',
    error: { f32: 1.6, f64: 1.6 },
    formula: (precision, x) => exponentialMinusOne(x, precision),
  },
  log: {
    source: "log x = k log 2 + log(1 + f), after Sun Microsystems' fdlibm (1993)",
    error: { f32: 0.8, f64: 0.8 },
    formula: (precision, x) => logarithm(x, precision),
  },
  log1p: {
    source: 'log of the rounded 1 + x, and what rounding lost over it',
    error: { f32: 0.9, f64: 0.9 },
    formula: (precision, x) => logarithmOfOnePlus(x, precision),
  },
  sin: {
    source: "By turns of pi / 2, after Sun Microsystems' fdlibm (1993)",
    error: { f32: 1.4, f64: 1.5 },
    formula: (precision, x) => sine(x, precision),
  },
  cos: {
    source: 'As sin, a turn later',
    error: { f32: 1.5, f64: 1.4 },
    formula: (precision, x) => cosine(x, precision),
  },
  tan: {
    source: 'sin x / cos x, each with the digits that it lost',
    error: { f32: 1.7, f64: 1.7 },
    formula: (precision, x) => tangent(x, precision),
  },
  tanh: {
    source: "1 - 2 / (e^2x + 1), near 0 a quotient of Moshier's Cephes (1989)",
    error: { f32: 1.3, f64: 1.3 },
    formula: (precision, x) => tanh(x, precision),
  },
  sigmoid: {
    source: 'e^x - e^x s(x) below -1, else 1 / (1 + e^-x)',
    error: { f32: 1.8, f64: 1.8 },
    formula: (_, x) => sigmoid(x),
  },
  softplus: { source: 'log(1 + e^x)', error: { f32: 1.5, f64: 1.5 }, formula: (_, x) => softplus(x) },
  erf: {
    source: "1 - e^(-x^2) P(x) / Q(x) after Cody (1969), near 0 a quotient of Sun Microsystems' fdlibm (1993)",
    error: { f32: 1.1, f64: 1.4 },
    formula: (precision, x) => errorFunction(x, precision),
  },
  gaussian: {
    source: 'e^(-x^2 / 2), with x^2 as a pair of numbers as by Dekker (1971)',
    error: { f32: 0.9, f64: 0.9 },
    formula: (precision, x) => gaussian(x, precision),
  },
  normalCdf: {
    source: 'e^(-x^2 / 2) P((-x - 21/4) / (-x + 21/4)) / (31/8 - 4 x) below 0, after Shepherd and Laframboise (1981)',
    error: { f32: 1.8, f64: 1.8 },
    formula: (precision, x) => normalCdf(x, precision),
  },
  power: {
    source: 'x^y = e^(y log x), with the logarithm in pairs of numbers as by Dekker (1971)',
    error: { f32: 0.9, f64: 1 },
    formula: (precision, x, y) => power(x, y, precision),
  },
}

/** Exact ops, which engines compute alike: formulas for targets that lack them. */
const exact = {
  sign: {
    source: 'x itself where it is 0 or no number',
    error: { f32: 0, f64: 0 },
    formula: (_: Precision, x: Node) => select(less(0, x), 1, select(less(x, 0), -1, x)),
  },
} as const satisfies Partial<Record<PointwiseOp, ElementaryRow>>

const elementary = { ...portable, ...exact }

export type ElementaryOp = keyof typeof elementary

export const portableOps = Object.keys(portable) as PortableOp[]

export function isPortable(op: string): op is PortableOp {
  return Object.hasOwn(portable, op)
}

/** Whether arithmetic, comparisons and choices can stand for an op. */
export function isElementary(op: string): op is ElementaryOp {
  return Object.hasOwn(elementary, op)
}

/** A scalar function: its formula is over `uniform`s of its parameters' names. */
export interface ElementaryFunction<O extends ElementaryOp = ElementaryOp> {
  readonly op: O
  readonly source: string
  /** The greatest distance from the exact value that was found, in units of that value's last place. */
  readonly error: number
  readonly parameters: readonly string[]
  readonly formula: Node
}

/** The functions that `ops` need, each before those that it needs itself; ops that aren't transcendental need none. */
export function portableFunctions(ops: Iterable<string>, precision: Precision): ElementaryFunction<PortableOp>[] {
  const needed = new Set([...ops].filter(isPortable))
  const functions: ElementaryFunction<PortableOp>[] = []
  // A set iterates over what is added meanwhile.
  for (const op of needed) {
    const made = elementaryFunction(op, precision)
    for (const { op: inner } of topologicalOrder([made.formula])) if (isPortable(inner)) needed.add(inner)
    functions.push(made)
  }
  return functions
}

export function elementaryFunction<O extends ElementaryOp>(op: O, precision: Precision): ElementaryFunction<O> {
  const graph = new Interner()
  const { source, error, formula }: ElementaryRow = elementary[op]
  const parameters = ['x', 'y'].slice(0, pointwiseRow(op).arity)
  const [x, y] = [uniform(graph, 'x'), uniform(graph, 'y')]
  return { op, source, error: error[precision], parameters, formula: formula(precision, x, y) }
}
