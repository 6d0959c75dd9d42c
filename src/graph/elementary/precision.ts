/** The numbers that a formula computes in: each of its operations rounds to them. */
export type Precision = 'f32' | 'f64'

/** A value for each precision. */
export type ByPrecision<T> = Readonly<Record<Precision, T>>
