import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveTraining } from '../../src/calculus/training.ts'
import { compile, describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { stepKey } from '../../src/runtime/random.ts'
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

describe('networks at the edges of the language equal the interpreter', () => {
  const equations = (lines: string[], rest: object) => ({ targets: { y: 3 }, equations: lines, loss: 'l', ...rest })
  test.each<[string, object]>([
    ['no parameter', { input: 2, layers: ['relu'], loss: 'mse' }],
    [
      'one sample a step',
      { input: 3, layers: ['identity', { linear: 3 }], loss: { expression: '(p - y)^2' }, train: { batch: 1 } },
    ],
    ['a reshaped output', { input: [2, 3], layers: [{ linear: 4 }, 'flatten'], loss: 'mae' }],
    [
      'the output is the input',
      equations(['l = mean((A .* x - y)^2)'], { inputs: { x: 3 }, parameters: { A: 3 }, output: 'x' }),
    ],
    [
      'the output is a parameter',
      equations(['l = mean((A - y)^2)'], { inputs: { x: 3 }, parameters: { A: 3 }, output: 'A' }),
    ],
    [
      'a parameter that nothing uses',
      equations(['p = A + 0 * x', 'l = mean((p - y)^2)'], {
        inputs: { x: 3 },
        parameters: { A: 3, B: [4, 4] },
        output: 'p',
      }),
    ],
    [
      'several inputs and targets, shared weights, every reduction',
      {
        inputs: { x: 3, z: 3 },
        targets: { y: 'scalar', w: 3 },
        parameters: { A: [3, 3], b: 3, s: 'scalar' },
        equations: [
          'h1 = tanh(A * x + b)',
          'h2 = sigmoid(A * h1 + b) .* z',
          'p = dot(h1, h2) * s',
          'l = (p - y)^2 + mean(abs(h2 - w)) + max(h1) * 0.1 + norm(h2) + logSumExp(h1) + sum(softmax(h2) .* w)',
        ],
        output: 'p',
        loss: 'l',
      },
    ],
  ])('%s', async (_, spec) => {
    const train = { batch: 4, optimizer: { sgd: 0.1 } }
    const network = await load({ name: 'edge', train, emit: { precision: 'f64' }, ...spec } as unknown as NetworkSpec)
    expectAgreement(network, await importText((await compile(network, 'edge.net.json')).text), 7)
  })
})

/** Predictions, losses, gradients and a step of a module against its graph, on a full and a partial batch and on several batches. */
function expectAgreement(network: Network, module: Emitted, seed: number): void {
  const random = uniformRandom(seed)
  const values = (count: number, below?: number) =>
    Array.from({ length: count }, () => (below === undefined ? 2 * random() - 1 : Math.floor(below * random())))
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1)
  const draw = (ports: Network['inputs'], samples: number) =>
    Object.fromEntries(ports.map(({ name, shape, below }) => [name, values(samples * sizeOf(shape), below)]))
  const given = (data: Readonly<Record<string, number[]>>) =>
    Object.keys(data).length > 1 ? data : Object.values(data)[0]!
  const close = (actual: ArrayLike<number>, expected: ArrayLike<number>, what: string) =>
    expectClose(actual, expected, { relative: 1e-12, absolute: 1e-300 }, what)

  const parameters = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, values(sizeOf(shape))]))
  const buffers = Object.fromEntries(
    network.buffers.map(({ name, shape }) => [name, values(sizeOf(shape)).map((value) => value + 1.5)]),
  )
  const { output, lossSum, training, gradients, writes } = deriveTraining(
    { ...network, parameters: network.trained.map(({ node }) => node) },
    'mean',
  )
  const { batch } = network.train
  for (const samples of [1, batch, 2 * batch + 1]) {
    const inputs = draw(network.inputs, samples)
    const targets = draw(network.targets, samples)
    const bindings = {
      batch: samples,
      inputs: { ...inputs, ...targets },
      parameters,
      states: buffers,
      uniforms: { key: stepKey(seed, 0) },
    }
    const [prediction, loss, trainingLoss] = evaluate([output, lossSum, training.lossSum], bindings)
    const [x, y] = [given(inputs), given(targets)]
    const trainer = module.createTrainer({ parameters, buffers, seed })
    close(module.createModel({ parameters, buffers }).predict(x), prediction!, 'the prediction')
    close([trainer.loss(x, y)], [loss![0]! / samples], 'the loss')
    if (samples > batch) continue
    const slopes = evaluate(gradients, bindings)
    close([trainer.gradient(x, y)], [trainingLoss![0]! / samples], 'the training loss')
    expect(Object.keys(trainer.gradients)).toEqual(network.trained.map(({ name }) => name))
    network.trained.forEach(({ name }, k) => close(trainer.gradients[name]!, slopes[k]!, `the gradient of ${name}`))
    trainer.step(x, y)
    const states = evaluate(
      writes.map(({ value }) => value),
      bindings,
    )
    network.buffers.forEach(({ name }, k) => close(trainer.buffers[name]!, states[k]!, `${name} after a step`))
    if (network.train.optimizer.word !== 'sgd') continue
    const frozen = network.parameters.filter(({ frozen }) => frozen)
    for (const { name } of frozen) close(trainer.parameters[name]!, parameters[name]!, `${name}, frozen`)
    network.trained.forEach(({ name }, k) => {
      const stepped = parameters[name]!.map((value, at) => value - network.train.learningRate * slopes[k]![at]!)
      close(trainer.parameters[name]!, stepped, `${name} after a step`)
    })
  }
}
