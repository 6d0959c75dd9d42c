import fc from 'fast-check'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { sum } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { loadNetwork, type Network } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { withoutIdioms } from '../../src/programs/recognise.ts'
import type { NetworkSpec } from '../../src/language/networks/schema.ts'
import { wasmCosts } from '../../src/targets/wasm/costs.ts'
import { instantiate, type Emitted, type Trainer, type Vector } from '../support/emitted.ts'
import { expectClose, expectSameValues, isClose, type Tolerance } from './compare.ts'
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
  type Tensors,
} from './data.ts'
import { expectSlope } from './differences.ts'
import { nameOf, uniformRandom } from './network.ts'
import { Optimizer } from './optimizer.ts'
import { portably } from './portable.ts'
import { interpret, type TrainingResults } from './runner.ts'
import { specs } from './specs/index.ts'
import { sizeOf } from './specs/pieces.ts'

/** What a run over many networks has seen. */
export interface Tally {
  networks: number
  /** Those whose loss has a kink where differences were to be taken, or isn't finite; that are too bent for single precision. */
  unsmooth: number
}

/** Of what a network is made for a comparison. */
export interface Make {
  readonly target?: 'typescript' | 'wasm'
  readonly precision?: 'f32' | 'f64'
  /** Whether the module is checked and formatted too, which takes most of the time. */
  readonly isWhole?: boolean
}

/** Sums over many samples are added up batch by batch, and so round otherwise. */
const nearness = { f64: { relative: 1e-12, absolute: 1e-15 }, f32: { relative: 1e-5, absolute: 1e-6 } } as const

/** What single precision may be away from double. */
const singleFromDouble = { relative: 1e-4, absolute: 1e-6 } as const

/** Any network agrees with itself in three ways: as emitted module, as graph, by differences. */
export function networksAgree(tally: Tally, make: Make = {}): fc.IAsyncProperty<[NetworkSpec, number]> {
  return fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
    tally.networks++
    if (!(await expectAgreement(spec, seed, make))) tally.unsmooth++
  })
}

/**
 * Asserts that a spec's module predicts, derives and trains as the interpreter of its graph does, to the last bit: both compute with
 * the same functions, round alike, and add in the same order. For TypeScript, that the gradients are the loss's slopes.
 * @returns whether there are slopes, which a kink hasn't; for WebAssembly, whether single precision is near to double.
 */
export async function expectAgreement(spec: NetworkSpec, seed: number, make: Make = {}): Promise<boolean> {
  const { target = 'typescript', precision = 'f64', isWhole = false } = make
  const file = 'random.net.json'
  const loaded = await loadNetwork(readSpecText({ file, text: JSON.stringify(spec) }))
  const options = { target, precision }
  const text = isWhole
    ? (await compile(loaded, file, options)).text
    : await renderModule(await describeModule(loaded, file, options))
  const network = withoutIdioms(loaded, precision)
  const module = await instantiate(text)

  const evaluateNodes = target === 'wasm' ? portably(precision) : evaluate
  const random = uniformRandom(seed)
  const [parameters, buffers] = [drawParameters(network, random), drawBuffers(network, random)]
  const trainer = module.createTrainer({ parameters, buffers, seed })
  // As they are stored.
  const start: State = { parameters: copies(trainer.parameters), buffers: copies(trainer.buffers), seed, steps: 0 }
  expectManySamples(network, module, start, random, evaluateNodes, nearness[precision])

  const { batch } = network.train
  const fewer = Math.max(Math.ceil(batch / 2), network.leastSamples)
  const derivable = [...network.trained, ...realInputs(network)].map(({ node }) => node)
  const objective = { ...network, parameters: derivable }
  const run = interpret(objective, evaluateNodes)
  expectStart(network, module, start, random, evaluateNodes)
  const optimizer = new Optimizer(network, evaluateNodes, target === 'wasm' ? wasmCosts(precision).negligible : 0)
  const step = (state: State, data: Data, results: TrainingResults): State => {
    const gradients = expectDerived(network, trainer, data, results)
    return expectStepped(network, trainer, data, { ...results, gradients }, state, optimizer)
  }
  const data = drawData(network, batch, random, smooth)
  const results = run(bindingsOf(data, start))
  const next = step(start, data, results)
  const tied = drawData(network, fewer, random, withTies)
  step(next, tied, run(bindingsOf(tied, next)))
  return target === 'wasm'
    ? areClose(results, interpret(objective, portably('f64'))(bindingsOf(data, start)))
    : expectSlope(network, data, start, results.gradients, random)
}

