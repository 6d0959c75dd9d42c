import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { load } from '../language/marked.ts'
import { emitted, type Trainer, type Vector } from '../support/emitted.ts'
import { strictMistakes } from '../support/strict.ts'

type Tensors = Readonly<Record<string, ArrayLike<number>>>

/** A trainer of a module that has hessianProduct. */
interface Curved extends Trainer {
  hessianProduct(x: unknown, y: unknown, direction: Tensors): Readonly<Record<string, Vector>>
}

const trainerOf = async (spec: string, seed = 3) => (await emitted(spec)).createTrainer({ seed }) as Curved

const numbers = (size: number, seed: number) => Float64Array.from({ length: size }, (_, k) => Math.sin(seed + 2.1 * k))
const copied = (views: Readonly<Record<string, Vector>>) =>
  Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view.slice()]))

/** (g(θ + h v) - g(θ - h v)) / 2h by tensor. */
function bySlopes(trainer: Curved, x: unknown, y: unknown, direction: Tensors, h = 1e-5) {
  const start = copied(trainer.parameters)
  const gradientAt = (step: number) => {
    for (const [name, view] of Object.entries(trainer.parameters))
      view.set(start[name]!.map((value, k) => value + step * (direction[name]?.[k] ?? 0)))
    trainer.gradient(x as never, y as never)
    return copied(trainer.gradients)
  }
  const [ahead, behind] = [gradientAt(h), gradientAt(-h)]
  for (const [name, view] of Object.entries(trainer.parameters)) view.set(start[name]!)
  return Object.fromEntries(
    Object.entries(ahead).map(([name, view]) => [name, view.map((value, k) => (value - behind[name]![k]!) / (2 * h))]),
  )
}

const emit = (target: string) => `emit: { target: ${target}, precision: f64, hessianProduct: true }`

const layered: readonly (readonly [string, string, number, number])[] = [
  ['dense layers', 'input: 3\nlayers: [{ linear: 4 }, tanh, { linear: 2 }]\nloss: mse', 3, 2],
  [
    'softmax',
    'input: 3\nlayers: [{ linear: 4 }, silu, { linear: 3 }]\nloss: { crossEntropy: { targets: probabilities } }',
    3,
    3,
  ],
  ['masks', 'input: 3\nlayers: [{ linear: 5 }, gelu, { dropout: 0.4 }, { linear: 2 }]\nloss: mse', 3, 2],
  ['norms', 'input: 3\nlayers: [{ linear: 4 }, batchNorm, tanh, layerNorm, { linear: 2 }]\nloss: mse', 3, 2],
  ['a recurrence', 'input: [3, 2]\nlayers: [{ gru: 2 }, { linear: 1 }]\nloss: mse', 6, 1],
  [
    'convolutions',
    'input: [1, 5]\nlayers: [{ conv1d: { channels: 2, kernel: 3 } }, tanh, flatten, { linear: 1 }]\nloss: mse',
    5,
    1,
  ],
  ['attention', 'input: [2, 4]\nlayers: [{ attention: 2 }, flatten, { linear: 1 }]\nloss: mse', 8, 1],
]

describe.each(['typescript', 'wasm'])('hessianProduct in %s', (target) => {
  test.each(layered)('through %s is the slope of the gradient', async (_, spec, inputs, targets) => {
    const trainer = await trainerOf(`name: curved\n${spec}\ntrain: { batch: 4 }\n${emit(target)}`)
    const [x, y] = [numbers(4 * inputs, 1), numbers(4 * targets, 2)]
    const direction = Object.fromEntries(
      Object.entries(trainer.parameters).map(([name, { length }], k) => [name, numbers(length, k)]),
    )
    const product = copied(trainer.hessianProduct(x, y, direction))
    const expected = bySlopes(trainer, x, y, direction)
    const largest = Math.max(...Object.values(expected).flatMap((view) => [...view].map(Math.abs)))
    expect(Object.keys(product)).toEqual(Object.keys(expected))
    for (const [name, view] of Object.entries(product))
      view.forEach((value, k) => expect(Math.abs(value - expected[name]![k]!), name).toBeLessThan(3e-8 * (1 + largest)))
  })
})

/** ½ a² x² b with two parameters: the Hessian is [[x² b, a x²], [a x², 0]], times v. */
test('is that of the formula, with what a direction leaves out as 0', async () => {
  const trainer = await trainerOf(`
name: formula
inputs: { x: scalar }
targets: {}
parameters: { a: scalar, b: scalar }
equations: ['p = a * x', 'ℓ = a^2 * x^2 * b / 2']
output: p
loss: ℓ
emit: { precision: f64, hessianProduct: true }`)
  trainer.parameters.a![0] = 3
  trainer.parameters.b![0] = 5
  const { a, b } = trainer.hessianProduct([2], {}, { a: [1], b: [10] })
  expect([a![0], b![0]]).toEqual([4 * 5 + 12 * 10, 12])
  const alone = trainer.hessianProduct([2], {}, { b: [10] })
  expect(alone.a).toBe(a)
  expect([a![0], b![0]]).toEqual([120, 0])
})

describe('hessianProduct', () => {
  it('leaves what it returned as it is where samples are refused', async () => {
    const trainer = await trainerOf(`name: curved\n${layered[0]![1]}\ntrain: { batch: 4 }\n${emit('typescript')}`)
    const direction = { 'linear0.bias': numbers(4, 1) }
    const products = trainer.hessianProduct(numbers(6, 2), numbers(4, 3), direction)
    const before = copied(products)
    expect(() => trainer.hessianProduct([1, 2, NaN], numbers(2, 3), direction)).toThrow('got NaN at x[2]')
    expect(() => trainer.hessianProduct(numbers(6, 2), numbers(4, 3), { bias: [1] })).toThrow('direction')
    expect(copied(products)).toEqual(before)
    expect(Object.values(before).some((view) => view.some((value) => value !== 0))).toBe(true)
  })

  const spec = `
name: beside
input: 3
layers: [{ linear: 4, frozen: true }, batchNorm, tanh, { dropout: 0.3 }, { linear: 1 }]
loss: mse
train: { batch: 4 }
${emit('typescript')}`
  const [x, y] = [numbers(12, 1), numbers(4, 2)]

  it('changes nothing else', async () => {
    const trainer = await trainerOf(spec)
    trainer.gradient(x, y)
    const [gradients, file] = [copied(trainer.gradients), trainer.save()]
    trainer.hessianProduct(x, y, { 'linear1.weight': [1, 2, 3, 4] })
    expect(copied(trainer.gradients)).toEqual(gradients)
    expect(trainer.save()).toEqual(file)
  })

  it('is by what is trained, and says what a direction must be', async () => {
    const trainer = await trainerOf(spec)
    expect(Object.keys(trainer.hessianProduct(x, y, {}))).toEqual(Object.keys(trainer.gradients))
    expect(() => trainer.hessianProduct(x, y, { 'linear0.weight': new Float64Array(12) })).toThrow('got linear0.weight')
    expect(() => trainer.hessianProduct(x, y, { 'linear1.weight': [1] })).toThrow('linear1.weight')
    expect(() => trainer.hessianProduct(numbers(15, 1), numbers(5, 1), {})).toThrow('at most 4 samples')
  })

  it.each(['typescript', 'wasm'] as const)('passes the strictest checks in %s', async (target) => {
    const { text } = await compile(await load(spec), 'beside.net.yaml', { target })
    expect(strictMistakes([['beside.ts', text]])).toBe('')
  })
})
