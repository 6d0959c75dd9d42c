// With `void` a function that returns nothing may be given, and one that returns a promise may not.
/* eslint-disable @typescript-eslint/no-invalid-void-type */
import type { BufferName, Inputs, ParameterName, Targets, TrainedName, Vector } from './types.ts'

export interface Options {
  /** A whole number that fixes start values, shuffling and masks; 0 unless told. */
  readonly seed?: number
  /** Start values of some parameters, flat and row-major, in place of the initializers'. */
  readonly parameters?: Readonly<Partial<Record<ParameterName, ArrayLike<number>>>>
  /** Start values of some buffers. */
  readonly buffers?: Readonly<Partial<Record<BufferName, ArrayLike<number>>>>
}

/**
 * Arguments x and y hold whole samples one after the other, flat and row-major. What doesn't fit is refused with a
 * TypeError or RangeError that says what was expected and what came, and changes nothing.
 */
export interface Model {
  /** Live views: writing to one changes the model. */
  readonly parameters: Readonly<Record<ParameterName, Vector>>
  /** Live views of the untrained state. */
  readonly buffers: Readonly<Record<BufferName, Vector>>
  /** The outputs, as the loss reads them, for any number of samples; a new array. */
  predict(x: Inputs): Vector
  /** The tensors as a safetensors file. */
  save(): Uint8Array
  /** Takes the tensors from the file of a model or a trainer. */
  load(bytes: Uint8Array): void
}

export interface Trainer extends Model {
  /** Live views, filled by `gradient`, unspecified after `step`. */
  readonly gradients: Readonly<Record<TrainedName, Vector>>
  /** Epochs finished. */
  readonly epoch: number
  /** The learning rate of the next updates; settable until the schedule sets it again. */
  learningRate: number
  /** The mean loss of one sample or more, in evaluation mode. */
  loss(x: Inputs, y: Targets): number
  /** The mean loss of 1 to `network.batch` samples, in training mode; fills `gradients` and changes nothing else. */
  gradient(x: Inputs, y: Targets): number
  /** One update on 1 to `network.batch` samples; returns their mean loss before it. */
  step(x: Inputs, y: Targets): number
  /**
   * Gives start values to the parameters whose start depends on data, from x or its first batch. Else the first step does, or
   * options or a file that name one of them. Where there are none it only checks x.
   */
  initialize(x: Inputs): void
  /** Ends an epoch: advances the schedule, which may need the epoch's metric. */
  nextEpoch(metric?: number): void
  /** Trains for some epochs, calls `nextEpoch` after each, and returns their reports in order. */
  fit(x: Inputs, y: Targets, options?: FitOptions): Report[]
  /** The same, but epoch by epoch: a generator that trains one each time it is asked for the next report. */
  epochs(x: Inputs, y: Targets, options?: EpochsOptions): Generator<Report, void, undefined>
  /** The tensors, the optimizer's and the schedule's state, epoch, seed and learning rate as a safetensors file. */
  save(): Uint8Array
  /** The same back, from the file of a trainer or a model; what it lacks besides the model's tensors starts afresh. */
  load(bytes: Uint8Array): void
}

export interface EpochsOptions {
  /** How many; `network.epochs` unless told. */
  readonly epochs?: number
  /** A new order each epoch, fixed by the seed and the epoch; true unless told. */
  readonly shuffle?: boolean
  /** Samples whose loss each report gives too. */
  readonly validation?: { readonly x: Inputs; readonly y: Targets }
}

export interface FitOptions extends EpochsOptions {
  /** Called after each epoch and its `nextEpoch`; returning false ends the training. */
  readonly onEpoch?: (report: Report) => boolean | void
}

export interface Report {
  /** The epoch that was trained, from 0. */
  readonly epoch: number
  /** The mean over its samples, each before its batch's update. */
  readonly loss: number
  /** The learning rate of that epoch. */
  readonly learningRate: number
  /** The mean loss of the validation samples after it. */
  readonly validationLoss?: number
}
