/** How the tensors of a module are stored: single or double precision, IEEE 754. */
export type Precision = 'f32' | 'f64'

/** The bytes of one element. */
export const bytesOf: Readonly<Record<Precision, number>> = { f32: 4, f64: 8 }
