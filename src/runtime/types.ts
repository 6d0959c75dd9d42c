/*
 * The types that every emitted module declares for itself, there more narrowly: names as unions of literals, Vector as
 * the array of its precision. The emitter copies nothing of this file.
 */

/** Storage of the module's precision. */
export type Vector = Float32Array | Float64Array

/** The names of the parameters. */
export type ParameterName = string

/** The names of those that aren't frozen. */
export type TrainedName = string

/** The names of the untrained tensors. */
export type BufferName = string

/** What a trainer carries on besides counts: here what every module has. */
export type Carried = Record<'learningRate', number>

/** What a caller gives as x: a flat, row-major array, or a record of them by name where the inputs are several. */
export type Inputs = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

/** What a caller gives as y: the same for the targets. */
export type Targets = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>
