import type { Port, Region } from './layout.ts'

/*
 * What every emitted module declares for itself, there with values and narrower types. The emitter copies the rest of
 * this folder, as far as a module uses it, and nothing of this file. Offsets count elements of the arena.
 */

/** Storage of the module's precision. */
export type Vector = Float32Array | Float64Array

/** The names of the trained tensors. */
export type ParameterName = string

/** The names of the untrained tensors. */
export type BufferName = string

/** What a caller gives as x: a flat, row-major array, or a record of them by name where the inputs are several. */
export type Inputs = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

/** What a caller gives as y: the same for the targets. */
export type Targets = ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>

export declare const network: {
  readonly batch: number
  readonly epochs: number
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly buffers: readonly { readonly name: string; readonly shape: readonly number[] }[]
}

export declare const inputPorts: readonly Port[]
export declare const targetPorts: readonly Port[]
/** Where `predictBatch` leaves its outputs, and the elements of one sample's. */
export declare const outputOffset: number
export declare const outputSize: number
/** Where the sum of the samples' losses is left. */
export declare const lossOffset: number

export declare const modelRegions: readonly Region[]
export declare const gradientRegion: Region
export declare const optimizerRegions: readonly Region[]

/** An array of zeros. */
export declare function allocate(length: number): Vector
/** Fills a new arena's parameters and buffers with their start values. */
export declare function initialize(
  parameters: Readonly<Record<ParameterName, Vector>>,
  buffers: Readonly<Record<BufferName, Vector>>,
  seed: number,
): void

/** Runs the network on n samples in evaluation mode. */
export declare function predictBatch(arena: Vector, n: number): void
/** Sums the losses of n samples in evaluation mode. */
export declare function evaluateBatch(arena: Vector, n: number): void
/** Sums the losses of n samples in training mode, and differentiates their mean. */
export declare function differentiateBatch(arena: Vector, n: number): void
/** One step of the optimizer. */
export declare function updateParameters(arena: Vector, learningRate: number): void
/** The learning rate of an epoch, from 0, after `learningRate` in the one before. */
export declare function scheduledRate(epoch: number, learningRate: number): number
