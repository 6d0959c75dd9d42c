import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { optimizers } from '../../src/spec/optimizers.ts'
import { schedules } from '../../src/spec/schedules.ts'
import { emitted } from '../support/emitted.ts'

interface Answers {
  readonly optimizers: {
    readonly start: number[][]
    readonly x: number[]
    readonly y: number[]
    /** By optimizer and number of steps, the parameters. */
    readonly rows: Record<string, Record<string, number[][]>>
  }
  /** By schedule, the learning rate of each epoch, 0.1 at its base; `epochs` is train.epochs. */
  readonly schedules: { readonly epochs: number; readonly rows: Record<string, number[]> }
}

/** Written by pytorch.py. */
const pytorch = JSON.parse(readFileSync(new URL('pytorch.json', import.meta.url), 'utf8')) as Answers

/** PyTorch's schedules again, as all words' reference has them. */
const reference = JSON.parse(
  readFileSync(new URL('../reference/schedules.json', import.meta.url), 'utf8'),
) as readonly { readonly schedule: string; readonly learningRate: number; readonly perEpoch: number[] }[]

const names = ['linear0.weight', 'linear0.bias', 'linear1.weight', 'linear1.bias']

describe('emitted optimizers step as PyTorch, float64', () => {
  const { start, x, y, rows } = pytorch.optimizers
  const batches = [
    { x: x.slice(0, 12), y: y.slice(0, 4) },
    { x: x.slice(12), y: y.slice(4) },
  ]
  test.each(Object.entries(rows))('{ %s }', async (text, expected) => {
    const spec = `input: 3\nlayers: [linear: 4, tanh, linear: 1]\nloss: mse\ntrain: { optimizer: { ${text} } }`
    const module = await emitted(spec, { precision: 'f64' })
    const trainer = module.createTrainer({
      parameters: Object.fromEntries(names.map((name, index) => [name, start[index]])),
    })
    let steps = 0
    for (const [last, parameters] of Object.entries(expected)) {
      for (; steps < Number(last); steps++) {
        const { x, y } = batches[steps % 2]!
        trainer.step(x, y)
      }
      parameters.forEach((values, index) => expectClose(trainer.parameters[names[index]!]!, values, 1e-10))
    }
    expect(steps).toBe(60)
  })

  test('all of them', () => {
    const tried = new Set(Object.keys(rows).map((text) => text.split(':')[0]))
    expect(Object.keys(optimizers).filter((word) => !tried.has(word))).toEqual([])
  })

  test('centered rmsprop stays finite once its gradient is steady, where rounding makes the variance negative', async () => {
    const { createTrainer } = await emitted(
      'input: 1\nlayers: [linear: { units: 1, init: zeros }]\nloss: { expression: "p - 0 * y" }\n' +
        'train: { optimizer: { rmsprop: { centered: true, learningRate: 1e-5 } } }',
    )
    const trainer = createTrainer()
    // From above, the mean of squares comes closer to the square than the mean's square does.
    for (let step = 0; step < 5000; step++) trainer.step([step < 100 ? 2 : 0.7], [0])
    expect(trainer.parameters['linear0.weight']![0]).toBeLessThan(0)
  })
})

describe('emitted schedules are PyTorch’s', () => {
  const { epochs, rows } = pytorch.schedules
  const cases: [schedule: string, learningRate: number, perEpoch: number[]][] = [
    ...Object.entries(rows).map(([text, perEpoch]) => [text, 0.1, perEpoch] as [string, number, number[]]),
    ...reference.map(
      ({ schedule, learningRate, perEpoch }) => [schedule, learningRate, perEpoch] as [string, number, number[]],
    ),
  ]
  test.each(cases)('%s from %d', async (schedule, learningRate, perEpoch) => {
    expectClose(await rates(schedule, learningRate, perEpoch.length), perEpoch, 1e-12)
  })

  test('all of them', () => {
    const tried = new Set(Object.keys(rows).map((text) => /\w+/.exec(text)![0]))
    expect(Object.keys(schedules).filter((word) => !tried.has(word))).toEqual([])
  })

  test('and oneCycle keeps its last rate', async () => {
    expectClose(
      await rates('{ oneCycle: 4 }', 1, 7),
      [0.04, 0.811745653949763, 0.283060998208699, 4e-6, 4e-6, 4e-6, 4e-6],
      1e-12,
    )
  })

  test('a warmup rises to the first rate of any schedule, which then has the rest of the epochs', async () => {
    const warm = await rates('{ oneCycle: {}, warmup: { epochs: 4, start: 0.5 } }', 0.1, epochs + 2)
    const cold = await rates(`{ oneCycle: ${epochs - 4} }`, 0.1, epochs - 2)
    expectClose(warm, [0.002, 0.0025, 0.003, 0.0035, ...cold], 1e-12)
    expectClose(
      await rates(`{ linear: {}, warmup: { epochs: ${epochs}, start: 0 } }`, 3, epochs + 2),
      [...Array.from({ length: epochs + 1 }, (_, epoch) => epoch / epochs), 3],
      1e-12,
    )
  })

  async function rates(schedule: string, learningRate: number, count: number): Promise<number[]> {
    const train = `{ epochs: ${epochs}, schedule: ${schedule}, optimizer: { sgd: ${learningRate} } }`
    const { createTrainer } = await emitted(`input: 1\nlayers: [linear: 1]\nloss: mse\ntrain: ${train}`)
    const trainer = createTrainer()
    return Array.from({ length: count }, () => {
      const { learningRate } = trainer
      trainer.nextEpoch()
      return learningRate
    })
  }
})

/** Within that of each expected value, relative, and 1e-14 absolute. */
function expectClose(actual: ArrayLike<number>, expected: readonly number[], relative: number): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, k) => {
    const isClose = Math.abs(actual[k]! - value) <= relative * Math.abs(value) + 1e-14
    if (!isClose) expect([k, actual[k]]).toEqual([k, value])
  })
}
