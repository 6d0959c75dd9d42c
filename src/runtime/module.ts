import type { Model, Trainer } from './interface.ts'
import type { Metric } from './metric.ts'
import type { State } from './state.ts'
import type { Tensor } from './tensor.ts'
import type { Inputs, Known, ParameterName, Prediction, Targets, Vector } from './types.ts'

/*
 * The values that every emitted module defines for itself, by the table in src/emit/declarations.ts; their docstrings are taken
 * from here. Where a module is without one, the runtime's statements that call it are left out.
 */

/** The network: its name, the shapes of a sample's inputs, outputs and targets ([] for one number), and all tensors. */
export declare const network: {
  readonly name: string
  readonly batch: number
  readonly epochs: number
}

/** A record that has the names of the options that most modules haven't. */
export declare function ownOptions(): object

/** The least number that is stored as infinite: in single precision half a unit of the last place above the largest one. */
export declare const overflow: number

/** The offset in the arena, in elements, of a batch's outputs. */
export declare const outputOffset: number
/** The number of elements in one sample's output. */
export declare const outputSize: number
/** The offset in the arena of a batch of each output, and the number of elements in one sample's. */
export declare const outputs: readonly { readonly offset: number; readonly size: number }[]
/** The outputs, as callers get them. */
export declare function predictionOf(results: readonly Vector[]): Prediction
/** Counts the samples of the inputs that outputs depend on. TypeError or RangeError: they don't fit. */
export declare function countKnown(x: Known, samples?: number): number
/** Copies them as `copyInputs` copies all. */
export declare function copyKnown(arena: Vector, x: Known, start: number, count: number): void

/** The offset in the arena, in elements, of the sum of a batch's losses. */
export declare const lossOffset: number

/** The offset in the arena, in elements, of the sum of a batch's normalizers. */
export declare const normalizerOffset: number

/** The objectives, in the order in which `fit` takes their steps: the inputs and targets that each reads, and its optimizer. */
export declare const objectives: readonly {
  readonly name: string
  readonly reads: readonly string[]
  readonly optimizer: string
}[]
/** The inputs and targets that metrics read. */
export declare const metricReads: readonly string[]

/** What is told of predictions beside their loss. */
export declare const metrics: readonly Metric[]

/** After how many epochs without an improvement training ends. */
export declare const patience: number
/** By how much more than this a loss must be below the best. */
export declare const minimumImprovement: number

/** Makes an array of `length` zeros. */
export declare function allocate(length: number): Vector

/** The parameters in an arena. */
export declare function parametersIn(arena: Vector): Tensor[]

/** The buffers in an arena. */
export declare function buffersIn(arena: Vector): Tensor[]

/** The members of a trainer that `gradient` fills: live views of the derivatives in its arena. */
export declare function derivativesIn(arena: Vector): Pick<Trainer, 'gradients'>

/** The optimizer, by what its state means. */
export declare const optimizer: string

/** The optimizer's state in a trainer's arena, and numbers for each trained tensor beside it: tensors that a file may lack. */
export declare function optimizerIn(arena: Vector): Tensor[]

/** Fills the parameters and buffers of a new arena with their start values. */
export declare function initialize(parameters: Model['parameters'], buffers: Model['buffers'], seed: number): void

/** Counts the samples in x, after checking all of it. TypeError or RangeError: it doesn't fit the inputs. */
export declare function countInputs(x: Inputs, samples?: number): number

/** Counts the samples in y, after checking all of it. TypeError or RangeError: it doesn't fit the targets or `samples`. */
export declare function countTargets(y: Targets, samples?: number): number

/** Whether it is what this target has in place of a class number where it doesn't count. */
export declare function isIgnored(name: string, value: number): boolean

/** Copies `count` samples of x into the arena: from number `start` on, or the samples numbered in `order` from `start` on. */
export declare function copyInputs(arena: Vector, x: Inputs, start: number, count: number, order?: Uint32Array): void

/** Copies samples of y as `copyInputs` copies those of x. */
export declare function copyTargets(arena: Vector, y: Targets, start: number, count: number, order?: Uint32Array): void

/** Computes the outputs of n samples in evaluation mode. */
export declare function predictBatch(arena: Vector, n: number): void

/** Computes the sum of the losses of n samples in evaluation mode. */
export declare function evaluateBatch(arena: Vector, n: number): void

/** Computes the sum of the losses of n samples in training mode, and the gradients of their mean. */
export declare function differentiateBatch(arena: Vector, n: number, seed: number, steps: number): void

/** Computes, for n samples, the derivative of the gradients of their mean loss along a direction. */
export declare function hessianBatch(arena: Vector, n: number, seed: number, steps: number): void

/** The direction, in a trainer's arena. */
export declare function directionsIn(arena: Vector): Tensor[]

/** What `hessianBatch` leaves. */
export declare function productsIn(arena: Vector): Tensor[]

/** Sets the buffers to their new values, after `differentiateBatch` on the same n samples. */
export declare function commitBatch(arena: Vector, n: number): void

/** The parameters whose start values depend on data. */
export declare const startedByData: readonly ParameterName[]

/** Sets the parameters in `startedByData` from a batch of n samples. */
export declare function initializeBatch(arena: Vector, n: number): void

/** Makes a step of the optimizer: where its number counts, at once on adjacent tensors that have made as many. */
export declare function updateParameters(arena: Vector, state: State, states: readonly Tensor[]): void

/** The base learning rate. */
export declare const baseRate: number

/** The learning rate in an epoch, from 0; where metrics cut it, before they do. */
export declare function rateIn(epoch: number): number

/** The learning rate of the next epoch, after an epoch with this metric. */
export declare function nextRate(state: State, metric: number): number

/** The array type of the module's precision. */
export declare const Elements: Float32ArrayConstructor | Float64ArrayConstructor

/** The functions of this module that the kernels call. */
export declare const hostFunctions: object

/** The most numbers in a batch of one input or target. */
export declare const largestBatch: number

/** The kernels' binary, in base64. */
export declare const wasmBase64: string

/** The content of the custom section 'tapeless' in the file with the kernels' binary. */
export declare const wasmIdentity: string
