import type { Model, Trainer } from './interface.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensors.ts'
import type { Inputs, ParameterName, Targets, Vector } from './types.ts'

/*
 * The values that every emitted module defines for itself, by the table in src/emit/declarations.ts; their docstrings are taken
 * from here. Where a module is without one, the runtime's statements that call it are left out.
 */

export declare const network: {
  readonly name: string
  readonly batch: number
  readonly epochs: number
}

/** Where a batch's outputs lie. */
export declare const outputOffset: number
/** The elements of one sample's output. */
export declare const outputSize: number
/** Where the sum of a batch's losses lies. */
export declare const lossOffset: number

/** An array of zeros. */
export declare function allocate(length: number): Vector

export declare function parametersIn(arena: Vector): Tensor[]

export declare function buffersIn(arena: Vector): Tensor[]

/** The views that `gradient` fills. */
export declare function derivativesIn(arena: Vector): Pick<Trainer, 'gradients'>

/** The optimizer's state: tensors that a file may lack. */
export declare function optimizerIn(arena: Vector): Tensor[]

/** Fills a new arena with the start values. */
export declare function initialize(parameters: Model['parameters'], buffers: Model['buffers'], seed: number): void

/** The number of samples in x, after checking it whole. */
export declare function countInputs(x: Inputs, samples?: number): number

/** The number of samples in y, after checking it whole, and that there are `samples`. */
export declare function countTargets(y: Targets, samples?: number): number

/** Copies `count` samples of x into the arena: its samples from `start` on, or the ones that `order` names from there on. */
export declare function copyInputs(arena: Vector, x: Inputs, start: number, count: number, order?: Uint32Array): void

/** Copies samples of y, as `copyInputs` does of x. */
export declare function copyTargets(arena: Vector, y: Targets, start: number, count: number, order?: Uint32Array): void

/** Computes the outputs of n samples, in evaluation mode. */
export declare function predictBatch(arena: Vector, n: number): void

/** Sums the losses of n samples, in evaluation mode. */
export declare function evaluateBatch(arena: Vector, n: number): void

/** Sums the losses of n samples, in training mode, and computes the gradients of their mean. */
export declare function differentiateBatch(arena: Vector, n: number, seed: number, steps: number): void

/** Gives the buffers their new values, after `differentiateBatch` on the same samples. */
export declare function commitBatch(arena: Vector, n: number): void

/** The parameters whose start values depend on data. */
export declare const startedByData: readonly ParameterName[]

/** Sets the parameters in `startedByData` from a batch of n samples. */
export declare function initializeBatch(arena: Vector, n: number): void

/** Step number t, from 1, of the optimizer. */
export declare function updateParameters(arena: Vector, state: State, t: number): void

/** The learning rate of the next epoch, after one of this metric. */
export declare function scheduledRate(state: State, metric: unknown): number

export declare const Elements: Float32ArrayConstructor | Float64ArrayConstructor

/** The functions of this module that the kernels call. */
export declare const hostFunctions: object

/** The kernels' binary, in base64. */
export declare const wasmBase64: string

/** The content of the custom section 'tapeless' in the file with the kernels' binary. */
export declare const wasmIdentity: string
