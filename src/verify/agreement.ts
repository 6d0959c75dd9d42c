import type { Network } from '../language/networks/network.ts'
import { shareIn } from '../language/networks/views.ts'
import type { Bindings } from '../graph/evaluate.ts'
import type { Port } from '../language/networks/builder.ts'
import * as initializers from '../runtime/initializers.ts'
import type { Vector } from '../runtime/types.ts'
import { largestMagnitude, type Tolerance } from './compare.ts'
import {
  bindingsOf,
  copies,
  cut,
  given,
  sizeOf,
  startOf,
  stateOf,
  type Data,
  type State,
  type Tensors,
} from './data.ts'
import type { Emitted, Options, Trainer } from '../emit/emitted.ts'
import { Findings } from './findings.ts'
import { interpret, nameOf, type TrainingResults } from './interpret.ts'
import {
  amongTerms,
  compareOpenly,
  divisorIn,
  divisorOf,
  roundings,
  scaled,
  type Expected,
  type Meaning,
} from './meaning.ts'
import { Kinks } from './kinks.ts'
import { Optimizer } from './optimizer.ts'
import { whereIs } from './place.ts'
import { LearningRate } from './schedule.ts'
import { compareTold, hessianOf } from './told.ts'
import { listed, predictionOf } from './predictions.ts'

/** What a candidate is of, where a network has several losses. */
interface OfObjective {
  readonly name: string
  /** The whole network. */
  readonly whole: Network
}

/** A module, and what it is compared with. */
export interface Candidate {
  readonly network: Network
  readonly module: Emitted
  readonly meaning: Meaning
  /** What its models and trainers are made with besides start values. */
  readonly options?: Pick<Options, 'wasm'>
  /** Where it is of one of several losses. */
  readonly objective?: OfObjective
}

/** What a module is tried on. */
export interface Trial {
  readonly seed: number
  /** Start values in place of those that training draws. */
  readonly start?: Pick<State, 'parameters' | 'buffers'>
  /** Of one training step each; the first also starts what data starts. */
  readonly batches: readonly [Data, ...Data[]]
  /** The inputs by which the interpreter differentiates too: those that the module shows, and others. */
  readonly variables: readonly Port[]
}

/** What the interpreter makes of the first batch, and the state in which it does. */
export interface Interpreted {
  readonly state: State
  readonly results: TrainingResults<Expected>
  /** The module's own, of that batch. */
  readonly gradients: Tensors
}

/** What single precision may lose of a tensor that an update leaves, and of how far the update went. */
const updates = { stored: 2 ** -22, moved: 2 ** -12 } as const

/** Learning rates call the engine's mathematics or the module's own; a mean over several batches adds in another order. */
const nearly: Tolerance = { relative: 1e-14 }

/**
 * Compares what a module predicts, derives and trains with what the interpreter of its graph does: both compute with the same
 * functions, round alike, and add in the same order.
 */
export function agree(candidate: Candidate, trial: Trial, findings: Findings): Interpreted {
  const { network, module, meaning, options } = candidate
  const { seed, start, variables } = trial
  const trainer = module.createTrainer({ ...options, ...start, seed })
  if (!start) compareDrawn(network, trainer, seed, findings)
  compareStarts(candidate, trainer, trial, findings)
  const derivable = [...network.trained, ...variables].map(({ node }) => node)
  const run = interpret({ ...network, parameters: derivable })
  const products = hessianOf(network)
  const whole = candidate.objective?.whole ?? network
  const optimizer = new Optimizer(network, meaning, whole)
  const rate = new LearningRate(whole)
  // An objective's learning rate is in proportion to the trainer's, which is the first one's.
  const share = shareIn(whole, network.train.learningRate)

  let first: Interpreted | undefined
  for (const [steps, data] of trial.batches.entries()) {
    const state = stateOf(trainer, seed, steps)
    const bindings = bindingsOf(data, state)
    const found = new Findings()
    const { results, gradients } = compareOpenly(meaning, seed, found, (way, derived) => {
      const interpreted = run(way, bindings)
      compareTold({ network, meaning, products }, trainer, data, bindings, way, derived)
      return { results: interpreted, gradients: compareDerived(candidate, trainer, data, interpreted, derived) }
    })
    first ??= { state, results, gradients }
    const expected = optimizer.step(state.parameters, gradients, trainer.learningRate * share)
    const loss = compareStep(candidate, trainer, data, { state, results, expected }, found)
    excuseKinks(candidate, bindings, found)
    findings.absorb(found)
    trainer.nextEpoch(loss)
    rate.advance(loss)
    const quantity = `the learning rate of epoch ${trainer.epoch}`
    findings.compare([trainer.learningRate], [rate.value], { quantity, shape: [] }, nearly)
  }
  return first!
}

