import { beforeAll, describe, expect, test } from 'vitest'
import { uniformRandom } from '../property/network.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'

const draw = (count: number, seed = 1, scale = 1, shift = 0) => {
  const random = uniformRandom(seed)
  return Float64Array.from({ length: count }, () => scale * (2 * random() - 1) + shift)
}
const bytes = (trainer: Trainer) => Buffer.from(trainer.save()).toString('base64')

function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
  return {
    mean,
    variance: Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
  }
}

describe('lsuv', () => {
  const [depth, width, samples] = [20, 16, 64]

  test('gives every product of a deep relu network variance 1 on the batch, and keeps its rows orthogonal', async () => {
    const layers = Array.from({ length: depth }, () => `linear: ${width}`).join(', relu, ')
    const { createTrainer } = await emitted(
      `input: ${width}\nlayers: [${layers}]\nloss: mse\ninit: lsuv\ntrain: { batch: ${samples} }`,
      { precision: 'f64' },
    )
    const trainer = createTrainer({ seed: 4 })
    const x = draw(width * samples, 2, 3, 0.5)
    trainer.initialize(x)
    let h = x
    for (let layer = 0; layer < depth; layer++) {
      const weight = trainer.parameters[`linear${layer}.weight`]!
      const product = Float64Array.from({ length: width * samples }, (_, at) => {
        const [sample, unit] = [Math.floor(at / width), at % width]
        return Array.from({ length: width }, (_, k) => h[sample * width + k]! * weight[unit * width + k]!).reduce(
          (sum, term) => sum + term,
        )
      })
      expect(Math.abs(moments(product).variance - 1), `layer ${layer}`).toBeLessThan(1e-6)
      const dot = (i: number, j: number) =>
        Array.from({ length: width }, (_, k) => weight[i * width + k]! * weight[j * width + k]!).reduce((a, b) => a + b)
      const scale = dot(0, 0)
      for (let i = 0; i < width; i++)
        for (let j = 0; j < width; j++) expect(dot(i, j) / scale).toBeCloseTo(i === j ? 1 : 0, 12)
      expect([...trainer.parameters[`linear${layer}.bias`]!]).toEqual(new Array(width).fill(0))
      h = product.map((value) => Math.max(value, 0))
    }
  })

  test('scales convolutions and attention too, and no layer that has an initializer of its own', async () => {
    const spec = (layers: string, shape: string) =>
      emitted(`input: ${shape}\nlayers: [${layers}]\nloss: mse\ninit: lsuv\ntrain: { batch: 8 }`, { precision: 'f64' })
    for (const [layers, shape, size] of [
      ['{ conv2d: { channels: 4, kernel: 3, groups: 2, padding: same } }', '[2, 5, 5]', 50],
      ['{ convTranspose2d: { channels: 3, kernel: 2, stride: 2 } }', '[2, 3, 3]', 18],
      ['{ conv1d: { channels: 3, kernel: 2, bias: false } }', '[2, 6]', 12],
      ['attention: 2', '[3, 4]', 12],
      ['linear: 5', '[2, 4]', 8],
    ] as const) {
      const trainer = (await spec(layers, shape)).createTrainer()
      const x = draw(8 * size, 3, 2, 0.3)
      trainer.initialize(x)
      expect(Math.abs(moments(trainer.predict(x)).variance - 1), layers).toBeLessThan(1e-6)
    }
    const trainer = (await spec('{ linear: { units: 3, init: heNormal } }, { linear: 2 }', '4')).createTrainer()
    const before = [...trainer.parameters['linear0.weight']!]
    trainer.initialize(draw(32))
    expect([...trainer.parameters['linear0.weight']!]).toEqual(before)
    expect(Math.abs(moments(trainer.predict(draw(32))).variance - 1)).toBeLessThan(1e-6)
  })
})

