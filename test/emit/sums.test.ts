import { describe, expect, test } from 'vitest'
import { describeModule } from '../../src/compile.ts'
import { renderModule } from '../../src/emit/emit.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import { uniformRandom } from '../property/network.ts'
import { instantiate, type Emitted, type Trainer } from '../support/emitted.ts'

type Target = 'typescript' | 'wasm'
type Precision = 'f32' | 'f64'

async function moduleOf(spec: object, target: Target, precision: Precision): Promise<Emitted> {
  const network = await loadNetwork(readSpecText({ file: 'sums.net.json', text: JSON.stringify(spec) }))
  return instantiate(await renderModule(await describeModule(network, 'sums.net.json', { target, precision })))
}

/** Half the distance between 1 and the next number of f32. */
const unit = 2 ** -24

/** The most additions that a term of a sum goes through, as ARCHITECTURE.md has it. Each may be off by a unit. */
const additions = (terms: number) => 256 * (1 + Math.ceil(Math.log(Math.max(terms / 256, 1)) / Math.log(128)))

/** Between 0.5 and 1.5, so that no sum cancels; as they are in f32. */
function positive(count: number, seed = 1): Float32Array {
  const random = uniformRandom(seed)
  return Float32Array.from({ length: count }, () => 0.5 + random())
}

const all = (count: number, value: number) => new Float32Array(count).fill(value)

interface Case {
  readonly network: object
  readonly batch?: number
  readonly train?: object
  readonly emit?: object
  /**
   * The most units of the largest result by which results may be off: the bound where all terms are equal, so that all their errors may
   * have the same sign; else what is left where errors cancel, which is several times as much without levels.
   */
  readonly units: number
  readonly run: (trainer: Trainer) => ArrayLike<number>
}

const sgd = { optimizer: { sgd: { learningRate: 1 } } }

const cases: Readonly<Record<string, Case>> = {
  'the mean of 62,500 equal numbers': {
    network: { input: [1, 62_500], layers: ['globalAveragePool'] },
    units: additions(62_500) + 2,
    run: (trainer) => trainer.predict(all(62_500, 1.23456)),
  },
  'the mean of a million equal numbers': {
    network: { input: [1, 1000, 1000], layers: ['globalAveragePool'] },
    units: additions(1_000_000) + 2,
    run: (trainer) => trainer.predict(all(1_000_000, 0.1)),
  },
  'a product with 100,000 inputs': {
    network: { input: 100_000, layers: [{ linear: 1 }] },
    units: 8,
    run: (trainer) => {
      trainer.parameters['linear0.weight']!.set(positive(100_000, 2))
      return trainer.predict(positive(100_000))
    },
  },
  'the mean of 100,000 squares': {
    network: { input: 50_000, layers: ['prelu'] },
    batch: 2,
    units: 8,
    run: (trainer) => [trainer.loss(positive(100_000), all(100_000, -1))],
  },
  'moments over samples and positions': {
    network: { input: [2, 90, 100], layers: [{ batchNorm: { momentum: 1 } }] },
    batch: 4,
    units: 16,
    run: (trainer) => {
      trainer.step(positive(72_000), all(72_000, 1))
      return Object.entries(trainer.buffers).flatMap(([name, values]) => (name.includes('running') ? [...values] : []))
    },
  },
  'moments over an axis of 70,000': {
    network: { input: 70_000, layers: ['layerNorm'] },
    units: 32,
    run: (trainer) => trainer.predict(positive(70_000)),
  },
  'the gradient of a bias over samples and positions': {
    network: { input: [1, 120, 120], layers: [{ conv2d: { channels: 2, kernel: 3 } }] },
    batch: 4,
    units: 8,
    run: (trainer) => {
      trainer.gradient(positive(4 * 120 ** 2), all(8 * 118 ** 2, 20))
      return trainer.gradients['conv2d0.bias']!
    },
  },
  'the gradient of a row that is read 16,384 times': {
    network: { input: { shape: [64], index: 3 }, layers: [{ embedding: 2 }] },
    batch: 256,
    units: 8,
    run: (trainer) => {
      trainer.parameters['embedding0.weight']!.fill(0.3)
      trainer.gradient(all(64 * 256, 1), all(128 * 256, 1.23456))
      return trainer.gradients['embedding0.weight']!
    },
  },
  'the gradient of what lies in 400 windows': {
    network: { input: [1, 60, 60], layers: [{ averagePool2d: { kernel: 20, stride: 1 } }] },
    emit: { inputGradient: true },
    units: 4,
    run: (trainer) => {
      trainer.gradient(positive(3600), all(1681, 20))
      return trainer.inputGradient as Float32Array
    },
  },
  'the norm of 50,000 gradients': {
    network: { input: 50_000, layers: [{ linear: { units: 1, bias: false } }] },
    train: { clip: { norm: 1 } },
    units: 8,
    run: (trainer) => {
      trainer.parameters['linear0.weight']!.fill(0)
      trainer.step(positive(50_000), [10])
      return trainer.parameters['linear0.weight']!
    },
  },
}

describe.each(Object.entries(cases))('%s', (_, { network, batch = 1, train, emit, units, run }) => {
  const spec = { name: 'sums', loss: 'mse', train: { batch, ...sgd, ...train }, emit, ...network }
  const resultOf = async (target: Target, precision: Precision) =>
    Float64Array.from(run((await moduleOf(spec, target, precision)).createTrainer()))

  test.each(['typescript', 'wasm'] as const)(
    'is as near as the bound says in single precision, by %s',
    async (target) => {
      const [single, double] = [await resultOf(target, 'f32'), await resultOf('typescript', 'f64')]
      const largest = double.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      const off = single.map((value, at) => Math.abs(value - double[at]!) / largest / unit)
      expect(largest).toBeGreaterThan(0)
      expect(Math.max(...off)).toBeLessThanOrEqual(units)
    },
  )

  test('is the same in double precision by both targets, to the last bit', async () => {
    expect(await resultOf('wasm', 'f64')).toEqual(await resultOf('typescript', 'f64'))
  })
})

test.each(['typescript', 'wasm'] as const)('a prediction by %s has the same bits in any batch', async (target) => {
  const [samples, inputs] = [23, 700]
  const weight = positive(inputs * 5, 2)
  const x = positive(samples * inputs)
  const predictions = await Promise.all(
    [1, 3, 8, 23, 300].map(async (batch) => {
      const spec = { name: 'batches', input: inputs, layers: [{ linear: 5 }], loss: 'mse', train: { batch, ...sgd } }
      const { createModel } = await moduleOf(spec, target, 'f32')
      return createModel({ parameters: { 'linear0.weight': weight } }).predict(x)
    }),
  )
  for (const prediction of predictions) expect(prediction).toEqual(predictions[0])
})
