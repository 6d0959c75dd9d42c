/** How the tensors of a module are stored, and what each of a formula's operations rounds to: single or double precision, IEEE 754. */
export type Precision = 'f32' | 'f64'

/** A value for each precision. */
export type ByPrecision<T> = Readonly<Record<Precision, T>>

/** The bytes of one element. */
export const bytesOf: ByPrecision<number> = { f32: 4, f64: 8 }
