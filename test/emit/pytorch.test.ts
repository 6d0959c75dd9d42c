import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { clips } from '../../src/language/words/clips.ts'
import { optimizers } from '../../src/language/words/optimizers.ts'
import { schedules } from '../../src/language/words/schedules.ts'
import { emitted, type Trainer } from '../support/emitted.ts'

interface Answers {
  readonly optimizers: {
    readonly start: number[][]
    readonly x: number[]
    readonly y: number[]
    /** By optimizer and number of steps, the parameters. */
    readonly rows: Record<string, Record<string, number[][]>>
  }
  /** By the keys of `train`, of the same network: the steps in which clipping changed gradients, and the parameters. */
  readonly clips: Record<string, { readonly bound: number; readonly parameters: Record<string, number[][]> }>
  /** The same for a network with norms and slopes. */
  readonly groups: { readonly start: number[][]; readonly rows: Record<string, Record<string, number[][]>> }
  /** By schedule, the learning rate of each epoch and after the last, 0.1 at its base; a metric of null is no number. */
  readonly plateaus: { readonly metrics: (number | null)[]; readonly rows: Record<string, number[]> }
  /** By schedule, the learning rate of each epoch, 0.1 at its base; `epochs` is train.epochs. */
  readonly schedules: { readonly epochs: number; readonly rows: Record<string, number[]> }
}

/** Written by pytorch.py. */
const pytorch = JSON.parse(readFileSync(new URL('pytorch.json', import.meta.url), 'utf8')) as Answers

/** PyTorch's schedules again, as all words' reference has them. */
const reference = JSON.parse(
  readFileSync(new URL('../reference/schedules.json', import.meta.url), 'utf8'),
) as readonly { readonly schedule: string; readonly learningRate: number; readonly perEpoch: number[] }[]

const { start, x, y, rows } = pytorch.optimizers

/** Trains as pytorch.py does, and compares the parameters after some of the steps. */
async function expectSteps(
  layers: string,
  train: string,
  start: readonly number[][],
  expected: Readonly<Record<string, number[][]>>,
): Promise<void> {
  const spec = `input: 3\nlayers: [${layers}]\nloss: mse\ntrain: { ${train} }`
  const { network, createTrainer } = await emitted(spec, { precision: 'f64' })
  const names = network.parameters.map(({ name }) => name)
  const trainer = createTrainer({ parameters: Object.fromEntries(names.map((name, index) => [name, start[index]])) })
  const batches = [
    { x: x.slice(0, 12), y: y.slice(0, 4) },
    { x: x.slice(12), y: y.slice(4) },
  ]
  let steps = 0
  for (const [last, parameters] of Object.entries(expected)) {
    for (; steps < Number(last); steps++) {
      const { x, y } = batches[steps % 2]!
      trainer.step(x, y)
    }
    parameters.forEach((values, index) => expectClose(trainer.parameters[names[index]!]!, values, 1e-10))
  }
  expect(steps).toBe(60)
}

const perceptron = 'linear: 4, tanh, linear: 1'

