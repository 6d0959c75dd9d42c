import { describe, expect, test } from 'vitest'
import { describeModule } from '../../../src/compile.ts'
import { renderModule } from '../../../src/emit/emit.ts'
import { expectClose } from '../../property/compare.ts'
import { uniformRandom } from '../../property/network.ts'
import { load } from '../../language/marked.ts'
import { contentOf } from '../../support/checkpoint.ts'
import { instantiate, type Trainer, type Vector } from '../../support/emitted.ts'

/*
 * One spec as two modules. With portable mathematics double precision leaves no room for a difference; single precision is near to it.
 */

type Target = 'typescript' | 'wasm'
type Precision = 'f32' | 'f64'

async function trainerOf(spec: string, target: Target, precision: Precision): Promise<Trainer> {
  const network = await load(`${spec}\nemit: { math: portable, inputGradient: ${!spec.includes('index:')} }`)
  return (
    await instantiate(await renderModule(await describeModule(network, 'a.net.yaml', { target, precision })))
  ).createTrainer({ seed: 3 })
}

async function trainersOf(spec: string): Promise<{ expected: Trainer; double: Trainer; single: Trainer }> {
  const [expected, double, single] = [
    await trainerOf(spec, 'typescript', 'f64'),
    await trainerOf(spec, 'wasm', 'f64'),
    await trainerOf(spec, 'wasm', 'f32'),
  ]
  return { expected, double, single }
}

const random = uniformRandom(17)
const numbers = (count: number) => Float64Array.from({ length: count }, () => 2 * random() - 1)
const below = (most: number, count: number) => Float64Array.from({ length: count }, () => Math.floor(most * random()))

/** All that a batch shows, and what a step makes of the parameters. */
function observe(trainer: Trainer, x: ArrayLike<number>, y: ArrayLike<number>): Record<string, ArrayLike<number>> {
  const values: Record<string, ArrayLike<number>> = {
    prediction: trainer.predict(x),
    loss: [trainer.loss(x, y)],
    trainingLoss: [trainer.gradient(x, y)],
  }
  for (const [name, view] of Object.entries(trainer.gradients)) values[`gradient of ${name}`] = view.slice()
  if (trainer.inputGradient) values['input gradient'] = (trainer.inputGradient as Vector).slice(0, x.length)
  values['loss of the step'] = [trainer.step(x, y)]
  for (const [name, view] of Object.entries({ ...trainer.parameters, ...trainer.buffers })) values[name] = view.slice()
  return values
}

type Trainers = Awaited<ReturnType<typeof trainersOf>>

function expectAlike({ expected, double, single }: Trainers, x: ArrayLike<number>, y: ArrayLike<number>): void {
  const meant = observe(expected, x, y)
  for (const [trainer, relative] of [
    [double, 0],
    [single, 1e-4],
  ] as const) {
    const actual = observe(trainer, x, y)
    expect(Object.keys(actual)).toEqual(Object.keys(meant))
    for (const [name, values] of Object.entries(meant))
      expectClose(actual[name]!, values, { relative, absolute: relative / 100 }, name)
  }
}

describe('what lanes do not divide', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%i units, any part of a batch of 9', async (size) => {
    const trainers = await trainersOf(`
input: ${size}
layers: [linear: ${size}, tanh, linear: ${size + 1}]
loss: crossEntropy
train: { batch: 9, optimizer: { sgd: { learningRate: 0.1, momentum: 0.5 } } }`)
    for (let n = 1; n <= 9; n++) expectAlike(trainers, numbers(n * size), below(size + 1, n))
  })

  test.each([1, 3, 4, 5])('%i channels, convolved, padded and pooled', async (channels) => {
    const trainers = await trainersOf(`
input: [2, 7, 6]
layers: [conv2d: { channels: ${channels}, kernel: 3, padding: 1 }, relu, maxPool2d: 2, conv2d: { channels: 3, kernel: 2, stride: 2 }, flatten, linear: 3]
loss: mse
train: { batch: 5, optimizer: { adam: { learningRate: 0.01 } } }`)
    for (let n = 1; n <= 5; n++) expectAlike(trainers, numbers(n * 84), numbers(n * 3))
  })
})

