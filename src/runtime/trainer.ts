import { copySamples, countSamples, type Port } from './arguments.ts'
import { expected, finite, whole } from './expected.ts'
import type { FitOptions, Options, Report, Trainer } from './interface.ts'
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
  const { targets } = plan
  const { tensors } = parameters
  const model = modelOf(plan.model, arena, options)
  const required = [...tensorsIn(arena, parameters), ...tensorsIn(arena, buffers)]
  const optional = Object.entries(plan.optimizer).flatMap(([state, offset]) =>
    tensorsIn(arena, { offset, tensors }, `optimizer.${state}.`),
  )
  const baseRate = (at: number) => plan.learningRate * (plan.schedule ? plan.schedule(at) : 1)
  const fresh = { epoch: 0, seed: options.seed ?? 0, steps: 0, learningRate: baseRate(0) }
  let { epoch, seed, steps, learningRate } = fresh

  /** The number of samples in x and y, both checked whole: from 1 to `most`. */
  function countPairs(x: Inputs, y: Targets, most = Infinity): number {
    const samples = countSamples(inputs, x)
    const labels = countSamples(targets, y)
    if (samples < 1 || samples > most) expected(`1 to ${most} samples`, samples)
    if (labels !== samples) expected(`targets of ${samples} samples`, labels)
    return samples
  }

  /** The mean loss of `samples` samples, run batch by batch; if `training`, with an update after each batch. */
  function pass(
    program: Program,
    training: boolean,
    x: Inputs,
    y: Targets,
    samples: number,
    order?: Uint32Array,
  ): number {
    let sum = 0
    for (let start = 0; start < samples; start += batch) {
      const count = Math.min(batch, samples - start)
      copySamples(arena, inputs, x, start, count, order)
      copySamples(arena, targets, y, start, count, order)
      program(arena, count)
      sum += arena[plan.sum]!
      if (training) {
        plan.update(arena, learningRate)
        steps++
      }
    }
    return sum / samples
  }

  const loss = (x: Inputs, y: Targets) => pass(plan.loss, false, x, y, countPairs(x, y))

  function nextEpoch(_metric?: number): void {
    epoch++
    if (plan.schedule) learningRate = baseRate(epoch)
  }

  function* reports(
    x: Inputs,
    y: Targets,
    epochs: number,
    shuffle: boolean,
    validation: FitOptions['validation'],
  ): Generator<Report, void, undefined> {
    while (epochs--) {
      const samples = countPairs(x, y)
      const order = shuffle ? permutation(samples, seed, epoch) : undefined
      const report = { epoch, learningRate, loss: pass(plan.gradient, true, x, y, samples, order) }
      const validationLoss = validation && loss(validation.x, validation.y)
      nextEpoch(validationLoss ?? report.loss)
      yield validationLoss === undefined ? report : { ...report, validationLoss }
    }
  }

  return {
    ...model,
    gradients: viewsOf(tensorsIn(arena, { offset: plan.gradients, tensors })) as Trainer['gradients'],
    get epoch() {
      return epoch
    },
    get learningRate() {
      return learningRate
    },
    set learningRate(value) {
      learningRate = finite('learningRate', value)
    },
    loss,
    gradient: (x, y) => pass(plan.gradient, false, x, y, countPairs(x, y, batch)),
    step: (x, y) => pass(plan.gradient, true, x, y, countPairs(x, y, batch)),
    nextEpoch,
    fit(x, y, { epochs = plan.epochs, shuffle = true, validation } = {}) {
      countPairs(x, y)
      if (validation) countPairs(validation.x, validation.y)
      return reports(x, y, whole('epochs', epochs), shuffle, validation)
    },
    save: () =>
      encode([...required, ...optional], {
        epoch: `${epoch}`,
        seed: `${seed}`,
        steps: `${steps}`,
        learningRate: `${learningRate}`,
      }),
    load(bytes) {
      const checkpoint = decode(bytes)
      const state = { ...fresh, ...checkpoint.metadata }
      const read = {
        epoch: whole('epoch', +state.epoch),
        seed: whole('seed', +state.seed, -Infinity),
        steps: whole('steps', +state.steps),
        learningRate: finite('learningRate', +state.learningRate),
      }
      restore(checkpoint, required, optional)
      ;({ epoch, seed, steps, learningRate } = read)
    },
  }
}
