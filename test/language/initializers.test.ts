import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.ts'
import * as runtime from '../../src/runtime/initializers.ts'
import { randomNormal } from '../../src/runtime/random.ts'
import { initializers, type Initializer } from '../../src/language/words/initializers.ts'
import { expectMarked, load } from './marked.ts'

/** What an initializer, with its first argument or none, draws for a shape. */
function drawn(word: keyof typeof initializers, first: unknown, shape: readonly number[]): Float64Array {
  const row: Initializer = initializers[word]
  const settings = row.arguments.parse(first === undefined ? {} : { [row.first!]: first })
  const initial = row.initial(shape, settings)
  const values = new Float64Array(shape.reduce((product, extent) => product * extent, 1))
  ;(runtime[initial.function] as (view: Float64Array, ...numbers: number[]) => void)(values, ...initial.arguments, 3, 1)
  return values
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))

describe('random initializers have mean 0 and their variance, to five standard errors', () => {
  // E z⁴ / (E z²)² of each distribution; the second follows from the density of a normal distribution cut at 2.
  const kurtosis = { Normal: 3, Uniform: 9 / 5 } as const
  const density = Math.exp(-2) / Math.sqrt(2 * Math.PI) / 0.9544997361036416
  const truncated = { variance: 1 - 4 * density, kurtosis: (3 - 28 * density) / (1 - 4 * density) ** 2 }

  const expectMoments = (values: Float64Array, variance: number, kurtosis: number) => {
    const count = values.length
    expect(Math.abs(mean(values))).toBeLessThan(5 * Math.sqrt(variance / count))
    const error = Math.abs(mean(values.map((value) => value * value)) / variance - 1)
    expect(error).toBeLessThan(5 * Math.sqrt((kurtosis - 1) / count))
  }

  for (const [shape, fanIn, fanOut] of [
    [[300, 100], 100, 300],
    [[100, 300], 300, 100],
    [[60, 40, 5], 200, 300],
    [[30, 60, 3, 3], 540, 270],
  ] as const)
    for (const draw of ['Normal', 'Uniform'] as const)
      it(`[${shape.join(', ')}], ${draw.toLowerCase()}`, () => {
        const fans = { fanIn, fanOut, fanAverage: (fanIn + fanOut) / 2 }
        for (const [mode, fan] of Object.entries(fans)) {
          expectMoments(drawn(`he${draw}`, mode, shape), 2 / fan, kurtosis[draw])
          expectMoments(drawn(`lecun${draw}`, mode, shape), 1 / fan, kurtosis[draw])
        }
        expect(drawn(`he${draw}`, undefined, shape)).toEqual(drawn(`he${draw}`, 'fanIn', shape))
        expect(drawn(`lecun${draw}`, undefined, shape)).toEqual(drawn(`lecun${draw}`, 'fanIn', shape))
        expectMoments(drawn(`glorot${draw}`, undefined, shape), 2 / (fanIn + fanOut), kurtosis[draw])
      })

  it('normal, uniform and truncatedNormal, of any shape', () => {
    expectMoments(drawn('normal', undefined, [30_000]), 0.05 ** 2, kurtosis.Normal)
    expectMoments(drawn('uniform', undefined, [30_000]), 0.05 ** 2 / 3, kurtosis.Uniform)
    const cut = drawn('truncatedNormal', 0.3, [30_000])
    expectMoments(cut, 0.3 ** 2 * truncated.variance, truncated.kurtosis)
    expect(Math.max(...cut.map(Math.abs))).toBeLessThanOrEqual(0.6)
    expect(Math.max(...cut.map(Math.abs))).toBeGreaterThan(0.59)
  })
})

describe('orthogonal', () => {
  it.each([[[20, 20]], [[40, 12]], [[12, 40]], [[6, 4, 5]], [[48, 3, 3, 3]], [[4, 12, 1, 2]]])(
    'of %j has orthonormal rows [out, …], or columns where those are fewer, times the gain',
    (shape) => {
      const columns = shape.slice(1).reduce((product, extent) => product * extent, 1)
      const rows = shape[0]!
      const w = drawn('orthogonal', 1.5, shape)
      const vectors = Array.from({ length: Math.min(rows, columns) }, (_, v) =>
        Array.from(
          { length: Math.max(rows, columns) },
          (_, i) => w[rows <= columns ? v * columns + i : i * columns + v]!,
        ),
      )
      for (const [a, u] of vectors.entries())
        for (const [b, v] of vectors.entries()) {
          const product = u.reduce((sum, value, i) => sum + value * v[i]!, 0)
          expect(Math.abs(product - (a === b ? 1.5 ** 2 : 0))).toBeLessThan(1e-12)
        }
    },
  )
})

describe('deltaOrthogonal', () => {
  it.each([
    ['conv1d', 8, 3, [5, 7]],
    ['conv1d', 6, 4, [6, 5]],
    ['conv2d', 8, 3, [4, 4, 5]],
    ['conv2d', 5, '[2, 5]', [5, 3, 6]],
  ] as const)(
    'of %s to %i channels, kernel %j, keeps the norm of a signal %j, times the gain',
    async (word, channels, kernel, shape) => {
      const settings = `channels: ${channels}, kernel: ${kernel}, padding: same, bias: false, init: { deltaOrthogonal: 0.7 }`
      const {
        outputs: [output],
        parameters,
      } = await load(`input: [${shape.join(', ')}]\nlayers: [${word}: { ${settings} }]\nloss: mse`)
      const x = Array.from({ length: shape.reduce((size, extent) => size * extent, 1) }, (_, i) =>
        randomNormal(0, 9, i),
      )
      const weight = drawn('deltaOrthogonal', 0.7, parameters[0]!.shape)
      const [y] = evaluate([output!], { batch: 1, inputs: { x }, parameters: { [parameters[0]!.name]: weight } })
      expect(norm([...y!]) / norm(x)).toBeCloseTo(0.7, 12)
    },
  )

  it("is zero but at the middle, which TensorFlow has before an even axis's half", () => {
    const kernel = drawn('deltaOrthogonal', undefined, [3, 2, 4, 3])
    const places = new Set([...kernel.keys()].filter((i) => kernel[i] !== 0).map((i) => i % 12))
    expect([...places]).toEqual([1 * 3 + 1])
    const matrix = kernel.filter((_, i) => i % 12 === 4)
    expect(matrix).toEqual(drawn('orthogonal', undefined, [3, 2]))
  })

  it('is for convolutions, with no fewer outputs than inputs', async () => {
    await expectMarked(`input: 4\nlayers: [{ «linear»: { units: 4, init: deltaOrthogonal } }]\nloss: mse`, [
      'shape',
      'linear deltaOrthogonal is for convolutions, and the parameter is [4, 4]',
    ])
    const equations = (shape: string) =>
      `inputs: { x: scalar }\ntargets: { y: scalar }\nparameters: { ${shape} }\nequations: [p = x * sum(W), l = (p - y)^2]\noutput: p\nloss: l`
    await expectMarked(equations('W: «{ shape: [2, 3, 3], init: deltaOrthogonal }»'), [
      'shape',
      'W: deltaOrthogonal needs as many outputs as inputs, or more, and has 2 and 3',
    ])
    const { parameters } = await load(equations('W: { shape: [3, 2, 4, 3], init: { deltaOrthogonal: 2 } }'))
    expect(parameters[0]!.initial).toEqual({ function: 'deltaOrthogonal', arguments: [2, 12, 4, 2] })
  })
})
