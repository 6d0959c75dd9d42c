import { beforeAll, describe, expect, test } from 'vitest'
import { decode, encode } from '../../src/runtime/safetensors.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'

/*
 * Numbers besides the tensors that a trainer carries on: nadam's product of momenta, plateau's best metric and count.
 */

const spec = (train: string) =>
  `input: 2\nlayers: [linear: 4, tanh, linear: 1]\nloss: mse\ntrain: { batch: 4, ${train} }\nemit: { precision: f64 }`
const x = Array.from({ length: 20 }, (_, i) => Math.sin(7 * i))
const y = Array.from({ length: 10 }, (_, i) => Math.cos(3 * i))
const metadataOf = (trainer: Trainer) => decode(trainer.save()).metadata

let both: Emitted
let plateau: Emitted
let warmed: Emitted
let plain: Emitted
beforeAll(async () => {
  ;[both, plateau, warmed, plain] = (await Promise.all(
    [
      'optimizer: nadam, schedule: { plateau: { patience: 1, factor: 0.5 } }',
      'optimizer: { sgd: 0.1 }, schedule: { plateau: { patience: 1, factor: 0.5, threshold: 0 } }',
      'optimizer: { sgd: 0.1 }, schedule: { plateau: { patience: 0, factor: 0.5 }, warmup: { epochs: 3, start: 0.4 } }',
      'optimizer: { sgd: 0.1 }',
    ].map((train) => emitted(spec(train))),
  )) as [Emitted, Emitted, Emitted, Emitted]
}, 60_000)

describe('a file', () => {
  test('holds what is carried, and a module that carries nothing more holds nothing more', () => {
    expect(metadataOf(both.createTrainer())).toEqual({
      ...{ epoch: '0', seed: '0', steps: '0' },
      ...{ learningRate: '0.002', momentumProduct: '1', best: 'Infinity', badEpochs: '0' },
    })
    expect(Object.keys(metadataOf(plain.createTrainer()))).toEqual(['epoch', 'seed', 'steps', 'learningRate'])
  })

  test('lets a trainer go on bit by bit as if never interrupted', () => {
    const trainer = both.createTrainer({ seed: 2 })
    for (let epochs = 0; epochs < 4; epochs++) {
      const resumed = both.createTrainer({ seed: 9 })
      resumed.load(trainer.save())
      const bad = Number(metadataOf(trainer).badEpochs)
      expect(resumed.fit(x, y, { epochs: 2 })).toEqual(trainer.fit(x, y, { epochs: 2 }))
      // So that the next round starts amid bad epochs.
      for (const one of [trainer, resumed]) one.nextEpoch(10)
      expect(resumed.save()).toEqual(trainer.save())
      expect(Number(metadataOf(trainer).badEpochs)).toBe(bad === 0 || epochs > 0 ? 1 : bad)
    }
    expect(Number(metadataOf(trainer).momentumProduct)).toBeLessThan(1e-6)
  })

  test('of a model, or of an epoch before what it lacks was carried, starts that afresh', () => {
    const trainer = both.createTrainer()
    expect(trainer.fit(x, y, { epochs: 3 })).toHaveLength(3)
    trainer.load(both.createModel().save())
    expect(metadataOf(trainer)).toEqual(metadataOf(both.createTrainer()))
    trainer.load(plain.createTrainer().save())
    expect(metadataOf(trainer)).toMatchObject({ learningRate: '0.1', momentumProduct: '1', best: 'Infinity' })
  })

  test.each([
    ['best', -3.5],
    ['best', -Infinity],
    ['badEpochs', 1],
    ['momentumProduct', 0.25],
  ])('may hold %s %d', (name, value) => {
    const trainer = both.createTrainer()
    trainer.load(withMetadata(trainer, { [name]: value }))
    expect(metadataOf(trainer)[name]).toBe(String(value))
  })

  test.each([
    ['best', NaN],
    ['badEpochs', -1],
    ['badEpochs', NaN],
    ['momentumProduct', -0.5],
    ['momentumProduct', Infinity],
    ['learningRate', -1],
    ['steps', 1.5],
  ])('with %s %d is refused, and changes nothing', (name, value) => {
    const trainer = both.createTrainer()
    trainer.step(x.slice(0, 8), y.slice(0, 4))
    const before = trainer.save()
    expect(() => trainer.load(withMetadata(trainer, { [name]: value }))).toThrow(`expected ${name}: a`)
    expect(trainer.save()).toEqual(before)
  })

  function withMetadata(trainer: Trainer, metadata: Record<string, number>): Uint8Array {
    const { entries } = decode(trainer.save())
    const tensors = Object.entries(entries).map(([name, { shape, values }]) => ({
      ...{ name, shape, view: values!, optional: false },
    }))
    return encode(tensors, metadata)
  }
})

describe('plateau', () => {
  test.each([undefined, null, '0.5', [0.5]])('refuses the metric %s, and changes nothing', (metric) => {
    for (const module of [plateau, warmed]) {
      const trainer = module.createTrainer()
      trainer.nextEpoch(1)
      const before = trainer.save()
      expect(() => trainer.nextEpoch(metric as never)).toThrow(TypeError)
      expect(() => trainer.nextEpoch(metric as never)).toThrow(
        `expected a number in nextEpoch(metric), which plateau goes by, got ${typeof metric}`,
      )
      expect(trainer.save()).toEqual(before)
      expect(trainer.epoch).toBe(1)
    }
  })

  test('cuts the rate that was set by hand', () => {
    const trainer = plateau.createTrainer()
    for (const metric of [1, 1]) trainer.nextEpoch(metric)
    trainer.learningRate = 0.03
    trainer.nextEpoch(1)
    expect(trainer.learningRate).toBe(0.015)
    trainer.nextEpoch(0.5)
    expect(trainer.learningRate).toBe(0.015)
  })

  test('starts after the warmup, whose epochs’ metrics it does not read', () => {
    const trainer = warmed.createTrainer()
    const rates = [0, 5, 5, 7, 6, 6, 5, 9].map((metric) => {
      const { learningRate } = trainer
      trainer.nextEpoch(metric)
      return learningRate
    })
    const expected = [0.04, 0.06, 0.08, 0.1, 0.1, 0.1, 0.05, 0.05]
    rates.forEach((rate, epoch) => expect(rate).toBeCloseTo(expected[epoch]!, 14))
    expect(trainer.learningRate).toBeCloseTo(0.025, 14)
  })

  test('goes by the validation loss in fit, or else by the loss', () => {
    const validation = { x: x.slice(0, 10), y: y.slice(0, 5) }
    for (const options of [{}, { validation }]) {
      const [fitted, stepped] = [plateau.createTrainer(), plateau.createTrainer()]
      for (const { loss, validationLoss } of fitted.fit(x, y, { epochs: 1, ...options })) {
        stepped.nextEpoch(validationLoss ?? loss)
        expect(metadataOf(fitted).best).toBe(String(validationLoss ?? loss))
        expect(fitted.learningRate).toBe(stepped.learningRate)
      }
    }
  })
})
