import { beforeAll, describe, expect, it } from 'vitest'
import { verify } from '../../src/verify/verify.ts'
import { emitted, instantiate } from '../support/emitted.ts'
import { expectMarked, load } from './marked.ts'

const samples = 4096
const x = new Float64Array(samples * 8)

const spec = (equations: readonly string[], emit: object = {}) =>
  JSON.stringify({
    name: 'noisy',
    inputs: { x: 8 },
    targets: {},
    parameters: { μ: 'scalar', σ: 'scalar' },
    equations: [...equations, 'ℓ = s + 0 * (μ + σ)'],
    output: 'n',
    loss: 'ℓ',
    train: { batch: samples },
    emit,
  })

const kinds = ['typescript', 'wasm'].flatMap((target) => ['f32', 'f64'].map((precision) => ({ target, precision })))

describe.each(kinds)('noise in $target, $precision', (kind) => {
  /** The mean over a batch's elements of a function of its noise. */
  const meanOf = async (word: string, statistic: string) => {
    const { createTrainer } = await emitted(spec([`n = ${word}(x)`, `s = mean(${statistic})`], kind))
    return createTrainer({ seed: 5 }).gradient(x, [])
  }
  /** Expected means, with the standard deviation of one element's. */
  it.each<[string, string, number, number]>([
    ['normal', 'n', 0, 1],
    ['normal', 'n^2', 1, Math.sqrt(2)],
    ['normal', 'n^3', 0, Math.sqrt(15)],
    ['normal', 'n^4', 3, Math.sqrt(96)],
    ['normal', 'abs(n) > 2 ? 1 : 0', 0.0455, 0.21],
    ['uniform', 'n', 1 / 2, Math.sqrt(1 / 12)],
    ['uniform', 'n^2', 1 / 3, Math.sqrt(4 / 45)],
    ['uniform', 'n < 1 ? (n >= 0 ? 1 : 0) : 0', 1, 0],
    ['uniform', 'n < 0.1 ? 1 : 0', 0.1, 0.3],
  ])('%s: the mean of %s', async (word, statistic, expected, deviation) => {
    const error = Math.abs((await meanOf(word, statistic)) - expected)
    expect(error).toBeLessThanOrEqual((4 * deviation) / Math.sqrt(samples * 8) + 1e-7)
  })

  it('is independent among elements and calls', async () => {
    const equations = ['n = normal(x)', 'o = normal(x)', 's = mean(n .* o)']
    const { createTrainer } = await emitted(spec(equations, kind))
    expect(Math.abs(createTrainer().gradient(x, []))).toBeLessThan(4 / Math.sqrt(samples * 8))
    const products = ['n = normal(x)', 's = dot(slice(n, 0, 7), slice(n, 1, 8)) / 7']
    const other = await emitted(spec(products, kind))
    expect(Math.abs(other.createTrainer().gradient(x, []))).toBeLessThan(4 / Math.sqrt(samples * 7))
  })

  it('is its mean where nothing is trained', async () => {
    for (const [word, mean] of [
      ['normal', 0],
      ['uniform', 0.5],
    ] as const) {
      const { createTrainer } = await emitted(spec([`n = ${word}(x)`, 's = mean(n)'], kind))
      const trainer = createTrainer()
      expect(new Set(trainer.predict(x.subarray(0, 16)))).toEqual(new Set([mean]))
      expect(trainer.loss(x.subarray(0, 16), [])).toBe(mean)
    }
  })

  it('is fixed by the seed and the count of steps', async () => {
    const { createTrainer } = await emitted(spec(['n = normal(x)', 's = mean(n .* exp(n))'], kind))
    const [one, same, other] = [createTrainer({ seed: 1 }), createTrainer({ seed: 1 }), createTrainer({ seed: 2 })]
    const first = one.gradient(x, [])
    expect(one.gradient(x, [])).toBe(first)
    expect(other.gradient(x, [])).not.toBe(first)
    one.step(x, [])
    const second = one.gradient(x, [])
    expect(second).not.toBe(first)
    same.load(one.save())
    expect(same.gradient(x, [])).toBe(second)
  })

  it('drops a share, and keeps the mean', async () => {
    const dropped = (statistic: string) =>
      emitted(spec(['o = 1 + 0 * x', 'n = dropout(o, 0.25)', `s = mean(${statistic})`], kind))
    const [share, mean] = [await dropped('n > 0 ? 0 : 1'), await dropped('n')]
    expect(Math.abs(share.createTrainer().gradient(x, []) - 0.25)).toBeLessThan((4 * 0.43) / Math.sqrt(samples * 8))
    expect(Math.abs(mean.createTrainer().gradient(x, []) - 1)).toBeLessThan((4 * 0.58) / Math.sqrt(samples * 8))
    expect(mean.createTrainer().predict(x.subarray(0, 8))[0]).toBe(1)
  })
})

