import type { Trainer } from './interface.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensors.ts'
import type { BufferName, Inputs, ParameterName, Targets, Vector } from './types.ts'

/*
 * The values that every emitted module declares for itself. The emitter copies nothing of this file, and of the others
 * what a module uses. Where a module has no use for what is optional, the statements that call it are left out.
 */

export declare const network: {
  readonly name: string
  readonly batch: number
  readonly epochs: number
}

/** The samples in x, after checking it whole. */
export declare function countInputs(x: Inputs): number
/** The samples in y, after checking it whole and that they are `samples`. */
export declare function countTargets(y: Targets, samples: number): number
/** Copies `count` samples of x into the arena, from `start` on, or those that `order` names from there on. */
export declare function copyInputs(arena: Vector, x: Inputs, start: number, count: number, order?: Uint32Array): void
/** The same of y. */
export declare function copyTargets(arena: Vector, y: Targets, start: number, count: number, order?: Uint32Array): void

/** An array of zeros. */
export declare function allocate(length: number): Vector
export declare function parametersIn(arena: Vector): Tensor[]
export declare function buffersIn(arena: Vector): Tensor[]
/** What `gradient` fills. */
export declare function derivativesIn(arena: Vector): Pick<Trainer, 'gradients'>
/** The optimizer's state: tensors that a file may lack. */
export declare function optimizerIn(arena: Vector): Tensor[]
/** Fills a new arena's parameters and buffers with their start values. */
export declare function initialize(
  parameters: Readonly<Record<ParameterName, Vector>>,
  buffers: Readonly<Record<BufferName, Vector>>,
  seed: number,
): void

/** Where a batch's outputs lie, and the elements of one sample's. */
export declare const outputOffset: number
export declare const outputSize: number
/** Where the sum of a batch's losses lies. */
export declare const lossOffset: number

/** Runs the network on n samples in evaluation mode. */
export declare function predictBatch(arena: Vector, n: number): void
/** Sums the losses of n samples in evaluation mode. */
export declare function evaluateBatch(arena: Vector, n: number): void
/** Sums the losses of n samples in training mode, after so many steps, and differentiates their mean. */
export declare function differentiateBatch(arena: Vector, n: number, seed: number, steps: number): void
/** Gives the buffers their new values, after differentiateBatch on these samples; optional. */
export declare function commitBatch(arena: Vector, n: number): void
/** The parameters whose start values depend on data; optional. */
export declare const startedByData: readonly ParameterName[]
/** Gives them those, from the inputs of n samples; optional. */
export declare function initializeBatch(arena: Vector, n: number): void
/** Step number t, from 1, of the optimizer. */
export declare function updateParameters(arena: Vector, state: State, t: number): void
/** The learning rate of the next epoch, after one of this metric; optional. */
export declare function scheduledRate(state: State, metric: unknown): number

/** Where the kernels are WebAssembly: storage of the module's precision; optional. */
export declare const Elements: Float32ArrayConstructor | Float64ArrayConstructor
/** The functions of the runtime that they call; optional. */
export declare const hostFunctions: object
/** Their binary in base64; optional. */
export declare const wasmBase64: string
/** What the custom section of the file with their binary says; optional. */
export declare const wasmIdentity: string
