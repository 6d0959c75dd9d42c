import { copySamples, countSamples, type Port } from './arguments.ts'
import { expected } from './expected.ts'
import type { Options, Report, Trainer } from './interface.ts'
import { modelOf, type ModelPlan, type Program } from './model.ts'
import type { Inputs, Targets, Vector } from './module.ts'
import { decode, encode, restore } from './safetensors.ts'
import { permutation } from './shuffle.ts'
import { tensorsIn, viewsOf } from './tensors.ts'

/** What a trainer is made of. */
export interface TrainerPlan {
  readonly model: ModelPlan
  readonly targets: readonly Port[]
  /** How many epochs `fit` trains unless told. */
  readonly epochs: number
  /** The offset of the sum of the samples' losses. */
  readonly sum: number
  /** The offset of the gradients, which lie as the parameters do. */
  readonly gradients: number
  /** The offsets of the optimizer's states, by name, each as large as the parameters. */
  readonly optimizer: Readonly<Record<string, number>>
  /** Evaluation mode: the sum of the losses. */
  readonly loss: Program
  /** Training mode: the sum of the losses, and the gradients of their mean. */
  readonly gradient: Program
  /** One step of the optimizer. */
  readonly update: (arena: Vector, learningRate: number) => void
  readonly learningRate: number
  /** The factor of the learning rate in an epoch. */
  readonly schedule?: (epoch: number) => number
}

/** The trainer that lives in `arena`, started anew. */
export function trainerOf(plan: TrainerPlan, arena: Vector, options: Options): Trainer {
  const { inputs, batch, parameters, buffers } = plan.model
  const { targets, schedule } = plan
  const { tensors } = parameters
  const model = modelOf(plan.model, arena, options)
  const required = [...tensorsIn(arena, parameters), ...tensorsIn(arena, buffers)]
  const optional = Object.entries(plan.optimizer).flatMap(([state, offset]) =>
    tensorsIn(arena, { offset, tensors }, `optimizer.${state}.`),
  )
  const fresh = { epoch: 0, seed: options.seed ?? 0, steps: 0, learningRate: plan.learningRate }
  let { epoch, seed, steps, learningRate } = fresh

  /** The number of samples in x and y, both checked whole: from 1 to `most`. */
  function countPairs(x: Inputs, y: Targets, most = Infinity): number {
    const samples = countSamples(inputs, x)
    const labels = countSamples(targets, y)
    if (samples < 1 || samples > most) expected(most < Infinity ? `1 to ${most} samples` : 'samples', samples)
    if (labels !== samples) expected(`${samples} samples of targets`, labels)
    return samples
  }

  /** Copies samples into the arena and runs a program on them; the sum of their losses. */
  function run(program: Program, x: Inputs, y: Targets, from: number, count: number, order?: Uint32Array): number {
    copySamples(arena, inputs, x, from, count, order)
    copySamples(arena, targets, y, from, count, order)
    program(arena, count)
    return arena[plan.sum]!
  }

  /** The same for one training step. */
  function train(x: Inputs, y: Targets, from: number, count: number, order?: Uint32Array): number {
    const sum = run(plan.gradient, x, y, from, count, order)
    plan.update(arena, learningRate)
    steps++
    return sum
  }

  /** The mean loss of all samples, taken in batches by `each`. */
  function mean(each: ..., x, y, order?) {
  }