describe.each(['typescript', 'wasm'])('over many steps, in %s', (target) => {
  const [steps, size, rate] = [2500, 8, 0.25]
  const total = steps * size

  /** What each of 2500 steps draws: the derivatives of Σ w n by w are n. */
  const drawn = { normal: [] as number[], uniform: [] as number[], dropout: [] as number[] }
  beforeAll(async () => {
    const { createTrainer } = await emitted(
      JSON.stringify({
        ...{ name: 'drawn', inputs: { x: size }, targets: {}, parameters: { a: size, b: size, c: size } },
        equations: [
          ...['n = normal(x)', 'u = uniform(x)', `d = dropout(1 + 0 * x, ${rate})`],
          'ℓ = dot(a, n) + dot(b, u) + dot(c, d)',
        ],
        ...{ output: 'n', loss: 'ℓ', train: { batch: 1, optimizer: 'sgd' }, emit: { target, precision: 'f64' } },
      }),
    )
    const trainer = createTrainer({ seed: 3 })
    const lists = { a: drawn.normal, b: drawn.uniform, c: drawn.dropout }
    for (let step = 0; step < steps; step++) {
      trainer.gradient(new Float64Array(size), [])
      for (const [name, list] of Object.entries(lists)) list.push(...trainer.gradients[name]!)
      trainer.step(new Float64Array(size), [])
    }
  })

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

  /** The mean of a mask's (d - 1)ᵏ. */
  const dropped = (k: number) => rate * (-1) ** k + (1 - rate) * (rate / (1 - rate)) ** k

  /** Expected means of (n - m)ᵏ, with the standard deviation of one number's: √(m₂ₖ - mₖ²). */
  it.each([
    ['normal', 0, [0, 1, 0, 3], [1, 2, 15, 96]],
    ['uniform', 1 / 2, [0, 1 / 12, 0, 1 / 80], [1 / 12, 1 / 180, 1 / 448, 1 / 2304 - 1 / 6400]],
    ['dropout', 1, [1, 2, 3].map(dropped), [1, 2, 3].map((k) => dropped(2 * k) - dropped(k) ** 2)],
  ] as const)('%s has its moments, within 4 standard errors', (word, centre, moments, variances) => {
    const values = drawn[word]
    moments.forEach((moment, k) => {
      const off = Math.abs(mean(values.map((value) => (value - centre) ** (k + 1))) - moment)
      expect(off, `moment ${k + 1}`).toBeLessThanOrEqual(4 * Math.sqrt(variances[k]! / total))
    })
    // Each place by itself: a place may not have a mean of its own.
    for (let place = 0; place < size; place++) {
      const own = values.filter((_, at) => at % size === place)
      expect(Math.abs(mean(own) - centre), `place ${place}`).toBeLessThan(4 * Math.sqrt(variances[0]! / steps))
    }
  })

  it('one step says nothing of the next, nor one call of another', () => {
    const { normal, uniform, dropout } = drawn
    const standard = {
      normal,
      uniform: uniform.map((value) => (value - 0.5) * Math.sqrt(12)),
      dropout: dropout.map((value) => (value - 1) / Math.sqrt(rate / (1 - rate))),
    }
    const expectUnrelated = (one: readonly number[], other: readonly number[], what: string) =>
      expect(Math.abs(mean(other.map((value, at) => value * one[at]!))), what).toBeLessThan(4 / Math.sqrt(other.length))
    for (const [name, values] of Object.entries(standard)) expectUnrelated(values, values.slice(size), name)
    expectUnrelated(standard.normal, standard.uniform, 'normal and uniform')
    expectUnrelated(standard.normal, standard.dropout, 'normal and dropout')
    expectUnrelated(standard.uniform, standard.dropout, 'uniform and dropout')
  })
})