describe('actNorm', () => {
  const perChannel = (values: ArrayLike<number>, channels: number, positions: number) =>
    Array.from({ length: channels }, (_, channel) =>
      moments(Array.from(values).filter((_, at) => Math.floor(at / positions) % channels === channel)),
    )

  test.each([
    ['3', 3, 1],
    ['[3, 2, 2]', 3, 4],
  ])('gives each channel of %s mean 0 and variance 1 over the first batch', async (shape, channels, positions) => {
    const { createTrainer } = await emitted(`input: ${shape}\nlayers: [actNorm]\nloss: mse\ntrain: { batch: 8 }`, {
      precision: 'f64',
    })
    const trainer = createTrainer()
    const x = draw(8 * channels * positions, 5, 4, 10)
    const [before] = perChannel(x, channels, positions)
    trainer.initialize(x)
    for (const { mean, variance } of perChannel(trainer.predict(x), channels, positions)) {
      expect(mean).toBeCloseTo(0, 12)
      expect(variance).toBeCloseTo(1, 12)
    }
    const scale = 1 / Math.sqrt(before!.variance)
    expect(trainer.parameters['actNorm0.weight']![0]).toBeCloseTo(scale, 12)
    expect(trainer.parameters['actNorm0.bias']![0]).toBeCloseTo(-before!.mean * scale, 12)
  })

  test('is standardised through all layers before it, and leaves a channel that is the same everywhere its scale', async () => {
    const { createTrainer } = await emitted(
      'input: 3\nlayers: [actNorm, linear: 4, tanh, actNorm, linear: 2, actNorm]\nloss: mse\ntrain: { batch: 8 }',
      { precision: 'f64' },
    )
    const trainer = createTrainer()
    const x = draw(24, 6, 100, -40).map((value, at) => (at % 3 === 1 ? 0.1 : value))
    trainer.initialize(x)
    for (const { mean, variance } of perChannel(trainer.predict(x), 2, 1)) {
      expect(mean).toBeCloseTo(0, 12)
      expect(variance).toBeCloseTo(1, 12)
    }
    expect(trainer.parameters['actNorm0.weight']![1]).toBe(1)
    expect(trainer.parameters['actNorm0.bias']![1]).toBeCloseTo(-0.1, 12)
  })
})

describe('starts that depend on data', () => {
  test.each([
    ['typescript', 'f32'],
    ['typescript', 'f64'],
    ['wasm', 'f32'],
    ['wasm', 'f64'],
  ] as const)('reach variance 1 whatever scale the data has: %s, %s', async (target, precision) => {
    const spec = (layers: string, init: string) =>
      emitted(`input: 5\nlayers: [${layers}]\nloss: mse\ninit: ${init}\ntrain: { batch: 16 }`, { target, precision })
    const networks = [
      await spec('{ linear: { units: 3, bias: false } }', 'lsuv'),
      await spec('actNorm', 'zeros'),
      await spec('{ linear: { units: 5, bias: false } }, actNorm', 'lsuv'),
    ]
    const scales = precision === 'f32' ? [1e-30, 1e-7, 1e7, 1e30] : [1e-200, 1e-30, 1e-7, 1e30, 1e200]
    for (const { createTrainer } of networks)
      for (const scale of scales)
        for (const shift of [0, 3]) {
          const trainer = createTrainer()
          const x = draw(70, 9, scale, shift * scale)
          trainer.initialize(x)
          expect(moments(trainer.predict(x)).variance, `${scale}, ${shift}`).toBeCloseTo(1, 4)
        }
  })
})

