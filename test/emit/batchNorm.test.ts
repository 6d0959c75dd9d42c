import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectClose } from '../property/compare.ts'
import { emitted, type Emitted, type Trainer } from '../support/emitted.ts'

type Values = Readonly<Record<string, number[]>>
interface Answers {
  readonly parameters: Values
  readonly buffers: Values
  readonly x: number[]
  readonly y: number[]
  readonly evaluation: number[]
  readonly steps: readonly {
    readonly samples: readonly [number, number]
    readonly loss: number
    readonly gradients: Values
    readonly parameters: Values
    readonly buffers: Values
  }[]
  readonly trained: number[]
}

/** Written by batchNorm.py. */
const pytorch = JSON.parse(readFileSync(new URL('batchNorm.json', import.meta.url), 'utf8')) as Answers

const closeAll = (actual: Readonly<Record<string, ArrayLike<number>>>, expected: Values) => {
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const name in expected) expectClose(actual[name]!, expected[name]!, { relative: 1e-11, absolute: 1e-13 }, name)
}

test('images are normalised as by PyTorch, float64: in training, in evaluation, a single sample too', async () => {
  const module = await emitted(
    'input: [3, 2, 2]\nlayers:\n  - batchNorm: { momentum: 0.3, epsilon: 0.01 }\n  - flatten\n  - linear: 2\nloss: mse\n' +
      'train: { batch: 4, optimizer: { sgd: 0.1 } }',
    { precision: 'f64' },
  )
  const { parameters, buffers, x, y, evaluation, steps, trained } = pytorch
  const trainer = module.createTrainer({ parameters, buffers })
  const close = (actual: ArrayLike<number>, expected: number[]) => expectClose(actual, expected, { relative: 1e-11 })
  close(trainer.predict(x), evaluation)
  for (const { samples, loss, ...after } of steps) {
    const batch = [x.slice(...samples.map((at) => 12 * at)), y.slice(...samples.map((at) => 2 * at))] as const
    close([trainer.gradient(...batch)], [loss])
    closeAll(trainer.gradients, after.gradients)
    close([trainer.step(...batch)], [loss])
    closeAll(trainer.parameters, after.parameters)
    closeAll(trainer.buffers, after.buffers)
  }
  close(trainer.predict(x), trained)
})

describe('a network with batch statistics', () => {
  const batch = 4
  let module: Emitted
  beforeAll(async () => {
    const layers = '[linear: 5, batchNorm, relu, linear: 1]'
    module = await emitted(`input: 3\nlayers: ${layers}\nloss: mse\ntrain: { batch: ${batch} }`, { precision: 'f64' })
  })
  const samples = (count: number) =>
    [
      Float64Array.from({ length: 3 * count }, (_, i) => Math.sin(7 * i)),
      Float64Array.from({ length: count }, (_, i) => Math.cos(3 * i)),
    ] as const
  const bytes = (trainer: Trainer) => Buffer.from(trainer.save()).toString('base64')

  test('moves the running statistics in a step, and in nothing else', () => {
    const trainer = module.createTrainer()
    const before = bytes(trainer)
    trainer.gradient(...samples(4))
    trainer.loss(...samples(9))
    trainer.predict(samples(9)[0])
    expect(bytes(trainer)).toBe(before)
    trainer.step(...samples(4))
    for (const name of ['running_mean', 'running_var'])
      expect(new Set(trainer.buffers[`batchNorm0.${name}`])).not.toContain(name === 'running_mean' ? 0 : 1)
  })

  test('resumes bit by bit, and hands its statistics to a model', () => {
    const trainer = module.createTrainer({ seed: 3 })
    expect(trainer.fit(...samples(10), { epochs: 2 })).toHaveLength(2)
    const resumed = module.createTrainer()
    resumed.load(trainer.save())
    expect(resumed.fit(...samples(10), { epochs: 2 })).toEqual(trainer.fit(...samples(10), { epochs: 2 }))
    expect(bytes(resumed)).toBe(bytes(trainer))
    const model = module.createModel()
    model.load(trainer.save())
    expect(model.predict(samples(9)[0])).toEqual(trainer.predict(samples(9)[0]))
  })

  test('refuses to train on a single sample, and changes nothing', () => {
    const trainer = module.createTrainer()
    const before = bytes(trainer)
    const message = 'expected 2 samples or more in each batch of 4, got 1 in the last of 1'
    for (const call of [trainer.step, trainer.gradient]) {
      expect(() => call(...samples(1))).toThrow(RangeError)
      expect(() => call(...samples(1))).toThrow(message)
    }
    expect(bytes(trainer)).toBe(before)
    expect(trainer.loss(...samples(1))).toBeGreaterThan(0)
    expect(trainer.predict(samples(1)[0])).toHaveLength(1)
  })

  test('fit refuses at once data whose last batch would be a single sample', () => {
    const trainer = module.createTrainer()
    for (const count of [1, batch + 1, 2 * batch + 1]) expect(() => trainer.fit(...samples(count))).toThrow(RangeError)
    const validation = { x: samples(1)[0], y: samples(1)[1] }
    for (const count of [2, batch, batch + 2])
      expect(trainer.fit(...samples(count), { epochs: 1, validation })).toHaveLength(1)
  })
})
