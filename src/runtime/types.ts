/*
 * The types that every emitted module declares for itself, there more narrowly: names as unions of literals, Vector as
 * the array of its precision. The emitter copies nothing of this file.
 */

/** Storage of the module's precision. */
export type Vector = Float32Array | Float64Array

/** The names of the parameters. */
export type ParameterName = string

/** The names of the parameters that aren't frozen. */
export type TrainedName = string

/** The names of the tensors that aren't trained. */
export type BufferName = string

/** The numbers that a trainer keeps from step to step besides counts; every module has the learning rate. */
export type Carried = Record<'learningRate', number>

/** The argument x: a flat, row-major array, or a record of such arrays by name if there are several inputs. */
export type Inputs = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

/** The argument y: the same for the targets. */
export type Targets = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>
