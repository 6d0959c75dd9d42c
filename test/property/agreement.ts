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
  type State,
} from './data.ts'
import { expectSlope } from './differences.ts'
import { nameOf, uniformRandom } from './network.ts'
import { Optimizer } from './optimizer.ts'
import { interpret } from './runner.ts'
import { specs } from './specs/index.ts'

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
  let state: State = {
    parameters: drawParameters(network, random),
    buffers: drawBuffers(network, random),
    seed,
    steps: 0,
  }
  const derivable = [...network.trained, ...realInputs(network)].map(({ node }) => node)
  const run = interpret({ ...network, parameters: derivable })
  expectManySamples(network, module, state, random)

  const { batch } = network.train
  const trainer = module.createTrainer(state)
  const optimizer = new Optimizer(network)
  const first = drawData(network, batch, random, smooth)
  const second = drawData(network, Math.max(Math.ceil(batch / 2), network.leastSamples), random, withTies)
  let isSmooth = true
  for (const data of [first, second]) {
    const [x, y] = [given(data.inputs), given(data.targets)]
    const { prediction, lossSum, trainingLossSum, gradients, writes } = run(bindingsOf(data, state))
    const loss = trainingLossSum / data.samples
    const same = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
      expectSameValues(actual, expected, `${what}, in step ${data === first ? 1 : 2}`)
    same(trainer.predict(x), prediction, 'the prediction')
    same([trainer.loss(x, y)], [lossSum / data.samples], 'the loss')
    same([trainer.gradient(x, y)], [loss], 'the training loss')
    if (String(Object.keys(trainer.gradients)) !== String(network.trained.map(({ name }) => name)))
      throw new Error(`the trainer shows the gradients ${Object.keys(trainer.gradients).join(', ')}`)
    for (const { name } of network.trained) same(trainer.gradients[name]!, gradients[name]!, `the gradient of ${name}`)
    for (const [name, view] of inputGradients(network, trainer))
      same(view.subarray(0, gradients[name]!.length), gradients[name]!, `the gradient of ${name}`)
    if (data === first) isSmooth = expectSlope(network, data, state, gradients, random)

    same([trainer.step(x, y)], [loss], 'the loss of the step')
    state = {
      ...state,
      parameters: optimizer.step(state.parameters, gradients, trainer.learningRate),
      buffers: Object.fromEntries(network.writes.map(({ target }, k) => [nameOf(target), writes[k]!])),
      steps: state.steps + 1,
    }
    for (const { name } of network.parameters)
      same(trainer.parameters[name]!, state.parameters[name]!, `${name} afterwards`)
    for (const { name } of network.buffers) same(trainer.buffers[name]!, state.buffers[name]!, `${name} afterwards`)
  }
  return isSmooth
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

/** The views of the gradients by inputs that the trainer shows, by name. */
function inputGradients({ inputs, emit }: Network, { inputGradient }: Trainer): [string, Vector][] {
  if (emit.inputGradients.length === 0) return []
  return inputs.length === 1
    ? [[inputs[0]!.name, inputGradient as Vector]]
    : emit.inputGradients.map(({ name }) => [name, (inputGradient as Readonly<Record<string, Vector>>)[name]!])
}
