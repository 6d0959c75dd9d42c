import fc from 'fast-check'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { loadNetwork, type Network } from '../../src/spec/network.ts'
import { readSpecText } from '../../src/spec/read.ts'
import type { NetworkSpec } from '../../src/spec/schema.ts'
import { instantiate, type Emitted, type Trainer, type Vector } from '../support/emitted.ts'
import { expectClose, expectSameValues } from './compare.ts'
import { bindingsOf, drawData, drawParameters, given, realInputs, smooth, withTies, type Tensors } from './data.ts'
import { expectSlope } from './differences.ts'
import { uniformRandom } from './network.ts'
import { Optimizer } from './optimizer.ts'
import { interpret, type Runner } from './runner.ts'
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
  const parameters = drawParameters(network, random)
  const derivable = [...network.trained, ...realInputs(network)].map(({ node }) => node)
  const run = interpret({ ...network, parameters: derivable })
  expectManySamples(network, module, run, parameters, random)

  const { batch } = network.train
  const trainer = module.createTrainer({ parameters })
  const optimizer = new Optimizer(network)
  const first = drawData(network, batch, random, smooth)
  const second = drawData(network, Math.ceil(batch / 2), random, withTies)
  let isSmooth = true
  let current = parameters
  for (const data of [first, second]) {
    const [x, y] = [given(data.inputs), given(data.targets)]
    const { prediction, lossSum, gradients } = run(bindingsOf(data, current))
    const loss = lossSum / data.samples
    const same = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
      expectSameValues(actual, expected, `${what}, in step ${data === first ? 1 : 2}`)
    same(trainer.predict(x), prediction, 'the prediction')
    same([trainer.loss(x, y)], [loss], 'the loss')
    same([trainer.gradient(x, y)], [loss], 'the loss beside the gradient')
    for (const { name } of network.trained) same(trainer.gradients[name]!, gradients[name]!, `the gradient of ${name}`)
    for (const [name, view] of inputGradients(network, trainer))
      same(view.subarray(0, gradients[name]!.length), gradients[name]!, `the gradient of ${name}`)
    if (data === first) isSmooth = expectSlope(network, data, current, gradients, random)

    same([trainer.step(x, y)], [loss], 'the loss of the step')
    current = optimizer.step(current, gradients, trainer.learningRate)
    for (const { name } of network.parameters) same(trainer.parameters[name]!, current[name]!, `${name} afterwards`)
  }
  return isSmooth
}

/** More samples than a step takes: the module goes through them batch by batch, so that the losses are added in another order. */
function expectManySamples(
  network: Network,
  module: Emitted,
  run: Runner,
  parameters: Tensors,
  random: () => number,
): void {
  const data = drawData(network, 2 * network.train.batch + 1, random, smooth)
  const [x, y] = [given(data.inputs), given(data.targets)]
  const { prediction, lossSum } = run(bindingsOf(data, parameters))
  const model = module.createModel({ parameters })
  expectSameValues(model.predict(x), prediction, 'the prediction of many samples')
  const loss = module.createTrainer({ parameters }).loss(x, y)
  expectClose([loss], [lossSum / data.samples], { relative: 1e-12, absolute: 1e-15 }, 'the loss of many samples')
}

/** The views of the gradients by inputs that the trainer shows, by name. */
function inputGradients({ inputs, emit }: Network, { inputGradient }: Trainer): [string, Vector][] {
  if (emit.inputGradients.length === 0) return []
  return inputs.length === 1
    ? [[inputs[0]!.name, inputGradient as Vector]]
    : emit.inputGradients.map(({ name }) => [name, (inputGradient as Readonly<Record<string, Vector>>)[name]!])
}