test.each([
  ['a normalisation over the batch', 'input: 7\nlayers: [linear: 5, batchNorm, relu, linear: 3]', () => numbers(4 * 7)],
  [
    'an embedding',
    'input: { shape: [6], index: 5 }\nlayers: [embedding: 3, flatten, linear: 3]',
    () => below(5, 4 * 6),
  ],
  ['a recurrence', 'input: [5, 3]\nlayers: [lstm: 6, linear: 3]', () => numbers(4 * 15)],
  ['attention', 'input: [5, 6]\nlayers: [attention: { heads: 2 }, flatten, linear: 3]', () => numbers(4 * 30)],
])('%s', async (_, body, draw) => {
  const trainers = await trainersOf(`${body}\nloss: mse\ntrain: { batch: 4, optimizer: { sgd: 0.1 } }`)
  for (let step = 0; step < 3; step++) expectAlike(trainers, draw(), numbers(4 * 3))
})

test('what is left beside lanes rounds as lanes do: a choice between doubles', async () => {
  const spec = 'input: 7\nlayers: [scale]\nloss: { huber: 0.3 }'
  const trainer = await trainerOf(spec, 'wasm', 'f32')
  for (let n = 1; n <= 32; n++) {
    trainer.gradient(new Float32Array(7 * n).fill(2), new Float32Array(7 * n))
    expect(new Set((trainer.inputGradient as Vector).slice(0, 7 * n)).size).toBe(1)
  }
})

test.each(['{ sgd: { momentum: 0.9 } }', 'adam'])(
  'what %s remembers ends at 0, not at subnormal numbers',
  async (optimizer) => {
    const spec = `input: 5\nlayers: [scale: 5]\nloss: mse\ntrain: { optimizer: ${optimizer} }`
    const trainer = await trainerOf(spec, 'wasm', 'f32')
    const x = Float32Array.of(1, 2, 3, 4, 5)
    trainer.step(x, new Float32Array(5))
    for (let step = 0; step < 2000; step++) trainer.step(new Float32Array(5), new Float32Array(5))
    // Counts of steps are no states.
    const states = Object.entries(contentOf(trainer.save()).tensors).filter(([, values]) => values.length === 5)
    const numbers = Float32Array.from(states.flatMap(([, values]) => [...values]))
    expect(numbers.length).toBeGreaterThan(5)
    expect(numbers.filter((value) => value !== 0 && Math.abs(value) < 2 ** -126)).toEqual(new Float32Array(0))
    expect([...numbers].filter((value) => value === 0)).toHaveLength(5)
  },
)

test('dropout leaves out the same on both targets, in either precision', async () => {
  const spec = `
input: 13
layers: [dropout: 0.4, scale, dropout: 0.4, linear: 3]
loss: mse
train: { batch: 7, optimizer: { sgd: 0.1 } }`
  const [x, y] = [numbers(7 * 13), numbers(7 * 3)]
  const masks = new Set<string>()
  for (const target of ['typescript', 'wasm'] as const) {
    for (const precision of ['f32', 'f64'] as const) {
      const trainer = await trainerOf(spec, target, precision)
      let mask = ''
      for (let step = 0; step < 3; step++) {
        trainer.step(x, y)
        mask += Array.from(trainer.inputGradient as Vector, (slope) => (slope === 0 ? '.' : 'x')).join('')
      }
      masks.add(mask)
    }
  }
  expect(masks.size).toBe(1)
  const [mask] = [...masks] as [string]
  expect(mask.split('x').length / mask.length).toBeCloseTo(0.36, 1)
  expect(mask.slice(0, 91)).not.toBe(mask.slice(91, 182))
})

test.each(['lsuv', 'heNormal'])('a batch starts parameters alike: %s and actNorm', async (init) => {
  const trainers = await trainersOf(`
input: 6
layers: [linear: 7, actNorm, relu, linear: 3]
loss: mse
init: ${init}
train: { batch: 8, optimizer: { sgd: 0.1 } }`)
  const x = numbers(8 * 6)
  for (const trainer of Object.values(trainers)) trainer.initialize(x)
  expectAlike(trainers, x, numbers(8 * 3))
})

test.each<readonly [Target, Target]>([
  ['typescript', 'wasm'],
  ['wasm', 'typescript'],
])('what a trainer of %s has saved goes on in %s', async (from, to) => {
  const spec = `
input: 5
layers: [linear: 6, batchNorm, tanh, dropout: 0.2, linear: 3]
loss: mse
train: { batch: 4, optimizer: adam, schedule: { exponential: { factor: 0.5 } } }`
  const first = await trainerOf(spec, from, 'f64')
  const batch = () => [numbers(4 * 5), numbers(4 * 3)] as const
  for (let step = 0; step < 3; step++) first.step(...batch())
  first.nextEpoch()
  const second = await trainerOf(spec, to, 'f64')
  second.load(first.save())
  for (let step = 0; step < 3; step++) {
    const [x, y] = batch()
    expect(second.step(x, y)).toBe(first.step(x, y))
  }
  expect(second.save()).toEqual(first.save())
})