/** Within so much of its operands of a kink, single precision may take either branch. */
const roundingOfKinks = 2 ** -16

/** Where a module rounds at other places, it may take another branch at a kink: then what differs says nothing. */
function excuseKinks({ network, meaning }: Candidate, bindings: Bindings, findings: Findings): void {
  if (!meaning.rounded || findings.differences.length === 0) return
  const told = (network.metrics ?? []).flatMap(({ sums }) => sums)
  const kinks = new Kinks([...network.outputs, network.losses, network.training.losses, ...told])
  const near = kinks.firstNear(bindings, roundingOfKinks)
  if (near) findings.excuse(`a kink lies within rounding, ${whereIs(network, near)}, where it may go either way`)
}

/** Start values as their initializers draw them: parameters first, each in a random stream of its own. */
function compareDrawn(network: Network, trainer: Trainer, seed: number, findings: Findings): void {
  // Functions like log are the engine's or the module's own; an initializer's solving and projecting enlarge their last bits.
  const tolerance: Tolerance = network.emit.math === 'engine' ? {} : { relative: 1e-6 }
  const views = [trainer.parameters, trainer.buffers].flatMap((record) => Object.entries(record))
  const tensors = [...network.parameters, ...network.buffers]
  for (const [stream, { name, shape, initial }] of tensors.entries()) {
    const view = views.find(([own]) => own === name)![1]
    const drawn = view.slice()
    const draw = initializers[initial.function] as (view: Vector, ...numbers: readonly number[]) => void
    draw(drawn, ...initial.arguments, seed, stream)
    findings.compare(view, drawn, { quantity: 'the start of', tensor: name, shape }, tolerance)
  }
}

/** What a batch makes the parameters start as. */
function compareStarts(
  { network, module, meaning, options }: Candidate,
  trainer: Trainer,
  { batches: [data], seed, start }: Trial,
  findings: Findings,
): void {
  const { starts } = network
  if (starts.length === 0) return
  const before = stateOf(trainer, seed, 0)
  // One that was given start values has started.
  const started = start ? module.createTrainer({ ...options, ...start, seed }) : trainer
  started.initialize(given(data.inputs))
  const bindings = bindingsOf(data, before)
  compareOpenly(meaning, seed, findings, (way, found) => {
    const values = way(
      starts.map(({ value }) => value),
      bindings,
    )
    const byName = new Map(starts.map(({ target }, k) => [nameOf(target), values[k]!]))
    for (const { name, shape } of network.parameters) {
      const own = byName.get(name)
      const expected = own ? amongTerms(own, meaning, values) : { values: before.parameters[name]!, tolerance: {} }
      const quantity = { quantity: 'by its first batch, the start of', tensor: name, shape }
      found.compare(started.parameters[name]!, expected.values, quantity, expected.tolerance)
    }
  })
}

/** What changes nothing: predictions, losses, gradients. @returns the gradients by parameters. */
function compareDerived(
  { network, meaning }: Candidate,
  trainer: Trainer,
  data: Data,
  results: TrainingResults<Expected>,
  findings: Findings,
): Tensors {
  const { samples } = data
  const { predictions, lossSum, normalizerSum, trainingLossSum, trainingNormalizerSum, gradients } = results
  const [x, y] = [given(data.inputs), given(data.targets)]
  const compare = (actual: ArrayLike<number>, { values, tolerance }: Expected, quantity: string, shape: number[]) =>
    findings.compare(actual, values, { quantity, shape }, tolerance)
  const predicted = listed(trainer.predict(x))
  network.outputs.forEach((output, k) =>
    compare(predicted[k]!, predictions[k]!, predictionOf(network, k), [samples, ...output.shape.slice(1)] as number[]),
  )
  compare([trainer.loss(x, y)], scaled(lossSum, divisorOf(samples, normalizerSum)), 'the loss', [])
  const divisor = divisorOf(samples, trainingNormalizerSum)
  compare([trainer.gradient(x, y)], scaled(trainingLossSum, divisor), 'the training loss', [])
  const [shown, trained] = [Object.keys(trainer.gradients), network.trained.map(({ name }) => name)]
  if (String(shown) !== String(trained)) throw new Error(`gradients by ${shown.join()}, expected by ${trained.join()}`)
  const views = [
    ...network.trained.map(({ name, shape }) => [name, shape, trainer.gradients[name]!] as const),
    ...inputGradients(network, trainer, samples),
  ]
  const terms = Object.values(gradients)
  if (terms.some(({ tolerance }) => tolerance.absolute === Infinity))
    findings.note('single precision overflows in the gradients: they may be any')
  for (const [tensor, shape, view] of views) {
    const { values, tolerance } = amongTerms(gradients[tensor]!, meaning, terms)
    findings.compare(view, values, { quantity: 'the gradient by', tensor, shape }, tolerance)
  }
  return copies(trainer.gradients)
}

