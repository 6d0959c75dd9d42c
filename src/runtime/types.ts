/*
 * The types that every emitted module declares for itself, there more narrowly: names as unions of literals, Vector as
 * the array of its precision. The emitter takes the docstrings of this file and nothing else; `{{…}}` is as in interface.ts.
 */

/** Storage of the tensors. */
export type Vector = Float32Array | Float64Array

/** The names of the parameters. */
export type ParameterName = string

/** The names of the parameters that aren't frozen. */
export type TrainedName = string

/** The names of the tensors that aren't trained. */
export type BufferName = string

/** The inputs x: {{x}}. Samples come one after the other, each row-major. */
export type Inputs = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

/** The targets y of the same samples: {{y}}. */
export type Targets = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

/** The inputs that outputs depend on, in the same form; others may be left out. */
export type Known = Inputs

/** What is predicted: of an only output flat samples in a new array, of a list of outputs a record of these by name. */
export type Prediction = Vector

/** The names of the objectives. A trainer's functions take one last, and mean the first without. */
export type ObjectiveName = string

/** The losses of the objectives by name. */
export type Losses = Readonly<Record<ObjectiveName, number>>

/** Metrics by name. */
export type Metrics = Readonly<Record<string, number>>

/** The numbers that a trainer carries on from epoch to epoch for a schedule that goes by metrics. */
export type Carried = Record<never, number>
