import fc from 'fast-check'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { sum } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { loadNetwork, type Network } from '../../src/spec/network.ts'
import { readSpecText } from '../../src/spec/read.ts'
import type { NetworkSpec } from '../../src/spec/schema.ts'
import { instantiate, type Emitted, type Trainer, type Vector } from '../support/emitted.ts'
import { expectClose, expectSameValues } from './compare.ts'
import {
  bindingsOf,
  drawBuffers,
  drawData,
  drawParameters,
  given,
  realInputs,
  smooth,
  withTies,
  type Data,
  type State,
} from './data.ts'
import { expectSlope } from './differences.ts'
import { nameOf, uniformRandom } from './network.ts'
import { Optimizer } from './optimizer.ts'
import { interpret, type TrainingResults } from './runner.ts'
import { specs } from './specs/index.ts'
import { sizeOf } from './specs/pieces.ts'

/** What a run over many networks has seen. */
export interface Tally {
  networks: number
  /** Those whose loss has a kink where differences were to be taken, or isn't finite. */
  kinked: number
}

/** Any network agrees with itself in three ways: as emitted module, as graph, by differences. */
export function networksAgree(tally: Tally, isWhole = false): fc.IAsyncProperty<[NetworkSpec, number]> {
  return fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
    tally.networks++
    if (!(await expectAgreement(spec, seed, isWhole))) tally.kinked++
  })
}

/**
 * Asserts that a spec's module predicts, derives and trains as the interpreter of its graph does, to the last bit, and that the
 * gradients are the loss's slopes.
 * @param isWhole whether the module is checked and formatted too, which takes most of the time.
 * @returns whether the slopes could be taken: at a kink there are none.
 */
export async function expectAgreement(spec: NetworkSpec, seed: number, isWhole = false): Promise<boolean> {
  const file = 'random.net.json'
  const network = await loadNetwork(readSpecText({ file, text: JSON.stringify(spec) }))
  const text = isWhole ? (await compile(network, file)).text : await renderModule(describeModule(network, file))
  const module = await instantiate(text)

  const random = uniformRandom(seed)
  const [parameters, buffers] = [drawParameters(network, random), drawBuffers(network, random)]
  const start: State = { parameters, buffers, seed, steps: 0 }
  expectManySamples(network, module, start, random)

  const { batch } = network.train
  const fewer = Math.max(Math.ceil(batch / 2), network.leastSamples)
  const derivable = [...network.trained, ...realInputs(network)].map(({ node }) => node)
  const run = interpret({ ...network, parameters: derivable })
  const trainer = module.createTrainer(start)
  expectStart(network, module, start, random)
  const optimizer = new Optimizer(network)
  const step = (state: State, data: Data, results: TrainingResults): State => {
    expectDerived(network, trainer, data, results)
    return expectStepped(network, trainer, data, results, state, optimizer)
  }
  const data = drawData(network, batch, random, smooth)
  const results = run(bindingsOf(data, start))
  const next = step(start, data, results)
  const tied = drawData(network, fewer, random, withTies)
  step(next, tied, run(bindingsOf(tied, next)))
  return expectSlope(network, data, start, results.gradients, random)
}

/** What a batch makes the parameters start as. */
function expectStart(network: Network, module: Emitted, state: State, random: () => number): void {
  const { starts, train } = network
  if (starts.length === 0) return
  const data = drawData(network, train.batch, random, smooth)
  const trainer = module.createTrainer(state)
  trainer.initialize(given(data.inputs))
  const values = evaluate(
    starts.map(({ value }) => value),
    bindingsOf(data, state),
  )
  const started = Object.fromEntries(starts.map(({ target }, k) => [nameOf(target), values[k]!]))
  for (const { name } of network.parameters)
    expectSameValues(trainer.parameters[name]!, started[name] ?? state.parameters[name]!, `the start of ${name}`)
}

/** What changes nothing: predictions, losses, gradients. */
function expectDerived(network: Network, trainer: Trainer, data: Data, expected: TrainingResults): void {
  const [x, y] = [given(data.inputs), given(data.targets)]
  const { prediction, lossSum, trainingLossSum, gradients } = expected
  expectSameValues(trainer.predict(x), prediction, 'the prediction')
  expectSameValues([trainer.loss(x, y)], [lossSum / data.samples], 'the loss')
  expectSameValues([trainer.gradient(x, y)], [trainingLossSum / data.samples], 'the training loss')
  const [shown, trained] = [Object.keys(trainer.gradients), network.trained.map(({ name }) => name)]
  if (String(shown) !== String(trained)) throw new Error(`gradients by ${shown.join()}, expected by ${trained.join()}`)
  const views = [...Object.entries(trainer.gradients), ...inputGradients(network, trainer, data.samples)]
  for (const [name, view] of views) expectSameValues(view, gradients[name]!, `the gradient by ${name}`)
}

/** An update. @returns what the trainer holds then. */
function expectStepped(
  network: Network,
  trainer: Trainer,
  data: Data,
  { trainingLossSum, gradients, writes }: TrainingResults,
  state: State,
  optimizer: Optimizer,
): State {
  const loss = trainer.step(given(data.inputs), given(data.targets))
  expectSameValues([loss], [trainingLossSum / data.samples], 'the loss of the step')
  const steps = state.steps + 1
  const parameters = optimizer.step(state.parameters, gradients, trainer.learningRate)
  const buffers = Object.fromEntries(network.writes.map(({ target }, k) => [nameOf(target), writes[k]!]))
  for (const { name } of network.parameters)
    expectSameValues(trainer.parameters[name]!, parameters[name]!, `${name} after ${steps} steps`)
  for (const { name } of network.buffers)
    expectSameValues(trainer.buffers[name]!, buffers[name]!, `${name} after ${steps} steps`)
  return { ...state, parameters, buffers, steps }
}

/** More samples than a step takes: the module goes through them batch by batch, so that the losses are added in another order. */
function expectManySamples(network: Network, module: Emitted, state: State, random: () => number): void {
  const data = drawData(network, 2 * network.train.batch + 1, random, smooth)
  const [x, y] = [given(data.inputs), given(data.targets)]
  const [prediction, lossSum] = evaluate([network.output, sum(network.losses, [0])], bindingsOf(data, state))
  expectSameValues(module.createModel(state).predict(x), prediction!, 'the prediction of many samples')
  const loss = module.createTrainer(state).loss(x, y)
  expectClose([loss], [lossSum![0]! / data.samples], { relative: 1e-12, absolute: 1e-15 }, 'the loss of many samples')
}

/** What the trainer shows of the gradients by inputs, for so many samples. */
function inputGradients({ inputs, emit }: Network, trainer: Trainer, samples: number): [string, Vector][] {
  return emit.inputGradients.map(({ name, shape }) => {
    const shown = trainer.inputGradient!
    const view = inputs.length === 1 ? shown : (shown as Readonly<Record<string, Vector>>)[name]
    return [name, (view as Vector).subarray(0, samples * sizeOf(shape))]
  })
}
