import { beforeAll, describe, expect, it, test } from 'vitest'
import * as runtime from '../../src/runtime/initializers.ts'
import { randomNormal } from '../../src/runtime/random.ts'
import { initializers, type Initializer } from '../../src/language/words/initializers.ts'
import { emitted, type Emitted } from '../support/emitted.ts'

type Word = keyof typeof initializers

/** What an initializer draws for a shape. */
function drawn(word: Word, settings: object, shape: readonly number[], seed: number, stream: number): Float64Array {
  const row: Initializer = initializers[word]
  const initial = row.initial(shape, row.arguments.parse(settings))
  const fill = runtime[initial.function] as (view: Float64Array, ...numbers: number[]) => void
  const values = new Float64Array(shape.reduce((product, extent) => product * extent, 1))
  fill(values, ...initial.arguments, seed, stream)
  return values
}

const normals = (count: number, stream: number) => Array.from({ length: count }, (_, i) => randomNormal(0, stream, i))
const meanSquare = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length

test('a module with every initializer starts as they say', async () => {
  const words = (Object.keys(initializers) as Word[]).filter((word) => word !== 'constant')
  const shapeOf = (word: Word) => (word === 'deltaOrthogonal' ? [6, 6, 2, 3] : [6, 6])
  const parameters = words.map((word, i) => `  w${i}: { shape: [${shapeOf(word).join(', ')}], init: ${word} }`)
  const module = await emitted(
    `inputs: { x: scalar }
targets: { y: scalar }
parameters:
${parameters.join('\n')}
equations:
  - p = x * (${words.map((_, i) => `sum(w${i})`).join(' + ')})
  - l = (p - y)^2
output: p
loss: l`,
    { precision: 'f64' },
  )
  const trainer = module.createTrainer({ seed: 5 })
  words.forEach((word, i) => expect(trainer.parameters[`w${i}`], word).toEqual(drawn(word, {}, shapeOf(word), 5, i)))
})

describe('through 50 layers with relu, the variance of pre-activations', () => {
  const [depth, width, samples] = [50, 64, 16]
  const seeds = [0, 1, 2, 3]
  const x = normals(width * samples, 999)
  let module: Emitted

  beforeAll(async () => {
    const layers = `${`linear: ${width}, relu, `.repeat(depth - 1)}linear: ${width}`
    module = await emitted(`input: ${width}\nlayers: [${layers}]\nloss: mse\ninit: heNormal`, { precision: 'f64' })
  })

  /** Of the last layer's, for each seed; on average it is the first layer's, `width` times a weight's, where it is kept. */
  const lastVariances = (word: Word, settings: object = {}) =>
    seeds.map((seed) => {
      const weights = module.network.parameters.flatMap(({ name, shape }, stream) =>
        name.endsWith('weight') ? [[name, drawn(word, settings, shape, seed, stream)] as const] : [],
      )
      return meanSquare(module.createModel({ parameters: Object.fromEntries(weights) }).predict(x))
    })

  // A layer multiplies it by 1 on average, and by 1 ± sqrt(5 / width) in one network: (E z⁴ - (E z²)²) / width of half a
  // normal distribution, in units of (E z²)².
  const spread = Math.sqrt((5 * depth) / width)

  it.each(['heNormal', 'heUniform'] as const)('is kept by %s', (word) => {
    for (const variance of lastVariances(word)) expect(Math.abs(Math.log(variance / 2))).toBeLessThan(3 * spread)
  })

  // The network is homogeneous in each layer's weights, so nothing of the rest is left to chance.
  it.each([
    ['lecunNormal', {}, 'half', 1 / 2],
    ['glorotNormal', {}, 'half', 1 / 2],
    ['normal', { std: Math.sqrt(4 / width) }, 'twice', 2],
  ] as const)(
    'with %s %j, of %s the variance, is that much less or more after each layer',
    (word, settings, _, factor) => {
      const kept = lastVariances('heNormal')
      lastVariances(word, settings).forEach((variance, i) =>
        expect(variance / (factor ** depth * kept[i]!)).toBeCloseTo(1, 9),
      )
    },
  )
})

describe('a residual network of 102 layers without normalisation', () => {
  const block = '{ residual: [shift, linear: 16, shift, relu, shift, linear: 16, scale, shift] }'
  const layers = `linear: 16, ${`${block}, `.repeat(50)}linear: 1`
  const samples = 32
  const x = Array.from({ length: 2 * samples }, (_, i) => 1.5 * Math.sin(13 * i))
  const y = Array.from({ length: samples }, (_, i) => x[2 * i]! * x[2 * i + 1]!)
  let module: Emitted

  beforeAll(async () => {
    const training = `train: { batch: ${samples}, optimizer: { sgd: 0.005 } }`
    module = await emitted(`input: 2\nlayers: [${layers}]\nloss: mse\ninit: fixup\n${training}`, { precision: 'f64' })
  })

  it.each([0, 1])('trains with fixup, from seed %i', (seed) => {
    const trainer = module.createTrainer({ seed })
    expect(trainer.predict(x)).toEqual(new Float64Array(samples))
    const before = trainer.loss(x, y)
    for (let step = 0; step < 300; step++) trainer.step(x, y)
    expect(trainer.loss(x, y)).toBeLessThan(before / 20)
  })

  it.each([0, 1])('explodes with heNormal, from seed %i', (seed) => {
    const weights = module.network.parameters.flatMap(({ name, shape }, stream) =>
      name.endsWith('weight') && shape.length > 1 ? [[name, drawn('heNormal', {}, shape, seed, stream)] as const] : [],
    )
    const trainer = module.createTrainer({ parameters: Object.fromEntries(weights) })
    expect(trainer.loss(x, y)).toBeGreaterThan(1e15)
    for (let step = 0; step < 10; step++) trainer.step(x, y)
    expect(trainer.loss(x, y)).not.toBeLessThan(Infinity)
  })
})