describe('emitted optimizers step as PyTorch, float64', () => {
  test.each(Object.entries(rows))('{ %s }', (text, expected) =>
    expectSteps(perceptron, `optimizer: { ${text} }`, start, expected),
  )

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

describe('emitted modules clip gradients as PyTorch, float64', () => {
  test.each(Object.entries(pytorch.clips))('{ %s }', (text, { parameters }) =>
    expectSteps(perceptron, text, start, parameters),
  )

  test('all ways, both where the limit binds and where it does not', () => {
    for (const word of Object.keys(clips)) {
      const bound = Object.entries(pytorch.clips)
        .filter(([text]) => text.includes(`{ ${word}:`))
        .map(([, { bound }]) => bound)
      expect(Math.min(...bound), word).toBe(0)
      expect(Math.max(...bound), word).toBeGreaterThan(0)
    }
  })

  describe.each(['norm', 'value'])('by their %s', (word) => {
    const of = (limit: number, optimizer = '{ sgd: 1 }') =>
      emitted(
        `input: 3\nlayers: [${perceptron}]\nloss: mse\ntrain: { clip: { ${word}: ${limit} }, optimizer: ${optimizer} }`,
      )

    test('leave `gradients` as they are', async () => {
      const [tight, loose] = await Promise.all([of(1e-3), of(1e3)])
      const [a, b] = [tight.createTrainer(), loose.createTrainer()]
      expect(a.gradient(x, y)).toBe(b.gradient(x, y))
      expect({ ...a.gradients }).toEqual({ ...b.gradients })
    })

    test('keep a NaN', async () => {
      const trainer = (await of(1)).createTrainer()
      trainer.parameters['linear1.bias']![0] = NaN
      trainer.step(x, y)
      for (const view of Object.values(trainer.parameters)) expect([...view].every(Number.isNaN)).toBe(true)
    })

    test('take all of what is trained, and nothing else', async () => {
      const spec = (frozen: string) =>
        `input: 3\nlayers: [{ linear: 4${frozen} }, tanh, linear: 1]\nloss: mse\ntrain: { clip: { ${word}: 0.1 }, optimizer: { sgd: 1 } }`
      const trainer = (await emitted(spec(', frozen: true'), { precision: 'f64' })).createTrainer()
      const before = Object.entries(trainer.parameters).map(([name, view]) => [name, view.slice()] as const)
      trainer.gradient(x, y)
      const gradients = Object.fromEntries(Object.entries(trainer.gradients).map(([name, view]) => [name, [...view]]))
      const norm = Math.hypot(...Object.values(gradients).flat())
      trainer.step(x, y)
      for (const [name, values] of before) {
        const steps = [...values].map((value, i) => value - trainer.parameters[name]![i]!)
        const expected = (gradients[name] ?? steps.map(() => 0)).map((g) =>
          word === 'norm' ? (g * 0.1) / (norm + 1e-6) : Math.sign(g) * Math.min(Math.abs(g), 0.1),
        )
        steps.forEach((step, i) => expect(step).toBeCloseTo(expected[i]!, 12))
      }
    })
  })

  test('and the norm may be larger than its square could be', async () => {
    const { createTrainer } = await emitted(
      'input: 1\nlayers: [linear: 1]\nloss: { expression: "p - 0 * y" }\ntrain: { clip: { norm: 1 }, optimizer: { sgd: 1 } }',
    )
    const trainer = createTrainer({ parameters: { 'linear0.weight': [0] } })
    trainer.step([1e30], [0])
    expect(trainer.parameters['linear0.weight']![0]).toBeCloseTo(-1, 6)
  })
})

describe('a weight decay for weights alone is that of PyTorch’s parameter groups', () => {
  const { start, rows } = pytorch.groups
  test.each(Object.entries(rows))('{ %s }', (text, expected) =>
    expectSteps('linear: 4, layerNorm, prelu, linear: 1', `optimizer: { ${text} }`, start, expected),
  )
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

  describe('after each metric', () => {
    const { metrics, rows } = pytorch.plateaus
    test.each(Object.entries(rows))('%s', async (schedule, perEpoch) => {
      const trainer = await withSchedule(schedule, 0.1)
      const rates = metrics.map((metric) => {
        const { learningRate } = trainer
        trainer.nextEpoch(metric ?? NaN)
        return learningRate
      })
      expectClose([...rates, trainer.learningRate], perEpoch, 1e-12)
    })
  })

  test('all of them', () => {
    const tried = new Set(
      [...Object.keys(rows), ...Object.keys(pytorch.plateaus.rows)].map((text) => /\w+/.exec(text)![0]),
    )
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
    const trainer = await withSchedule(schedule, learningRate)
    return Array.from({ length: count }, () => {
      const { learningRate } = trainer
      trainer.nextEpoch()
      return learningRate
    })
  }

  async function withSchedule(schedule: string, learningRate: number): Promise<Trainer> {
    const train = `{ epochs: ${epochs}, schedule: ${schedule}, optimizer: { sgd: ${learningRate} } }`
    return (await emitted(`input: 1\nlayers: [linear: 1]\nloss: mse\ntrain: ${train}`)).createTrainer()
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