function areClose(single: TrainingResults, double: TrainingResults): boolean {
  const tensorsOf = ({ prediction, lossSum, gradients }: TrainingResults) => [
    prediction,
    [lossSum],
    ...Object.values(gradients),
  ]
  const expected = tensorsOf(double)
  return tensorsOf(single).every((tensor, k) => isClose(tensor, expected[k]!, singleFromDouble))
}

/** What a batch makes the parameters start as. */
function expectStart(
  network: Network,
  module: Emitted,
  state: State,
  random: () => number,
  evaluateNodes: typeof evaluate,
): void {
  const { starts, train } = network
  if (starts.length === 0) return
  const data = drawData(network, train.batch, random, smooth)
  const trainer = module.createTrainer(state)
  trainer.initialize(given(data.inputs))
  const values = evaluateNodes(
    starts.map(({ value }) => value),
    bindingsOf(data, state),
  )
  const started = Object.fromEntries(starts.map(({ target }, k) => [nameOf(target), values[k]!]))
  for (const { name } of network.parameters)
    expectSameValues(trainer.parameters[name]!, started[name] ?? state.parameters[name]!, `the start of ${name}`)
}

/** What changes nothing: predictions, losses, gradients. @returns the gradients by parameters. */
function expectDerived(network: Network, trainer: Trainer, data: Data, expected: TrainingResults): Tensors {
  const [x, y] = [given(data.inputs), given(data.targets)]
  const { prediction, lossSum, trainingLossSum, gradients } = expected
  expectSameValues(trainer.predict(x), prediction, 'the prediction')
  expectSameValues([trainer.loss(x, y)], [lossSum / data.samples], 'the loss')
  expectSameValues([trainer.gradient(x, y)], [trainingLossSum / data.samples], 'the training loss')
  const [shown, trained] = [Object.keys(trainer.gradients), network.trained.map(({ name }) => name)]
  if (String(shown) !== String(trained)) throw new Error(`gradients by ${shown.join()}, expected by ${trained.join()}`)
  const views = [...Object.entries(trainer.gradients), ...inputGradients(network, trainer, data.samples)]
  for (const [name, view] of views) expectSameValues(view, gradients[name]!, `the gradient by ${name}`)
  return copies(trainer.gradients)
}

/** An update by the trainer's own gradients. @returns what the trainer holds then. */
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
  return { ...state, parameters: copies(trainer.parameters), buffers: copies(trainer.buffers), steps }
}

function copies(views: Readonly<Record<string, Vector>>): Tensors {
  return Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.slice()]))
}

/** More samples than a step takes: the module goes through them batch by batch, so that the losses are added in another order. */
function expectManySamples(
  network: Network,
  module: Emitted,
  state: State,
  random: () => number,
  evaluateNodes: typeof evaluate,
  tolerance: Tolerance,
): void {
  const data = drawData(network, 2 * network.train.batch + 1, random, smooth)
  const [x, y] = [given(data.inputs), given(data.targets)]
  const [prediction, lossSum] = evaluateNodes([network.output, sum(network.losses, [0])], bindingsOf(data, state))
  expectSameValues(module.createModel(state).predict(x), prediction!, 'the prediction of many samples')
  const loss = module.createTrainer(state).loss(x, y)
  expectClose([loss], [lossSum![0]! / data.samples], tolerance, 'the loss of many samples')
}

/** What the trainer shows of the gradients by inputs, for so many samples. */
function inputGradients({ inputs, emit }: Network, trainer: Trainer, samples: number): [string, Vector][] {
  return emit.inputGradients.map(({ name, shape }) => {
    const shown = trainer.inputGradient!
    const view = inputs.length === 1 ? shown : (shown as Readonly<Record<string, Vector>>)[name]
    return [name, (view as Vector).subarray(0, samples * sizeOf(shape))]
  })
}
