import { beforeAll, describe, expect, test } from 'vitest'
import { importModule, type ImportedModule } from './import.ts'
import { records } from './records.ts'
import { regression } from './regression.ts'

let module: ImportedModule
beforeAll(async () => {
  module = await importModule(regression)
})

const parameters = { 'linear0.weight': [2, -1], 'linear0.bias': [0.5] }
const buffers = { 'shift0.offset': [0] }
/** 11 samples: two whole batches and a part of one. */
const x = Float64Array.from({ length: 22 }, (_, i) => Math.sin(i))
const predictions = Array.from({ length: 11 }, (_, i) => 2 * x[2 * i]! - x[2 * i + 1]! + 0.5)
const y = predictions.map((prediction, i) => prediction - i)

test('network tells what the spec said', () => {
  expect(module.network).toEqual({
    name: 'regression',
    version: '0.1.0',
    specHash: '0123456789abcdef',
    precision: 'f64',
    batch: 4,
    epochs: 3,
    input: [2],
    output: [1],
    target: [1],
    parameters: [
      { name: 'linear0.weight', shape: [1, 2] },
      { name: 'linear0.bias', shape: [1] },
    ],
    buffers: [{ name: 'shift0.offset', shape: [1] }],
    parameterCount: 3,
  })
})

describe('start values', () => {
  test('are fixed by the seed, 0 unless told, and the same in a model and a trainer', () => {
    const { createModel, createTrainer } = module
    const weights = (seed?: number) => [
      ...createModel(seed === undefined ? {} : { seed }).parameters['linear0.weight']!,
      ...createTrainer(seed === undefined ? {} : { seed }).parameters['linear0.weight']!,
    ]
    const [w1, w2, ...again] = weights()
    expect(again).toEqual([w1, w2])
    expect(weights(0)).toEqual(weights())
    expect(weights(1)).not.toEqual(weights())
    expect(w1).not.toBe(w2)
    expect(createModel().buffers['shift0.offset']![0]).toBe(0.25)
  })

  test('give way to what the options hold', () => {
    const model = module.createModel({ parameters: { 'linear0.bias': Float32Array.of(3) }, buffers })
    expect(model.parameters['linear0.bias']![0]).toBe(3)
    expect(model.parameters['linear0.weight']).toEqual(module.createModel().parameters['linear0.weight'])
    expect(model.buffers['shift0.offset']![0]).toBe(0)
  })

  test.each([
    [
      'an unknown parameter',
      { parameters: { 'linear0.bais': [1] } },
      TypeError,
      'regression: expected parameters: a record of linear0.bias, linear0.weight, got linear0.bais',
    ],
    [
      'an unknown option',
      { sead: 3 },
      TypeError,
      'regression: expected options: a record of seed, parameters, buffers, got sead',
    ],
    ['an option of the trainer', { learningRate: 3 }, TypeError, 'got learningRate'],
    ['what is no record', 42, TypeError, 'expected options: a record of seed, parameters, buffers, got 42'],
    ['parameters in a list', { parameters: [[1, 2]] }, TypeError, 'got 0'],
    ['a name that every object has', { parameters: { toString: [1] } }, TypeError, 'toString'],
    ['an unknown buffer', { buffers: { x: [1] } }, TypeError, 'expected buffers: a record of shift0.offset, got x'],
    ['too many numbers', { parameters: { 'linear0.weight': [1, 2, 3] } }, RangeError, 'a flat array, 2 numbers, got 3'],
    ['twice the numbers', { parameters: { 'linear0.weight': [1, 2, 3, 4] } }, RangeError, '2 numbers, got 4'],
    [
      'nested arrays',
      { parameters: { 'linear0.weight': [[1, 2]] } },
      TypeError,
      'at linear0.weight[0]: write linear0.weight.flat()',
    ],
    ['a seed as text', { seed: '1' }, TypeError, "expected seed: a whole number from 0, got '1'"],
    ['a part of a seed', { seed: 0.5 }, RangeError, 'expected seed: a whole number from 0, got 0.5'],
  ])('refuse %s', (_, options, error, message) => {
    for (const create of [module.createModel, module.createTrainer]) {
      expect(() => create(options as never)).toThrow(error)
      expect(() => create(options as never)).toThrow(message)
    }
  })
})

