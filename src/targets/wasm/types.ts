import { splatConstant, type Wat } from './wat.ts'

/** The numbers of a module's precision and the vectors of them, by WebAssembly's names, and how they lie in memory. */
export interface Numbers {
  readonly scalar: 'f32' | 'f64'
  readonly vector: 'f32x4' | 'f64x2'
  readonly lanes: number
  /** The size of one number; a power of two. */
  readonly bytes: number
  readonly shift: number
}

export const numbers: Readonly<Record<'f32' | 'f64', Numbers>> = {
  f32: { scalar: 'f32', vector: 'f32x4', lanes: 4, bytes: 4, shift: 2 },
  f64: { scalar: 'f64', vector: 'f64x2', lanes: 2, bytes: 8, shift: 3 },
}

/** The kinds of an expression's value: one number of either precision, or a vector of the module's. */
export type Kind = 'f32' | 'f64' | 'f32x4' | 'f64x2'

export function isVector(kind: Kind): kind is 'f32x4' | 'f64x2' {
  return kind === 'f32x4' || kind === 'f64x2'
}

/** The numbers that a kind is, or has in its lanes. */
export function numbersOf(kind: Kind): Numbers {
  return kind === 'f32' || kind === 'f32x4' ? numbers.f32 : numbers.f64
}

/** The type of a local or an argument. */
export function valueType(kind: Kind): 'f32' | 'f64' | 'v128' {
  return isVector(kind) ? 'v128' : kind
}

/** A literal of a kind; a vector has it in all lanes. */
export function constant(kind: Kind, value: number): Wat {
  const text = printNumber(numbersOf(kind), value)
  return isVector(kind) ? splatConstant(kind, text) : [`${kind}.const`, text]
}

/** A number as WebAssembly writes it, and reads it as what the precision rounds it to. */
export function printNumber({ scalar }: Numbers, exact: number): string {
  const single = Math.fround(exact)
  // Beyond all of them there is no such literal; half way between two the digits, which are the double's, may lead to the wrong one.
  const isHalfway = single !== exact && Math.fround(2 * exact - single) === 2 * exact - single
  const value = scalar === 'f32' && (isHalfway || !Number.isFinite(single)) ? single : exact
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  return Object.is(value, -0) ? '-0' : String(value)
}
