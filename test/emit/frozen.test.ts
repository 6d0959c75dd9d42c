import { beforeAll, describe, expect, test } from 'vitest'
import { compile, describeModule } from '../../src/compile.ts'
import { decode } from '../../src/runtime/safetensors.ts'
import { load } from '../language/marked.ts'
import { importText, type Emitted } from '../support/emitted.ts'

/** @param frozen beside every layer in `«»`. */
const spec = (frozen: boolean, layers: string) =>
  `input: 3\nlayers: [${layers.replace(/«(.*?)»/g, frozen ? '{ $1, frozen: true }' : '{ $1 }')}]\nloss: mse
train: { batch: 4, optimizer: { adam: { learningRate: 0.1, weightDecay: { weights: 0.1 } } } }
emit: { precision: f64 }`

const stacked = '«linear: 5», tanh, linear: 4, tanh, «linear: 3», linear: 2'
const nested =
  'linear: 4, «residual: { layers: [linear: 4, tanh], shortcut: [linear: 4] }», «concat: [[prelu], []]», linear: 2'

async function modules(layers: string) {
  const [whole, part] = await Promise.all(
    [false, true].map(async (frozen) => {
      const { text, description } = await compile(await load(spec(frozen, layers)), 'test.net.yaml')
      return { text, description, module: await importText(text) }
    }),
  )
  return { whole: whole!, part: part! }
}

const x = Array.from({ length: 12 }, (_, i) => Math.sin(3 * i))
const y = Array.from({ length: 8 }, (_, i) => Math.cos(5 * i))
const names = ({ network }: Emitted) => network.parameters.map(({ name }) => name)

describe.each([
  ['layers of a stack', stacked, ['linear1.weight', 'linear1.bias', 'linear3.weight', 'linear3.bias']],
  ['layers with layers within', nested, ['linear0.weight', 'linear0.bias', 'linear1.weight', 'linear1.bias']],
])('frozen: %s', (_, layers, trained) => {
  let { whole, part } = {} as Awaited<ReturnType<typeof modules>>
  beforeAll(async () => {
    ;({ whole, part } = await modules(layers))
  }, 60_000)

  test('the rest trains as if the optimizer were given only that', () => {
    const [reference, trainer] = [whole.module.createTrainer(), part.module.createTrainer()]
    const start = Object.fromEntries(Object.entries(trainer.parameters).map(([name, view]) => [name, view.slice()]))
    expect({ ...trainer.parameters }).toEqual({ ...reference.parameters })
    for (let step = 0; step < 20; step++) {
      expect(trainer.gradient(x, y)).toBe(reference.gradient(x, y))
      for (const name of trained) expect(trainer.gradients[name]).toEqual(reference.gradients[name])
      expect(trainer.step(x, y)).toBe(reference.step(x, y))
      for (const name of names(part.module)) if (!trained.includes(name)) reference.parameters[name]!.set(start[name]!)
      expect({ ...trainer.parameters }).toEqual({ ...reference.parameters })
    }
    for (const name of trained) expect(trainer.parameters[name]).not.toEqual(start[name])
    expect(trainer.predict(x)).toEqual(reference.predict(x))
  })

  test('names stay in the order of the spec; what is frozen has no gradient and no optimizer state', () => {
    const trainer = part.module.createTrainer()
    expect(part.module.network.parameters).toEqual(whole.module.network.parameters)
    expect(Object.keys(trainer.parameters)).toEqual(names(whole.module))
    expect(Object.keys(trainer.gradients)).toEqual(trained)
    expect(Object.keys(decode(trainer.save()).entries)).toEqual([
      ...names(whole.module),
      ...['mean', 'square', 't'].flatMap((state) => trained.map((name) => `optimizer.${state}.${name}`)),
    ])
  })

  test('files carry frozen parameters to models and trainers, frozen or not', () => {
    const frozen = names(part.module).find((name) => !trained.includes(name))!
    const trainer = part.module.createTrainer({
      parameters: { [frozen]: whole.module.createTrainer({ seed: 9 }).parameters[frozen] },
    })
    trainer.step(x, y)
    const file = trainer.save()
    for (const { module } of [whole, part]) {
      for (const model of [module.createModel({ seed: 3 }), module.createTrainer({ seed: 3 })]) {
        model.load(file)
        expect({ ...model.parameters }).toEqual({ ...trainer.parameters })
        expect(model.predict(x)).toEqual(trainer.predict(x))
      }
    }
    const resumed = part.module.createTrainer()
    resumed.load(file)
    expect([resumed.step(x, y), resumed.step(x, y)]).toEqual([trainer.step(x, y), trainer.step(x, y)])
    expect(resumed.save()).toEqual(trainer.save())
  })

  test('no code differentiates by what is frozen', () => {
    expect(part.description.operations).toBeLessThan(whole.description.operations)
    expect(part.text.length).toBeLessThan(whole.text.length)
  })
})

test('nothing leads back through frozen first layers, and their activations are not kept', async () => {
  const describeOne = async (frozen: boolean) =>
    describeModule(await load(spec(frozen, `${'«linear: 50», sigmoid, '.repeat(6)}linear: 2`)), 'test.net.yaml')
  const [whole, part] = [await describeOne(false), await describeOne(true)]
  const text = [...part.sections.flatMap(({ functions }) => functions), ...part.programs.gradient.calls].join('\n')
  expect(text).not.toMatch(/dl\/d(f|h|Omega|beta)[0-5]/)
  expect(text).toMatch(/dl\/dOmega6 = /)
  // Gradients and two states fewer, and of six activations only those that two layers pass on.
  const elements = 5 * 50 * 51 + 4 * 50
  expect(whole.arena.trainerLength - part.arena.trainerLength).toBeGreaterThanOrEqual(3 * elements + 4 * 4 * 50)
})

test('a wholly frozen network still shows the gradient by its input', async () => {
  const text = spec(true, '«linear: 4», tanh, «linear: 2»').replace('f64', 'f64, inputGradient: true')
  const { createTrainer } = await importText((await compile(await load(text), 'test.net.yaml')).text)
  const trainer = createTrainer()
  const before = trainer.save()
  const step = 1e-5
  trainer.gradient(x, y)
  x.forEach((value, i) => {
    const slope = (trainer.loss(x.with(i, value + step), y) - trainer.loss(x.with(i, value - step), y)) / (2 * step)
    expect((trainer.inputGradient as Float64Array)[i]).toBeCloseTo(slope, 8)
  })
  expect(trainer.gradients).toEqual({})
  expect(trainer.save()).toEqual(before)
})