describe('predict', () => {
  test('takes any whole number of samples, in a new array each time', () => {
    const model = module.createModel({ parameters, buffers })
    for (const samples of [0, 1, 3, 4, 5, 8, 11]) {
      const result = model.predict(x.subarray(0, 2 * samples))
      expect(result).toBeInstanceOf(Float64Array)
      expect(result).toHaveLength(samples)
      for (const [i, value] of result.entries()) expect(value).toBeCloseTo(predictions[i]!, 14)
    }
    const first = model.predict(x)
    expect(model.predict([...x])).toEqual(first)
    expect(model.predict(x)).not.toBe(first)
  })

  test('a trainer predicts the same', () => {
    expect(module.createTrainer({ parameters, buffers }).predict(x)).toEqual(
      module.createModel({ parameters, buffers }).predict(x),
    )
  })

  test('views are live', () => {
    const model = module.createModel({ parameters, buffers })
    model.parameters['linear0.bias']![0] = 100
    model.buffers['shift0.offset']![0] = 10
    expect(model.predict([0, 0])[0]).toBe(110)
  })

  test.each([
    ['nested arrays', [[1, 2]], TypeError],
    ['parts of samples', [1, 2, 3], RangeError],
    ['strings', ['1', '2'], TypeError],
    ['NaN', [1, 2, NaN, 1], RangeError],
    ['NaN in a typed array', Float32Array.of(NaN, 1), RangeError],
    ['what is infinite', [1, Infinity], RangeError],
    ['BigInts', BigInt64Array.of(1n, 2n), TypeError],
    ['nothing', undefined, TypeError],
  ])('refuses %s', (_, data, error) => {
    expect(() => module.createModel().predict(data as never)).toThrow(error)
  })
})

describe('loss', () => {
  test('is the mean over any number of samples', () => {
    const trainer = module.createTrainer({ parameters, buffers })
    for (const samples of [1, 3, 4, 9, 11]) {
      const squares = Array.from({ length: samples }, (_, i) => i * i)
      const mean = squares.reduce((sum, square) => sum + square) / samples
      expect(trainer.loss(x.subarray(0, 2 * samples), y.slice(0, samples))).toBeCloseTo(mean, 12)
    }
  })

  test('has no value for no samples', () => {
    expect(() => module.createTrainer().loss([], [])).toThrow(RangeError)
  })
})

describe('single precision', () => {
  test('stores and returns Float32Array', async () => {
    const { createTrainer, network } = await importModule({ ...regression, precision: 'f32' })
    const trainer = createTrainer({ parameters: { 'linear0.weight': [0.1, 0] } })
    expect(network['precision']).toBe('f32')
    expect(trainer.parameters['linear0.weight']).toBeInstanceOf(Float32Array)
    expect(trainer.parameters['linear0.weight']![0]).toBe(Math.fround(0.1))
    expect(trainer.predict(x)).toBeInstanceOf(Float32Array)
  })
})

describe('several inputs and targets', () => {
  test('are records by name', async () => {
    const { createTrainer, network } = await importModule(records)
    expect(network).toMatchObject({ input: { a: [], b: [2] }, output: [], target: { y: [], c: [] } })
    const trainer = createTrainer()
    const a = [1, 2, 3, 4, 5]
    const b = Float32Array.from({ length: 10 }, (_, i) => i)
    const expected = a.map((value, i) => 2 * (value + 4 * i + 1))
    expect([...trainer.predict({ b, a })]).toEqual(expected)
    const c = [0, 1, 2, 0, 1]
    expect(trainer.loss({ a, b }, { y: expected, c })).toBe((0 + 1 + 4 + 0 + 1) / 5)
  })

  test.each([
    [
      'a missing name',
      { a: [1] },
      { y: [1], c: [1] },
      TypeError,
      'records: expected b: a flat array, 2 numbers a sample, 2 in all, got undefined',
    ],
    [
      'another name',
      { a: [1], b: [1, 2], d: [1] },
      { y: [1], c: [1] },
      TypeError,
      'records: expected x: a record of a, b, got d',
    ],
    ['a flat array', [1, 2, 3], { y: [1], c: [1] }, TypeError, 'records: expected x: a record of a, b, got 0'],
    ['no record', undefined, { y: [1], c: [1] }, TypeError, 'records: expected x: a record of a, b, got undefined'],
    [
      'unequal inputs',
      { a: [1, 2], b: [1, 2] },
      { y: [1], c: [1] },
      RangeError,
      'expected b: a flat array, 2 numbers a sample, 4 in all, got 2',
    ],
    ['unequal targets', { a: [1], b: [1, 2] }, { y: [1], c: [1, 2] }, RangeError, '1 in all, got 2'],
    [
      'fewer targets',
      { a: [1, 2], b: [1, 2, 3, 4] },
      { y: [1], c: [1] },
      RangeError,
      'a number a sample, 2 in all, got 1',
    ],
    [
      'a class out of range',
      { a: [1], b: [1, 2] },
      { y: [1], c: [3] },
      RangeError,
      'c: a flat array, a whole number from 0 to 2 a sample, 1 in all, got 3 at c[0], place 0 of sample 0',
    ],
  ])('refuse %s', async (_, data, targets, error, message) => {
    const trainer = (await importModule(records)).createTrainer()
    expect(() => trainer.loss(data as never, targets as never)).toThrow(error)
    expect(() => trainer.loss(data as never, targets as never)).toThrow(message)
  })
})
