import fc from 'fast-check'
import { test } from 'vitest'
import { deriveTraining } from '../../src/calculus/training.ts'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { loadNetwork, type Network } from '../../src/spec/network.ts'
import { readSpecText } from '../../src/spec/read.ts'
import type { NetworkSpec } from '../../src/spec/schema.ts'
import { importText, type Emitted } from '../support/emitted.ts'
import { expectClose } from './compare.ts'
import { uniformRandom } from './network.ts'
import { specs } from './specs.ts'

const load = (spec: NetworkSpec) => loadNetwork(readSpecText({ file: 'random.net.json', text: JSON.stringify(spec) }))

test('modules equal the interpreter', async () => {
  const unchecked = async (network: Network) =>
    importText(await renderModule(describeModule(network, 'random.net.json')))
  await fc.assert(
    fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
      const network = await load(spec)
      expectAgreement(network, await unchecked(network), seed)
    }),
    { numRuns: 500 },
  )
}, 300_000)

test('checked and formatted modules equal the interpreter', async () => {
  await fc.assert(
    fc.asyncProperty(specs, fc.nat(), async (spec, seed) => {
      const network = await load(spec)
      expectAgreement(network, await importText((await compile(network, 'random.net.json')).text), seed)
    }),
    { numRuns: 40 },
  )
}, 120_000)

/** Predictions, losses, gradients and a step of a module against its graph, on a full and a partial batch and on several batches. */
function expectAgreement(network: Network, module: Emitted, seed: number): void {
  const random = uniformRandom(seed)
  const values = (count: number, below?: number) =>
    Array.from({ length: count }, () => (below === undefined ? 2 * random() - 1 : Math.floor(below * random())))
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1)
  const parameters = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, values(sizeOf(shape))]))
  const { output, lossSum, gradients } = deriveTraining(
    { ...network, parameters: network.parameters.map(({ node }) => node) },
    'mean',
  )
  const [input, target] = [network.inputs[0]!, network.targets[0]!]
  const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
    expectClose(actual, expected, { relative: 1e-12, absolute: 1e-300 }, what)

  const { batch } = network.train
  for (const samples of [1, batch, 2 * batch + 1]) {
    const x = values(samples * sizeOf(input.shape))
    const y = values(samples * sizeOf(target.shape), target.below)
    const inputs = { [input.name]: x, [target.name]: y }
    const [prediction, loss, ...slopes] = evaluate([output, lossSum, ...gradients], {
      batch: samples,
      inputs,
      parameters,
    })
    const trainer = module.createTrainer({ parameters })
    close(module.createModel({ parameters }).predict(x), prediction!, 'the prediction')
    close([trainer.loss(x, y)], [loss![0]! / samples], 'the loss')
    if (samples > batch) continue
    close([trainer.gradient(x, y)], [loss![0]! / samples], 'the training loss')
    network.parameters.forEach(({ name }, k) => close(trainer.gradients[name]!, slopes[k]!, `the gradient of ${name}`))
    trainer.step(x, y)
    network.parameters.forEach(({ name }, k) => {
      const stepped = parameters[name]!.map((value, at) => value - 0.1 * slopes[k]![at]!)
      close(trainer.parameters[name]!, stepped, `${name} after a step`)
    })
  }
}
