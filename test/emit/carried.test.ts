import { beforeAll, describe, expect, test } from 'vitest'
import { contentOf, edited } from '../support/checkpoint.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'

/*
 * Numbers besides the tensors that a trainer carries on: plateau's best metric and count, nadam's product of momenta.
 */

const spec = (train: string) =>
  `input: 2\nlayers: [linear: 4, tanh, linear: 1]\nloss: mse\ntrain: { batch: 4, ${train} }\nemit: { precision: f64 }`
const x = Array.from({ length: 20 }, (_, i) => Math.sin(7 * i))
const y = Array.from({ length: 10 }, (_, i) => Math.cos(3 * i))
const numbersOf = (trainer: Trainer) => contentOf(trainer.save()).numbers
const productsOf = (trainer: Trainer) => {
  const { tensors } = contentOf(trainer.save())
  return both.network.parameters.map(({ name }) => tensors[`optimizer.momentumProduct.${name}`]![0]!)
}

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
    expect(numbersOf(both.createTrainer())).toEqual({
      ...{ optimizer: 'nadam(beta1 = 0.9, beta2 = 0.999, momentumDecay = 0.004)', baseRate: 0.002 },
      ...{ epoch: 0, seed: 0, steps: 0, learningRate: 0.002 },
      // JSON has no Infinity, where the best metric starts.
      ...{ best: null, badEpochs: 0 },
    })
    expect(Object.keys(numbersOf(plain.createTrainer()))).toEqual([
      ...['optimizer', 'baseRate', 'epoch', 'seed', 'steps', 'learningRate'],
    ])
  })

  test('lets a trainer go on bit by bit as if never interrupted', () => {
    const trainer = both.createTrainer({ seed: 2 })
    for (let epochs = 0; epochs < 4; epochs++) {
      const resumed = both.createTrainer({ seed: 9 })
      resumed.load(trainer.save())
      const bad = numbersOf(trainer).badEpochs
      expect(resumed.fit(x, y, { epochs: 2 })).toEqual(trainer.fit(x, y, { epochs: 2 }))
      // So that the next round starts amid bad epochs.
      for (const one of [trainer, resumed]) one.nextEpoch(10)
      expect(resumed.save()).toEqual(trainer.save())
      expect(numbersOf(trainer).badEpochs).toBe(bad === 0 || epochs > 0 ? 1 : bad)
    }
    for (const product of productsOf(trainer)) expect(product).toBeLessThan(1e-6)
  })

  test('of a model, or of an epoch before what it lacks was carried, starts that afresh', () => {
    const trainer = both.createTrainer()
    expect(trainer.fit(x, y, { epochs: 3 })).toHaveLength(3)
    trainer.load(both.createModel().save())
    expect(numbersOf(trainer)).toEqual(numbersOf(both.createTrainer()))
    trainer.load(plain.createTrainer().save())
    expect(numbersOf(trainer)).toMatchObject({ learningRate: 0.002, best: null })
  })

  test.each([
    ['best', -3.5],
    ['badEpochs', 1],
  ])('may hold %s %d', (name, value) => {
    const trainer = both.createTrainer()
    trainer.load(edited(trainer.save(), (numbers) => ({ ...numbers, [name]: value })))
    expect(numbersOf(trainer)[name]).toBe(value)
  })

  test.each([
    ['best', '1'],
    ['badEpochs', -1],
    ['badEpochs', [1]],
    ['learningRate', -1],
    ['steps', 1.5],
  ])('with %s %s is refused, and changes nothing', (name, value) => {
    const trainer = both.createTrainer()
    trainer.step(x.slice(0, 8), y.slice(0, 4))
    const before = trainer.save()
    const file = edited(before, (numbers) => ({ ...numbers, [name]: value }))
    expect(() => trainer.load(file)).toThrow(`expected ${name}: a`)
    expect(trainer.save()).toEqual(before)
  })
})

describe('plateau', () => {
  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['0.5', "'0.5'"],
    [[0.5], 'an Array'],
  ])('refuses the metric %s, and changes nothing', (metric, given) => {
    for (const module of [plateau, warmed]) {
      const trainer = module.createTrainer()
      trainer.nextEpoch(1)
      const before = trainer.save()
      expect(() => trainer.nextEpoch(metric as never)).toThrow(TypeError)
      expect(() => trainer.nextEpoch(metric as never)).toThrow(
        `expected a number in nextEpoch(metric), which plateau goes by, got ${given}`,
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
        expect(numbersOf(fitted).best).toBe(validationLoss ?? loss)
        expect(fitted.learningRate).toBe(stepped.learningRate)
      }
    }
  })
})