it('is held fixed by derivatives, as differences show', async () => {
  const network = await load(
    JSON.stringify({
      name: 'vae',
      inputs: { x: 5 },
      targets: {},
      networks: {
        encoder: { input: 5, layers: [{ linear: 6 }, 'tanh', { dropout: 0.3 }, { linear: 4 }] },
        decoder: { input: 2, layers: [{ linear: 6 }, 'tanh', { linear: 5 }] },
      },
      equations: [
        'code = encoder(x)',
        'μ = slice(code, 0, 2)',
        'v = slice(code, 2, 4)',
        'z = μ + exp(v / 2) .* normal(v)',
        'p = decoder(dropout(z, 0.2))',
        'ℓ = mse(p, x) + sum(exp(v) + μ .* μ - v) * mean(uniform(z)) + dot(derivative(sum(p), z), z)',
      ],
      output: 'p',
      loss: 'ℓ',
      train: { batch: 8 },
    }),
  )
  const { checks } = await verify(network, 'vae.net.json', { instantiate })
  expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
})

describe('running statistics of what is drawn', () => {
  const watched = { input: 3, layers: ['batchNorm'] }
  it.each<[string, readonly string[]]>([
    ['for them alone', ['p = a .* x', 'w = watch(dropout(p + normal(p), 0.5))']],
    ['for them alone, once for all samples', ['p = a .* x', 'w = watch(p + normal(sum(a)))']],
    ['for the loss too, once for all samples', ['n = normal(sum(a))', 'p = a .* x + n', 'w = watch(x + n)']],
    ['for the loss too, in a condition', ['n = uniform(x)', 'p = n < 0.3 ? a : x', 'w = watch(n < 0.3 ? x : a)']],
  ])('%s', async (_, equations) => {
    const spec = {
      ...{ name: 'observed', inputs: { x: 3 }, targets: { y: 3 }, networks: { watch: watched }, parameters: { a: 3 } },
      ...{ equations: [...equations, 'ℓ = mse(p, y)'], output: 'p', loss: 'ℓ', train: { batch: 8 } },
    }
    const { checks } = await verify(await load(JSON.stringify(spec)), 'observed.net.json', { instantiate })
    expect(checks.filter(({ differences }) => differences.length > 0)).toEqual([])
  })
})

describe('what noise is given', () => {
  const marked = (equation: string) => `
inputs: { x: 2 }
targets: {}
parameters: { a: scalar }
equations:
  - ${equation}
  - ℓ = sum(n) * a
output: n
loss: ℓ`
  it('has a shape', () =>
    expectMarked(marked('n = x * «normal(1)»'), ['shape', 'normal takes a value whose shape it has']))
  it('is one value', () => expectMarked(marked('n = «uniform(x, x)»'), ['formula', 'uniform takes 1 argument, got 2']))
  it('is dropped at a rate', () =>
    expectMarked(marked('n = «dropout(x, 1.5)»'), ['out-of-range', 'from 0 to 1, got 1.5']))
  it('is dropped at a number', () => expectMarked(marked('n = «dropout(x, sum(x))»'), ['out-of-range', 'got a value']))
})
