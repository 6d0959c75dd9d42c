/* eslint-disable @typescript-eslint/no-invalid-void-type -- `boolean | void` takes a function that returns nothing, and no promise */
/*
 * What every emitted module exports. `{{…}}` in docstrings is what a module tells of its own network there: src/emit/docstrings.ts.
 */

import type { BufferName, Inputs, ParameterName, Targets, TrainedName, Vector } from './types.ts'

export interface Options {
  /** A whole number from 0 that fixes start values, shuffling and dropout's masks; 0 unless given. */
  readonly seed?: number | undefined
  /** Start values of some parameters by name, flat and row-major, in the shapes of `network`; the others get their initializer's. */
  readonly parameters?: Readonly<Partial<Record<ParameterName, ArrayLike<number> | undefined>>> | undefined
  /** Start values of some buffers by name. */
  readonly buffers?: Readonly<Partial<Record<BufferName, ArrayLike<number> | undefined>>> | undefined
}

/**
 * The arguments x and y hold samples one after the other, each flat and row-major. An argument that doesn't fit raises a
 * TypeError or RangeError that says what was expected and what came, and changes nothing.
 */
export interface Model {
  /** Live views of the parameters by name, flat and row-major: writing to one changes the model. */
  readonly parameters: Readonly<Record<ParameterName, Vector>>
  /** Live views of the state that isn't trained, such as running statistics. */
  readonly buffers: Readonly<Record<BufferName, Vector>>
  /**
   * The outputs for any number of samples, in evaluation mode.
   * @param x {{known}}.
   * @returns {{output}}.
   */
  predict(x: Inputs): Vector
  /** The parameters and buffers as a safetensors file. */
  save(): Uint8Array & { readonly buffer: ArrayBuffer }
  /**
   * Takes the parameters and buffers from a safetensors file, whoever wrote it. Before anything changes, TypeError: it is none, or
   * RangeError: a tensor is missing or of another shape or type.
   * @example
   * model.load({{file}})
   */
  load(file: ArrayBuffer | ArrayBufferView, options?: LoadOptions): void
}

export interface Trainer extends Model {
  /** Live views of the derivatives of the loss by name, which `gradient` fills; after a step their values are unspecified. */
  readonly gradients: Readonly<Record<TrainedName, Vector>>
  /** The number of epochs finished. */
  readonly epoch: number
  /** The learning rate of the next updates. A value set here holds until the schedule's next one, if there is a schedule. */
  learningRate: number
  /**
   * The mean loss of 1 or more samples, in evaluation mode.
   * @param x {{x}}.
   * @param y {{y}}.
   */
  loss(x: Inputs, y: Targets): number
  /**
   * The mean loss of 1 to {{batch}} samples, in training mode; fills `gradients` and changes nothing else.
   * @param x {{x}}.
   * @param y {{y}}.
   */
  gradient(x: Inputs, y: Targets): number
  /**
   * Makes one update from 1 to {{batch}} samples and returns their mean loss before it.
   * @param x {{x}}.
   * @param y {{y}}.
   */
  step(x: Inputs, y: Targets): number
  /**
   * Sets the parameters whose start values depend on data, from the first batch of x. Without this call the first step sets
   * them, unless the options or a loaded file did. If the network has no such parameters, x is only checked.
   */
  initialize(x: Inputs): void
  /** Ends an epoch: advances `epoch` and the schedule. TypeError: the schedule goes by a metric, and there is none. */
  nextEpoch(metric?: number): void
  /**
   * Trains for some epochs, with `nextEpoch` after each, and returns a report of each. RangeError: a loss is NaN or infinite; its update isn't made.
   * @param x {{x}}.
   * @param y {{y}}.
   * @example
   * {{data}}
   * trainer.fit(x, y, { epochs: 20, onEpoch: ({ epoch, loss }) => console.log(epoch, loss) })
   */
  fit(x: Inputs, y: Targets, options?: FitOptions): Report[]
  /**
   * The same as a generator: it trains an epoch each time the next report is asked for. Leaving its loop ends the training.
   * @param x {{x}}.
   * @param y {{y}}.
   */
  epochs(x: Inputs, y: Targets, options?: EpochsOptions): Generator<Report, void, undefined>
  /** The model's tensors, the optimizer's and the schedule's state, epoch, seed and learning rate as a safetensors file. */
  save(): Uint8Array & { readonly buffer: ArrayBuffer }
  /**
   * Takes a model's tensors, as a model does, and what else is the same here; the rest starts afresh. Epoch, seed and the count of steps,
   * which fixes random numbers, and plateau's metric and count come from any trainer's file; the optimizer's state, tensor by tensor with
   * its own count of steps, from one of the same optimizer; the learning rate from one of the same base rate too, else it is the spec's in
   * that epoch.
   * @example
   * trainer.load({{file}})
   */
  load(file: ArrayBuffer | ArrayBufferView, options?: LoadOptions): void
}

export interface LoadOptions {
  /**
   * Names here of tensors that the file calls otherwise, or of all whose names begin so, up to a dot: `{ 'fc.': 'linear0.' }`.
   * RangeError: the file has none that is called so, or two come to one name.
   */
  readonly rename?: Readonly<Record<string, string>> | undefined
}

export interface EpochsOptions {
  /** How many epochs; {{epochs}} unless given. */
  readonly epochs?: number | undefined
  /** Whether samples come in a new order each epoch, which the seed and the epoch fix; true unless given. */
  readonly shuffle?: boolean | undefined
  /** Samples whose loss each report also has; a schedule by metric then goes by that. */
  readonly validation?: { readonly x: Inputs; readonly y: Targets } | undefined
}

export interface FitOptions extends EpochsOptions {
  /** Called with the report of each epoch, after its `nextEpoch`; returning false ends the training. */
  readonly onEpoch?: ((report: Report) => boolean | void) | undefined
}

export interface Report {
  /** The epoch's number, from 0. */
  readonly epoch: number
  /** The mean loss of its samples, in training mode, each before its batch's update. */
  readonly loss: number
  /** The learning rate of its updates. */
  readonly learningRate: number
  /** The mean loss of the validation samples after it, in evaluation mode, if there are any. */
  readonly validationLoss?: number
}