describe('a trainer whose start depends on data', () => {
  let module: Emitted
  beforeAll(async () => {
    const layers = '[linear: 5, actNorm, relu, dropout, linear: 4, batchNorm, linear: 1]'
    module = await emitted(`input: 3\nlayers: ${layers}\nloss: mse\ninit: lsuv\ntrain: { batch: 4 }`, {
      precision: 'f64',
    })
  })
  const [x, y] = [draw(36, 7), draw(12, 8)]
  const batch = [x.subarray(0, 12), y.subarray(0, 4)] as const
  const started = (start: (trainer: Trainer) => void): Trainer => {
    const trainer = module.createTrainer({ seed: 2 })
    start(trainer)
    return trainer
  }

  test('takes the first batch that it is given, in initialize, step or fit', () => {
    const explicit = started((trainer) => {
      trainer.initialize(batch[0])
      trainer.step(...batch)
    })
    expect(bytes(started((trainer) => trainer.step(...batch)))).toBe(bytes(explicit))
    const longer = started((trainer) => {
      trainer.initialize(x)
      trainer.step(...batch)
    })
    expect(bytes(longer)).toBe(bytes(explicit))
    const fitted = started((trainer) => trainer.fit(x, y, { epochs: 1, shuffle: false }))
    const stepped = started((trainer) => {
      trainer.initialize(x)
      for (let at = 0; at < 12; at += 4) trainer.step(x.subarray(3 * at, 3 * at + 12), y.subarray(at, at + 4))
      trainer.nextEpoch()
    })
    expect(bytes(fitted)).toBe(bytes(stepped))
  })

  test('does so once', () => {
    const trainer = started((trainer) => trainer.step(...batch))
    trainer.learningRate = 0
    const before = [...trainer.parameters['actNorm0.weight']!]
    trainer.step(draw(12, 9, 100), batch[1])
    expect([...trainer.parameters['actNorm0.weight']!]).toEqual(before)
    trainer.initialize(draw(12, 9, 100))
    expect([...trainer.parameters['actNorm0.weight']!]).not.toEqual(before)
  })

  test('does not in gradient, loss or predict', () => {
    const trainer = module.createTrainer({ seed: 2 })
    const before = bytes(trainer)
    trainer.gradient(...batch)
    trainer.loss(x, y)
    trainer.predict(x)
    expect(bytes(trainer)).toBe(before)
    expect([...trainer.parameters['actNorm0.weight']!]).toEqual([1, 1, 1, 1, 1])
  })

  test('keeps parameters that options give', () => {
    const weight = [1, 2, 3, 4, 5]
    for (const parameters of [{ 'actNorm0.weight': weight }, { 'linear1.weight': draw(20) }]) {
      const trainer = module.createTrainer({ parameters })
      trainer.learningRate = 0
      const before = Object.entries(trainer.parameters).map(([name, view]) => [name, [...view]])
      trainer.step(...batch)
      expect(Object.entries(trainer.parameters).map(([name, view]) => [name, [...view]])).toEqual(before)
    }
    const bias = module.createTrainer({ parameters: { 'linear0.bias': [9, 9, 9, 9, 9] } })
    bias.step(...batch)
    expect([...bias.parameters['actNorm0.weight']!]).not.toEqual([1, 1, 1, 1, 1])
  })

  test('is saved with whether it has: resumed before or after it goes on bit by bit', () => {
    for (const steps of [0, 1, 2]) {
      const trainer = started((trainer) => {
        for (let step = 0; step < steps; step++) trainer.step(...batch)
      })
      const resumed = module.createTrainer({ seed: 5 })
      resumed.load(trainer.save())
      expect(resumed.fit(x, y, { epochs: 2 })).toEqual(trainer.fit(x, y, { epochs: 2 }))
      expect(bytes(resumed)).toBe(bytes(trainer))
    }
  })

  test('takes a model’s parameters as they are', () => {
    const model = module.createModel({ seed: 2 })
    const trainer = module.createTrainer({ seed: 3 })
    trainer.load(model.save())
    trainer.learningRate = 0
    trainer.step(...batch)
    for (const [name, view] of Object.entries(model.parameters)) expect(trainer.parameters[name]).toEqual(view)
  })

  test('refuses what is no data, and changes nothing', () => {
    const trainer = module.createTrainer()
    const before = bytes(trainer)
    expect(() => trainer.initialize([])).toThrow(new RangeError('test: expected 1 sample or more, got 0'))
    expect(() => trainer.initialize([1, 2])).toThrow(RangeError)
    expect(() => trainer.initialize([[1, 2, 3]] as never)).toThrow(TypeError)
    expect(bytes(trainer)).toBe(before)
  })
})

test('a trainer whose start depends on no data only checks it', async () => {
  const trainer = (await emitted('input: 3\nlayers: [linear: 2]\nloss: mse')).createTrainer()
  const before = bytes(trainer)
  trainer.initialize(draw(300))
  expect(() => trainer.initialize([1, 2])).toThrow(RangeError)
  expect(() => trainer.initialize([[1, 2, 3]] as never)).toThrow(TypeError)
  expect(bytes(trainer)).toBe(before)
})
