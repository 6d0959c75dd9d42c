import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { expectMarked, load } from '../language/marked.ts'
import { emitted, type Trainer } from '../support/emitted.ts'
import { strictMistakes } from '../support/strict.ts'

type Told = Readonly<Record<string, number>>

/** A trainer of a network that has metrics. */
interface Measuring extends Trainer {
  evaluate(x: ArrayLike<number>, y: unknown): Told
}

const samples = 11
const x = Float64Array.from({ length: samples * 3 }, (_, k) => Math.sin(1 + 1.7 * k))

const trainerOf = async (spec: string, seed = 1) => (await emitted(spec)).createTrainer({ seed }) as Measuring

const spec = (loss: string, metrics: string, more = '') => `
name: told
input: 3
layers: [{ linear: 4 }]
loss: ${loss}
metrics: ${metrics}
train: { batch: 4, optimizer: { sgd: { learningRate: 1.0e-300 } } }
${more}`

const rows = (values: ArrayLike<number>, size = 4) =>
  Array.from({ length: values.length / size }, (_, k) => Array.from({ length: size }, (_, c) => values[k * size + c]!))
const argmax = (row: readonly number[]) => row.indexOf(Math.max(...row))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe.each(['typescript', 'wasm'])('metrics in %s', (target) => {
  const emit = `emit: { target: ${target}, precision: f64 }`

  test('accuracy is of all samples together', async () => {
    const trainer = await trainerOf(spec('crossEntropy', '[accuracy]', emit))
    const y = Float64Array.from({ length: samples }, (_, k) => (k * 3) % 4)
    const expected = mean(rows(trainer.predict(x)).map((row, k) => Number(argmax(row) === y[k])))
    const told = trainer.evaluate(x, y)
    expect(told).toEqual({ loss: trainer.loss(x, y), accuracy: expected })
    expect(expected).toBeGreaterThan(0)
    const [report] = trainer.fit(x, y, { epochs: 1, validation: { x, y } })
    expect(report).toMatchObject({ metrics: { accuracy: expected }, validationMetrics: { accuracy: expected } })
  })

  test('accuracy leaves out what the loss ignores, and weighs samples', async () => {
    const trainer = await trainerOf(
      spec('{ crossEntropy: { ignoreIndex: -1 } }', '[accuracy]', `weight: true\n${emit}`),
    )
    const y = Float64Array.from({ length: samples }, (_, k) => (k % 4 === 1 ? -1 : (k * 3) % 4))
    const weight = Float64Array.from({ length: samples }, (_, k) => 1 + (k % 3))
    const right = rows(trainer.predict(x)).map((row, k) => Number(argmax(row) === y[k]))
    const counts = Array.from(y, (label, k) => (label === -1 ? 0 : weight[k]!))
    const total = counts.reduce((sum, count) => sum + count, 0)
    const expected = counts.reduce((sum, count, k) => sum + count * right[k]!, 0) / total
    expect(trainer.evaluate(x, { target: y, weight }).accuracy).toBeCloseTo(expected, 14)
  })

  test('accuracy takes the first of equals, and probabilities', async () => {
    const trainer = await trainerOf(spec('{ crossEntropy: { targets: probabilities } }', '[accuracy]', emit))
    Object.values(trainer.parameters).forEach((view) => view.fill(0))
    const y = [0.4, 0.3, 0.2, 0.1, 0.1, 0.4, 0.4, 0.1, 0.25, 0.25, 0.25, 0.25]
    expect(trainer.evaluate(x.subarray(0, 9), y).accuracy).toBeCloseTo(2 / 3, 14)
  })

  test('accuracy of bits is of the sign of each logit', async () => {
    const trainer = await trainerOf(spec('binaryCrossEntropy', '[accuracy]', emit))
    const y = Float64Array.from({ length: samples * 4 }, (_, k) => k % 2)
    const expected = mean(Array.from(trainer.predict(x), (p, k) => Number(p > 0 === y[k]! > 0.5)))
    expect(trainer.evaluate(x, y).accuracy).toBeCloseTo(expected, 14)
  })

  test('r2 and other losses', async () => {
    const trainer = await trainerOf(spec('mse', '[r2, mae, { huber: 0.5 }]', emit))
    const y = Float64Array.from({ length: samples * 4 }, (_, k) => 1e6 + Math.cos(k))
    trainer.parameters['linear0.bias']!.fill(1e6)
    const p = trainer.predict(x)
    const off = Array.from(y, (value, k) => p[k]! - value)
    const average = mean([...y].map((value) => value - 1e6)) + 1e6
    const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0)
    const told = trainer.evaluate(x, y)
    const r2 = 1 - squares(off) / squares([...y].map((value) => value - average))
    expect(told.r2! / r2).toBeCloseTo(1, 8)
    expect(told.mae).toBeCloseTo(mean(off.map(Math.abs)), 9)
    expect(told.huber).toBeCloseTo(
      mean(off.map((d) => (Math.abs(d) < 0.5 ? (d * d) / 2 : 0.5 * (Math.abs(d) - 0.25)))),
      9,
    )
    expect(trainer.evaluate(x, y.fill(3)).r2).toBe(0)
  })
})

test('in equations they are names of scalars, whose means are told', async () => {
  const { network, createTrainer } = await emitted(`
name: own
inputs: { x: 2 }
targets: { y: scalar }
parameters: { w: { shape: 2, init: { normal: 1 } } }
equations:
  - p = dot(w, dropout(x, 0.5))
  - d = abs(p - y)
  - ℓ = d^2
  - near = d < 0.5
output: p
loss: ℓ
metrics: { distance: d, 'μ': near }
train: { batch: 3 }
emit: { precision: f64 }`)
  expect(network.metrics).toEqual(['distance', 'mu'])
  const trainer = createTrainer({ seed: 1 }) as Measuring
  const [inputs, y] = [x.subarray(0, 20), x.subarray(5, 15)]
  const off = Array.from(trainer.predict(inputs), (p, k) => Math.abs(p - y[k]!))
  const told = trainer.evaluate(inputs, y)
  expect(told.distance).toBeCloseTo(mean(off), 14)
  expect(told.mu).toBe(mean(off.map((d) => Number(d < 0.5))))
})

test.each(['[accuracy]', '[r2]', '[r2, mae]', '[]'])(
  'modules with metrics: %s pass the strictest checks',
  async (metrics) => {
    const loss = metrics.includes('accuracy') ? 'crossEntropy' : 'mse'
    const { text } = await compile(await load(spec(loss, metrics)), 'told.net.yaml')
    expect(strictMistakes([['told.ts', text]])).toBe('')
  },
)

describe('what can’t be told', () => {
  it('accuracy without classes', () =>
    expectMarked(spec('mse', '[«accuracy»]'), ['out-of-range', 'is of classes, and mse has none']))
  it('r2 of classes', () => expectMarked(spec('crossEntropy', '[«r2»]'), ['shape']))
  it('a loss of other targets', () => expectMarked(spec('crossEntropy', '[«mse»]'), ['shape']))
  it('a word that there isn’t', () => expectMarked(spec('mse', '[«acuracy»]'), ['unknown-word', undefined, 'accuracy']))
  it('one thing twice', () => expectMarked(spec('mse', '[mae, «mae»]'), ['name-clash', 'listed twice']))
})
