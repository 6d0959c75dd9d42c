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
  type Tensors,
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

/** Of what a network is made for a comparison. */
export interface Make {
  readonly target?: 'typescript' | 'wasm'
  readonly precision?: 'f32' | 'f64'
  /** Whether the module is checked and formatted too, which takes most of the time. */
  readonly isWhole?: boolean
}

/** Asserts what a module computes; says what it is if not. */
type Expect = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) => void

/** TypeScript computes as the interpreter does, WebAssembly with other functions and in either precision. */
function expectFor({ target, precision = 'f64' }: Make): Expect {
  if (target !== 'wasm') return expectSameValues
  return precision === 'f64' ? expectNear : expectSimilar
}

const expectNear: Expect = (actual, expected, what) =>
  expectClose(actual, expected, { relative: 1e-12, absolute: 1e-15 }, what)
const expectSimilar: Expect = (actual, expected, what) =>
  expectClose(actual, expected, { relative: 1e-4, absolute: 1e-6 }, what)

/** Any network agrees with itself in three ways: as emitted module, as graph, by differences. */
export function networksAgree(tally: Tally, make: Make = {}): fc.IAsyncProperty<[NetworkSpec, number]> {
  return fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
    tally.networks++
    if (!(await expectAgreement(spec, seed, make))) tally.kinked++
  })
}

/**
 * Asserts that a spec's module predicts, derives and trains as the interpreter of its graph does (TypeScript to the last bit), and
 * that the gradients are the loss's slopes.
 * @returns whether all that could be asserted. At a kink there is no slope, and single precision may go on along its other side: then
 * the module must agree elsewhere, at one of two more points.
 */
export async function expectAgreement(spec: NetworkSpec, seed: number, make: Make = {}): Promise<boolean> {
  const { target = 'typescript', precision = 'f64', isWhole = false } = make
  const file = 'random.net.json'
  const network = await loadNetwork(readSpecText({ file, text: JSON.stringify(spec) }))
  const options = { target, precision }
  const text = isWhole
    ? (await compile(network, file, options)).text
    : await renderModule(describeModule(network, file, options))
  const module = await instantiate(text)
  if (precision === 'f64') return expectAgreementAt(network, module, seed, make)
  for (const shift of [0, 1]) {
    try {
      return expectAgreementAt(network, module, seed + shift, make) && shift === 0
    } catch {
      continue
    }
  }
  expectAgreementAt(network, module, seed + 2, make)
  return false
}

/** At the random point of a seed. */
function expectAgreementAt(network: Network, module: Emitted, seed: number, make: Make): boolean {
  const expectValues = expectFor(make)
  const random = uniformRandom(seed)
  const [parameters, buffers] = [drawParameters(network, random), drawBuffers(network, random)]
  const start: State = { parameters, buffers, seed, steps: 0 }
  expectManySamples(network, module, start, random, expectValues)

  const { batch } = network.train
  const fewer = Math.max(Math.ceil(batch / 2), network.leastSamples)
  const derivable = [...network.trained, ...realInputs(network)].map(({ node }) => node)
  const run = interpret({ ...network, parameters: derivable })
  const trainer = module.createTrainer(start)
  expectStart(network, module, start, random, expectValues)
  const optimizer = new Optimizer(network)
  const step = (state: State, data: Data, results: TrainingResults): State => {
    const gradients = expectDerived(network, trainer, data, results, expectValues)
    return expectStepped(network, trainer, data, { ...results, gradients }, state, optimizer, expectValues)
  }
  const data = drawData(network, batch, random, smooth)
  const results = run(bindingsOf(data, start))
  const next = step(start, data, results)
  const tied = drawData(network, fewer, random, withTies)
  step(next, tied, run(bindingsOf(tied, next)))
  return make.target === 'wasm' || expectSlope(network, data, start, results.gradients, random)
}

/** What a batch makes the parameters start as. */
function expectStart(
  network: Network,
  module: Emitted,
  state: State,
  random: () => number,
  expectValues: Expect,
): void {
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
    expectValues(trainer.parameters[name]!, started[name] ?? state.parameters[name]!, `the start of ${name}`)
}

/** What changes nothing: predictions, losses, gradients. @returns the gradients by parameters. */
function expectDerived(
  network: Network,
  trainer: Trainer,
  data: Data,
  expected: TrainingResults,
  expectValues: Expect,
): Tensors {
  const [x, y] = [given(data.inputs), given(data.targets)]
  const { prediction, lossSum, trainingLossSum, gradients } = expected
  expectValues(trainer.predict(x), prediction, 'the prediction')
  expectValues([trainer.loss(x, y)], [lossSum / data.samples], 'the loss')
  expectValues([trainer.gradient(x, y)], [trainingLossSum / data.samples], 'the training loss')
  const [shown, trained] = [Object.keys(trainer.gradients), network.trained.map(({ name }) => name)]
  if (String(shown) !== String(trained)) throw new Error(`gradients by ${shown.join()}, expected by ${trained.join()}`)
  const views = [...Object.entries(trainer.gradients), ...inputGradients(network, trainer, data.samples)]
  for (const [name, view] of views) expectValues(view, gradients[name]!, `the gradient by ${name}`)
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
  expectValues: Expect,
): State {
  const loss = trainer.step(given(data.inputs), given(data.targets))
  expectValues([loss], [trainingLossSum / data.samples], 'the loss of the step')
  const steps = state.steps + 1
  const parameters = optimizer.step(state.parameters, gradients, trainer.learningRate)
  const buffers = Object.fromEntries(network.writes.map(({ target }, k) => [nameOf(target), writes[k]!]))
  for (const { name } of network.parameters)
    expectValues(trainer.parameters[name]!, parameters[name]!, `${name} after ${steps} steps`)
  for (const { name } of network.buffers)
    expectValues(trainer.buffers[name]!, buffers[name]!, `${name} after ${steps} steps`)
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
  expectValues: Expect,
): void {
  const data = drawData(network, 2 * network.train.batch + 1, random, smooth)
  const [x, y] = [given(data.inputs), given(data.targets)]
  const [prediction, lossSum] = evaluate([network.output, sum(network.losses, [0])], bindingsOf(data, state))
  expectValues(module.createModel(state).predict(x), prediction!, 'the prediction of many samples')
  const loss = module.createTrainer(state).loss(x, y)
  const expectLoss = expectValues === expectSameValues ? expectNear : expectValues
  expectLoss([loss], [lossSum![0]! / data.samples], 'the loss of many samples')
}

/** What the trainer shows of the gradients by inputs, for so many samples. */
function inputGradients({ inputs, emit }: Network, trainer: Trainer, samples: number): [string, Vector][] {
  return emit.inputGradients.map(({ name, shape }) => {
    const shown = trainer.inputGradient!
    const view = inputs.length === 1 ? shown : (shown as Readonly<Record<string, Vector>>)[name]
    return [name, (view as Vector).subarray(0, samples * sizeOf(shape))]
  })
}
