import { describe, expect, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { emitted, type Trainer } from '../support/emitted.ts'
import { load } from '../language/marked.ts'

const layers = `
input: [2, 3]
layers: [linear: 4, tanh, flatten, linear: 2]
loss: mse
train: { batch: 3, optimizer: sgd }
emit: { precision: f64, inputGradient: true }`

const pair = `
inputs: { left: 3, right: 2, kind: { shape: scalar, index: 4 } }
targets: { y: scalar }
parameters: { A: [2, 3] }
equations:
  - p = dot(tanh(A * left), right) * (kind + 1)
  - ℓ = (p - y)^2
output: p
loss: ℓ
train: { batch: 2, optimizer: sgd }
emit: { precision: f64, inputGradient: true }`

const numbers = (count: number, seed: number) => Array.from({ length: count }, (_, i) => Math.sin(seed + 3 * i))

/** Central differences of a function of some numbers, by each of them. */
function slopes(at: readonly number[], f: (x: number[]) => number): number[] {
  const step = 1e-5
  return at.map((value, i) => (f(at.with(i, value + step)) - f(at.with(i, value - step))) / (2 * step))
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 8))
}

describe('inputGradient', () => {
  test('is the slope of the mean loss by each number of x, for the samples given', async () => {
    const trainer = (await emitted(layers)).createTrainer()
    const view = trainer.inputGradient as Float64Array
    expect(view.length).toBe(3 * 6)
    for (const samples of [3, 1, 2]) {
      const [x, y] = [numbers(6 * samples, samples), numbers(2 * samples, 7)]
      const others = view.slice(6 * samples)
      trainer.gradient(x, y)
      expectClose(
        view.subarray(0, 6 * samples),
        slopes(x, (moved) => trainer.loss(moved, y)),
      )
      expect(view.subarray(6 * samples)).toEqual(others)
    }
  })

  test('stays while the trainer predicts and evaluates', async () => {
    const trainer = (await emitted(layers)).createTrainer()
    const view = trainer.inputGradient as Float64Array
    trainer.gradient(numbers(18, 1), numbers(6, 2))
    const before = view.slice()
    trainer.predict(numbers(18, 3))
    trainer.loss(numbers(18, 3), numbers(6, 4))
    expect(view).toEqual(before)
    expect(view.some((value) => value !== 0)).toBe(true)
  })

  test('is a record where the inputs are several, without those of whole numbers', async () => {
    const trainer: Trainer = (await emitted(pair)).createTrainer()
    const x = { left: numbers(6, 1), right: numbers(4, 2), kind: [3, 1] }
    const y = [0.3, -0.2]
    trainer.gradient(x, y)
    const views = trainer.inputGradient as Readonly<Record<string, Float64Array>>
    expect(Object.keys(views)).toEqual(['left', 'right'])
    for (const name of ['left', 'right'] as const)
      expectClose(
        views[name]!,
        slopes(x[name], (moved) => trainer.loss({ ...x, [name]: moved }, y)),
      )
  })

  test('is 0 by an input that the loss ignores', async () => {
    const trainer = (
      await emitted(pair.replace('dot(tanh(A * left), right) * (kind + 1)', 'sum(A * left)'))
    ).createTrainer()
    trainer.gradient({ left: numbers(6, 1), right: numbers(4, 2), kind: [0, 0] }, [1, 2])
    expect((trainer.inputGradient as Record<string, Float64Array>).right).toEqual(new Float64Array(4))
  })

  test('costs nothing where it is off', async () => {
    const off = layers.replace('inputGradient: true', 'inputGradient: false')
    const [without, unsaid] = await Promise.all(
      [off, off.replace(', inputGradient: false', '')].map(async (text) => compile(await load(text), 'test.net.yaml')),
    )
    expect(without!.text).toBe(unsaid!.text)
    expect(without!.text).not.toContain('inputGradient')
    expect(without!.text).not.toContain('adjoint_x')
  })
})
