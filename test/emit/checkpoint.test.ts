import { beforeAll, describe, expect, test } from 'vitest'
import type { Trainer } from '../../src/runtime/interface.ts'
import { encode } from '../../src/runtime/safetensors.ts'
import { contentOf } from '../support/checkpoint.ts'
import { importModule, type ImportedModule } from './import.ts'
import { regression } from './regression.ts'

let module: ImportedModule
beforeAll(async () => {
  module = await importModule({ ...regression, schedule: { function: 'step', arguments: [2, 0.5] } })
})

const x = Float64Array.from({ length: 20 }, (_, i) => Math.sin(7 * i))
const y = Float64Array.from({ length: 10 }, (_, i) => Math.cos(3 * i))

function trained(seed: number, epochs: number): Trainer {
  const trainer = module.createTrainer({ seed })
  expect(trainer.fit(x, y, { epochs })).toHaveLength(epochs)
  return trainer
}

describe('a trainer', () => {
  test.each([1, 2, 5])('resumed after %i epochs goes on bit by bit as if never interrupted', (epochs) => {
    const trainer = trained(3, epochs)
    trainer.step(x.subarray(0, 6), y.subarray(0, 3))
    trainer.learningRate = 0.123456789
    const resumed = module.createTrainer({ seed: 99 })
    resumed.load(trainer.save())
    expect(resumed.epoch).toBe(epochs)
    expect(resumed.learningRate).toBe(0.123456789)
    expect(resumed.fit(x, y, { epochs: 4 })).toEqual(trainer.fit(x, y, { epochs: 4 }))
    expect(resumed.save()).toEqual(trainer.save())
  })

  test('saves its tensors by their names, and the rest under one key of the metadata', () => {
    const { numbers, tensors } = contentOf(trained(3, 2).save())
    expect(Object.keys(tensors)).toEqual([
      'linear0.weight',
      'linear0.bias',
      'shift0.offset',
      'optimizer.momentum.linear0.weight',
      'optimizer.momentum.linear0.bias',
    ])
    expect(numbers).toEqual({
      ...{ optimizer: 'sgd', baseRate: 0.05 },
      ...{ epoch: 2, seed: 3, steps: 6, learningRate: 0.025 },
    })
    expect(tensors['optimizer.momentum.linear0.weight']!.every((value) => value !== 0)).toBe(true)
  })

  test("takes a model's file, and starts the rest afresh", () => {
    const trainer = trained(3, 2)
    const model = module.createModel({ seed: 8 })
    trainer.load(model.save())
    expect(trainer.predict(x)).toEqual(model.predict(x))
    expect([trainer.epoch, trainer.learningRate]).toEqual([0, 0.05])
    const fresh = module.createTrainer({ seed: 3, parameters: model.parameters, buffers: model.buffers })
    expect(trainer.fit(x, y)).toEqual(fresh.fit(x, y))
    expect(trainer.save()).toEqual(fresh.save())
  })
})

describe('a model', () => {
  test("takes a model's file and a trainer's", () => {
    const trainer = trained(3, 2)
    trainer.buffers['shift0.offset']![0] = 7
    const [model, copy] = [module.createModel(), module.createModel()]
    model.load(trainer.save())
    copy.load(model.save())
    expect(model.predict(x)).toEqual(trainer.predict(x))
    expect(copy.predict(x)).toEqual(trainer.predict(x))
  })

  test("takes the other precision's file", async () => {
    const single = (await importModule({ ...regression, precision: 'f32' })).createModel({ seed: 4 })
    const double = module.createModel()
    double.load(single.save())
    expect([...double.parameters['linear0.weight']!]).toEqual([...single.parameters['linear0.weight']!])
    single.load(module.createModel({ seed: 5 }).save())
    expect([...single.parameters['linear0.weight']!]).toEqual(
      [...module.createModel({ seed: 5 }).parameters['linear0.weight']!].map(Math.fround),
    )
  })
})

describe('load refuses', () => {
  const tensors = (shape: number[], numbers?: object) =>
    encode(
      [
        { name: 'linear0.weight', shape, view: new Float64Array(2), optional: false },
        { name: 'linear0.bias', shape: [1], view: new Float64Array(1), optional: false },
        { name: 'shift0.offset', shape: [1], view: new Float64Array(1), optional: false },
      ],
      numbers,
    )

  test.each([
    ['a cut file', () => tensors([1, 2]).subarray(0, -8), TypeError, 'a safetensors file'],
    ['no file', () => [1, 2, 3], TypeError, 'a safetensors file'],
    [
      'a missing parameter',
      () => encode([]),
      RangeError,
      'expected linear0.weight: F16, BF16, F32 or F64, shape [1,2], got none among ',
    ],
    ['a wrong shape', () => tensors([2]), RangeError, 'F32 or F64, shape [1,2], got F64, shape [2]'],
  ])('%s, and changes nothing', (_, bytes, error, message) => {
    for (const model of [trained(3, 1), module.createModel()]) {
      const before = model.save()
      expect(() => model.load(bytes() as Uint8Array)).toThrow(error)
      expect(() => model.load(bytes() as Uint8Array)).toThrow(message)
      expect(model.save()).toEqual(before)
    }
  })

  test.each([
    ['epoch', 1.5],
    ['epoch', -1],
    ['epoch', 'best'],
    ['steps', [6]],
    ['steps', 2 ** 53],
    ['seed', true],
    ['learningRate', -1],
    ['learningRate', '0.1'],
  ])('%s %s, and changes nothing', (name, value) => {
    const trainer = trained(3, 1)
    const before = trainer.save()
    const numbers = { optimizer: 'sgd', baseRate: 0.05, [name]: value }
    expect(() => trainer.load(tensors([1, 2], numbers))).toThrow(`expected ${name}: a`)
    expect(trainer.save()).toEqual(before)
  })

  test.each([
    ['that is no number and becomes none', '{ "toString": 0, "valueOf": 0 }'],
    ['in more lists than can be looked through', '['.repeat(3e4) + ']'.repeat(3e4)],
  ])('an epoch %s, in words of its own', (_, json) => {
    const trainer = trained(3, 1)
    const before = trainer.save()
    const place = 'x'.repeat(json.replaceAll('"', '\\"').length - 4)
    const file = Buffer.from(tensors([1, 2], { optimizer: 'sgd', baseRate: 0.05, epoch: place }))
    const text = file.toString('latin1').replace(`\\"${place}\\"`, () => json.replaceAll('"', '\\"'))
    expect(() => trainer.load(Buffer.from(text, 'latin1'))).toThrow(
      'regression: expected epoch: a whole number from 0, got ',
    )
    expect(trainer.save()).toEqual(before)
  })
})