/** An update by the trainer's own gradients. @returns its loss. */
function compareStep(
  { network, meaning }: Candidate,
  trainer: Trainer,
  data: Data,
  before: { readonly state: State; readonly results: TrainingResults<Expected>; readonly expected: Tensors },
  findings: Findings,
): number {
  const { state, results, expected } = before
  const loss = trainer.step(given(data.inputs), given(data.targets))
  const mean = scaled(results.trainingLossSum, divisorOf(data.samples, results.trainingNormalizerSum))
  const after = state.steps === 0 ? 'after a step,' : `after ${state.steps + 1} steps,`
  findings.compare([loss], mean.values, { quantity: `the loss of step ${state.steps + 1}`, shape: [] }, mean.tolerance)
  for (const { name: tensor, shape } of network.parameters) {
    const start = state.parameters[tensor]!
    const moved = new Float64Array(expected[tensor]!).map((value, at) => value - start[at]!)
    const overflows = meaning.rounded && new Float32Array(expected[tensor]!).some((value) => !Number.isFinite(value))
    if (overflows) findings.note('single precision overflows in the parameters: they may be any')
    const absolute = overflows ? Infinity : updates.moved * largestMagnitude(moved)
    const tolerance = { relative: updates.stored, absolute }
    const [quantity, view] = [{ quantity: after, tensor, shape }, trainer.parameters[tensor]!]
    findings.compare(view, expected[tensor]!, quantity, meaning.rounded ? tolerance : {})
  }
  const written = new Map(network.writes.map(({ target }, k) => [nameOf(target), results.writes[k]!]))
  for (const { name: tensor, shape } of network.buffers) {
    const own = written.get(tensor)
    const kept = { values: state.buffers[tensor]!, tolerance: {} }
    const { values, tolerance } = own ? amongTerms(own, meaning, results.writes) : kept
    findings.compare(trainer.buffers[tensor]!, values, { quantity: after, tensor, shape }, tolerance)
  }
  return loss
}

/** What a trainer shows of the gradients by inputs, for so many samples: names, shapes, elements. */
export function inputGradients({ inputs, emit }: Network, trainer: Trainer, samples: number) {
  return emit.inputGradients.map(({ name, shape }) => {
    const shown = trainer.inputGradient!
    const view = inputs.length === 1 ? shown : (shown as Readonly<Record<string, Vector>>)[name]
    return [name, [samples, ...shape], (view as Vector).subarray(0, samples * sizeOf(shape))] as const
  })
}

/**
 * Samples of which several batches are made have the predictions, and but for the order of a sum the loss, of these batches; and no
 * sample's prediction depends on the others.
 */
export function compareInPieces(
  { network, module, meaning, options }: Candidate,
  state: State,
  data: Data,
  findings: Findings,
) {
  const { batch } = network.train
  const trainer = module.createTrainer({ ...options, ...startOf(state) })
  const piecesOf = (size: number) =>
    Array.from({ length: Math.ceil(data.samples / size) }, (_, k) =>
      cut(network, data, k * size, Math.min((k + 1) * size, data.samples)),
    )
  const predictedIn = (pieces: readonly Data[]) => {
    const each = pieces.map(({ inputs }) => listed(trainer.predict(given(inputs))))
    return network.outputs.map((_, k) => each.flatMap((predicted) => [...predicted[k]!]))
  }
  const [x, y] = [given(data.inputs), given(data.targets)]
  const batches = piecesOf(batch)
  const [inBatches, alone] = [predictedIn(batches), predictedIn(piecesOf(1))]
  listed(trainer.predict(x)).forEach((prediction, k) => {
    findings.compare(prediction, inBatches[k]!, { quantity: `${predictionOf(network, k)}, of several batches` })
    findings.compare(prediction, alone[k]!, { quantity: `${predictionOf(network, k)}, of samples alone` })
  })
  const divisors = batches.map((piece) => divisorIn(network, bindingsOf(piece, state), meaning.kernels))
  const losses = batches.map((piece, k) => trainer.loss(given(piece.inputs), given(piece.targets)) * divisors[k]!)
  const [total, divisor] = [losses, divisors].map((list) => list.reduce((sum, value) => sum + value, 0)) as [
    number,
    number,
  ]
  const mean = divisor && total / divisor
  // Divisors are rounded where the module stores them.
  const tolerance = network.normalizers && meaning.rounded ? { relative: roundings.stored } : nearly
  findings.compare([trainer.loss(x, y)], [mean], { quantity: 'the loss of several batches', shape: [] }, tolerance)
}
