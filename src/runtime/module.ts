import type { Trainer } from './interface.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensors.ts'
import type { BufferName, Inputs, ParameterName, Targets, Vector } from './types.ts'

/*
 * The values that every emitted module declares for itself. The emitter copies nothing of this file; of the other files it
 * copies the declarations that a module uses. If a module doesn't need an optional function, the statements that call it are
 * left out.
 */

export declare const network: {
  readonly name: string
  readonly batch: number
  readonly epochs: number
}

/** Counts the samples in x and checks all of it. TypeError or RangeError: it doesn't fit the inputs. */
export declare function countInputs(x: Inputs): number
/** Counts the samples in y and checks all of it. TypeError or RangeError: it doesn't fit the targets or hasn't `samples` samples. */
export declare function countTargets(y: Targets, samples: number): number
/** Copies `count` samples of x into the arena: from number `start` on, or the samples numbered in `order` from `start` on. */
export declare function copyInputs(arena: Vector, x: Inputs, start: number, count: number, order?: Uint32Array): void
/** Copies samples of y as `copyInputs` copies those of x. */
export declare function copyTargets(arena: Vector, y: Targets, start: number, count: number, order?: Uint32Array): void

/** Makes an array of `length` zeros. */
export declare function allocate(length: number): Vector
/** The parameters in an arena. */
export declare function parametersIn(arena: Vector): Tensor[]
/** The buffers in an arena. */
export declare function buffersIn(arena: Vector): Tensor[]
/** The members of a trainer that `gradient` fills: live views of the derivatives in its arena. */
export declare function derivativesIn(arena: Vector): Pick<Trainer, 'gradients'>
/** The optimizer's state in a trainer's arena: tensors that a file may lack. */
export declare function optimizerIn(arena: Vector): Tensor[]
/** Fills the parameters and buffers of a new arena with their start values. */
export declare function initialize(
  parameters: Readonly<Record<ParameterName, Vector>>,
  buffers: Readonly<Record<BufferName, Vector>>,
  seed: number,
): void

/** The offset in the arena, in elements, of a batch's outputs. */
export declare const outputOffset: number
/** The number of elements in one sample's output. */
export declare const outputSize: number
/** The offset in the arena, in elements, of the sum of a batch's losses. */
export declare const lossOffset: number

/** Computes the outputs of n samples in evaluation mode. */
export declare function predictBatch(arena: Vector, n: number): void
/** Computes the sum of the losses of n samples in evaluation mode. */
export declare function evaluateBatch(arena: Vector, n: number): void
/** Computes the sum of the losses of n samples in training mode, after so many steps, and the gradients of their mean. */
export declare function differentiateBatch(arena: Vector, n: number, seed: number, steps: number): void
/** Sets the buffers to their new values, after `differentiateBatch` on the same n samples; optional. */
export declare function commitBatch(arena: Vector, n: number): void
/** The parameters whose start values depend on data; optional. */
export declare const startedByData: readonly ParameterName[]
/** Sets the parameters in `startedByData` from a batch of n samples; optional. */
export declare function initializeBatch(arena: Vector, n: number): void
/** Makes the optimizer's step number t, from 1. */
export declare function updateParameters(arena: Vector, state: State, t: number): void
/** The learning rate of the next epoch, after an epoch with this metric; optional. */
export declare function scheduledRate(state: State, metric: unknown): number

/** The array type of the module's precision, for kernels in WebAssembly; optional. */
export declare const Elements: Float32ArrayConstructor | Float64ArrayConstructor
/** The functions of this module that WebAssembly kernels call; optional. */
export declare const hostFunctions: object
/** The binary of the WebAssembly kernels in base64; optional. */
export declare const wasmBase64: string
/** The content of the custom section 'tapeless' of the file that holds the kernels' binary; optional. */
export declare const wasmIdentity: string
