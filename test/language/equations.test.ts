import { describe, expect, it } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { broadcast, constant } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { load } from './marked.ts'

const W = [1, -2, 3, 0.5, 0, -1]
const v = [0.5, -1, 2]
const x = [3, 4, -5]

/** Of one sample, with x and v of [3], W of [2, 3], s a scalar parameter, b of [2], y a scalar target. */
async function valueOf(formula: string): Promise<number[]> {
  const network = await load(`
inputs: { x: 3 }
targets: { y: scalar }
parameters: { W: [2, 3], v: 3, s: scalar, b: 2, U: [3, 2] }
equations:
  - "r = ${formula}"
  - l = sum(r) * y + sum(W) * 0 + 0 * s
output: r
loss: l`)
  const parameters = { W, v, s: [2], b: [10, 20], U: [1, 2, 3, 4, 5, 6] }
  return [...evaluate([...network.outputs], { batch: 1, inputs: { x, y: [1] }, parameters })[0]!]
}

describe('equations', () => {
  const cases: Record<string, number[]> = {
    'W * x': [3 - 8 - 15, 1.5 + 5],
    'W * x + b': [-10, 26.5],
    's * x': [6, 8, -10],
    'x * s': [6, 8, -10],
    'x .* v': [1.5, -4, -10],
    'x / v': [6, -4, -2.5],
    'x ^ 2': [9, 16, 25],
    '2 ^ x': [8, 16, 1 / 32],
    'x - 1': [2, 3, -6],
    '-x': [-3, -4, 5],
    'W * U': [1 * 1 - 2 * 3 + 3 * 5, 2 - 8 + 18, 0.5 - 5, 1 - 6],
    'W .* W': [1, 4, 9, 0.25, 0, 1],
    'transpose(W)': [1, 0.5, -2, 0, 3, -1],
    'transpose(W) * b': [20, -20, 10],
    'transpose(transpose(W)) * x': [3 - 8 - 15, 1.5 + 5],
    'outer(v, b)': [5, 10, -10, -20, 20, 40],
    'outer(x, v)': [1.5, -3, 6, 2, -4, 8, -2.5, 5, -10],
    'trace(outer(x, v))': [1.5 - 4 - 10],
    'trace(W * U)': [10 - 5],
    'diagonal(U * W)': [1 + 2 * 0.5, -2 * 3, 5 * 3 - 6],
    'diagonal(outer(x, v)) - x .* v': [0, 0, 0],
    'concat(x, v)': [3, 4, -5, 0.5, -1, 2],
    'concat(s, v, 7, sum(x))': [2, 0.5, -1, 2, 7, 2],
    'concat(s, s)': [2, 2],
    'slice(x, 1, 3)': [4, -5],
    'slice(v, 0, 1)': [0.5],
    'slice(concat(v, x), 2, 4) .* b': [20, 60],
    'stopGradient(x) + v': [3.5, 3, -3],
    'stopGradient(2) * v': [1, -2, 4],
    'x > 0 ? x : v': [3, 4, 2],
    's > 0 ? x : v': [3, 4, -5],
    'x * (s > 0)': [3, 4, -5],
    '2 < 1 ? x : 0.5': [0.5, 0.5, 0.5],
    '1 < 2 ? 0.5 : v': [0.5, 0.5, 0.5],
    '0 ? x : (0 ? 1 : 0.5)': [0.5, 0.5, 0.5],
    'sum(2 < 1 ? v : 0.5)': [1.5],
    'dot(2 < 1 ? x : 0.5, v)': [0.75],
    'W * (1 > 2 ? x : 2)': [4, -1],
    'W * (1 > 2 ? 0 * x : v ^ 0)': [2, -0.5],
    'sum(0 * v)': [0],
    'sum(v ^ 0)': [3],
    'sum(v == v)': [3],
    'sum(max(v, 7))': [21],
    'sum(2 < 1 ? s : 0.5)': [0.5],
    'sum(x)': [2],
    'sum(W)': [1.5],
    'mean(x)': [2 / 3],
    'max(x)': [4],
    'max(x, 0)': [3, 4, 0],
    'min(x, v, 1)': [0.5, -1, -5],
    'dot(x, v)': [1.5 - 4 - 10],
    'dot(v, v)': [5.25],
    'norm(x)': [Math.sqrt(50)],
    'norm(x - x)': [0],
    'softmax(x)': [3, 4, -5].map((z) => Math.exp(z) / (Math.exp(3) + Math.exp(4) + Math.exp(-5))),
    'logSumExp(x)': [Math.log(Math.exp(3) + Math.exp(4) + Math.exp(-5))],
    'logSumExp(-1 / (x - x) + v)': [-Infinity],
    'logSumExp(x > 3 ? 1 / (x - x) : v)': [Infinity],
    'relu(x)': [3, 4, 0],
    'leakyRelu(x, 0.5)': [3, 4, -2.5],
    'exp(s)': [Math.exp(2)],
    'mse(x, v)': [(2.5 ** 2 + 25 + 49) / 3],
    'huber(x, v, 2)': [(2 * 1.5 + 2 * 4 + 2 * 6) / 3],
    'crossEntropy(x, v / 1.5)': [
      [1 / 3, -2 / 3, 4 / 3].reduce(
        (loss, p, i) => loss - p * (x[i]! - Math.log(Math.exp(3) + Math.exp(4) + Math.exp(-5))),
        0,
      ),
    ],
    'W * x * s': [-40, 13],
    's ^ 2 ^ 0.5': [2 ** Math.SQRT2],
  }
  for (const [formula, expected] of Object.entries(cases))
    it(formula, async () => {
      const value = await valueOf(formula)
      expect(value).toHaveLength(expected.length)
      expected.forEach((number, index) => expect(value[index]).toBeCloseTo(number, 12))
    })

  /** The gradient of a scalar formula by v, with s = 0 and x as above. */
  async function slopesOf(formula: string, v: readonly number[], before = 'c = 0'): Promise<number[]> {
    const { graph, losses, parameters } = await load(
      `inputs: { x: 3 }\ntargets: { y: scalar }\nparameters: { v: 3, s: scalar }\nequations:\n  - ${before}\n  - "l = ${formula} + 0 * y + 0 * sum(x) + 0 * s"\n  - p = sum(x)\noutput: p\nloss: l`,
    )
    const seed = broadcast(constant(graph, 1), ['batch'], [])
    const { node } = parameters[0]!
    const gradient = differentiate(losses, seed, [node]).get(node)!
    return [...evaluate([gradient], { batch: 1, inputs: { x, y: [0] }, parameters: { v, s: [0] } })[0]!]
  }

  it('norm has derivative 0 at 0', async () => {
    expect(await slopesOf('norm(v)', [0, 0, 0])).toEqual([0, 0, 0])
    const slopes = await slopesOf('norm(v)', [3, 0, 4])
    slopes.forEach((slope, index) => expect(slope).toBeCloseTo([0.6, 0, 0.8][index]!, 14))
  })

  it.each([
    ['sum(v > 0 ? log(v) : 0)', [0, 0.5, 0.25]],
    ['sum(v == 0 ? 1 : sqrt(v) / v)', [0, -0.5 * 2 ** -1.5, -0.0625]],
    ['sum(v > 0 ? (v > 3 ? sqrt(v - 3) : v ^ 0.5) : -x)', [0, 0.5 * Math.SQRT1_2, 0.5]],
    // A choice for each sample, between what is the same for all.
    ['sum(x > 3 ? log(v) : 0)', [0, 0.5, 0]],
    // A choice between numbers, which repeat.
    ['sum(s > 0 ? log(v) : v)', [1, 1, 1]],
    ['sum(v > 0 ? log(v + s) : 0)', [0, 0.5, 0.25]],
    ['sum(max(0, v) + min(0, exp(400 * v) - 1))', [200.5, 1, 1]],
  ])('%s has the derivative of the branch taken', async (formula, expected) => {
    const slopes = await slopesOf(formula, [0, 2, 4])
    slopes.forEach((slope, index) => expect(slope).toBeCloseTo(expected[index]!, 14))
  })

  it.each([
    // (v · v) (v · x)
    ['trace(outer(v, v) * outer(x, v))', [60, 80 - 48, -100 - 96]],
    ['dot(diagonal(outer(v, v)), x)', [0, 16, -40]],
    ['dot(concat(s, v, s), concat(1, x .* v, 2))', [0, 16, -40]],
    ['sum(slice(v, 1, 3)^2) + sum(slice(v, 0, 2))', [1, 5, 8]],
    ['dot(stopGradient(v), v)', [0, 2, 4]],
    ['stopGradient(dot(v, v))', [0, 0, 0]],
  ])('%s has its derivative', async (formula, expected) => {
    expect(await slopesOf(formula, [0, 2, 4])).toEqual(expected)
  })

  it('a branch is guarded though another equation holds it', async () => {
    expect(await slopesOf('sum(v > 0 ? h : 0)', [0, 2, 4], 'h = log(v)')).toEqual([0, 0.5, 0.25])
    expect(await slopesOf('s > 0 ? dot(x, h) : sum(v)', [0, 2, 4], 'h = log(v)')).toEqual([1, 1, 1])
    expect(await slopesOf('sum(v > 0 ? h + v : 2 * v)', [0, 2, 4], 'h = log(v)')).toEqual([2, 1.5, 1.25])
  })

  it.each([
    '-dot(x, log(v))',
    'dot(v, log(v))',
    'sum(1 / v)',
    'mean(sqrt(v))',
    'norm(log(v))',
    'max(log(v))',
    'max(x .* log(v))',
    'logSumExp(log(v))',
    'sum(x .* softmax(1 / v))',
    'dot(x, logSoftmax(log(v)))',
    'mse(log(v), x)',
    'huber(log(v), x)',
    'crossEntropy(log(v), x)',
    'binaryCrossEntropy(log(v), x)',
    'poisson(log(log(v)), x)',
    'sqrt(sum(v) - 6)',
    '(s > 1 ? dot(x, log(v)) : sum(1 / v))',
  ])('%s leaves no NaN where it is the branch not taken', async (formula) => {
    expect(await slopesOf(`s > 0 ? ${formula} : sum(v)`, [0, 2, 4])).toEqual([1, 1, 1])
    expect(await slopesOf(`s == 0 ? sum(v) : ${formula}`, [0, 2, 4])).toEqual([1, 1, 1])
    // A choice element by element, between what all elements share.
    expect(await slopesOf(`sum(v < -1 ? v * (${formula}) : v)`, [0, 2, 4])).toEqual([1, 1, 1])
    // What is undefined where it is taken stays so.
    if (formula !== 'sqrt(sum(v) - 6)') return
    expect((await slopesOf(`s == 0 ? ${formula} : sum(v)`, [0, 2, 4])).every(Number.isFinite)).toBe(false)
  })

  it('take class numbers as crossEntropy says', async () => {
    const network = await load(
      'inputs: { x: 3 }\ntargets: { y: scalar }\nparameters: { W: [5, 3] }\nequations:\n  - z = W * x\n  - l = crossEntropy(z, y)\noutput: z\nloss: l',
    )
    expect(network.targets).toMatchObject([{ name: 'y', shape: [], below: 5 }])
  })

  it('take class numbers below what the target says, or the fewest classes of several losses', async () => {
    const spec = (target: string) => `
inputs: { x: 3 }
targets: { y: ${target} }
parameters: { W: [5, 3], U: [4, 3] }
equations:
  - z = W * x
  - l = crossEntropy(U * x, y) + crossEntropy(z, y)
output: z
loss: l`
    expect((await load(spec('scalar'))).targets).toMatchObject([{ below: 4 }])
    expect((await load(spec('{ shape: scalar, index: 2 }'))).targets).toMatchObject([{ below: 2 }])
  })

  it('declare shapes, start values and several inputs', async () => {
    const network = await load(`
inputs: { x: 3, t: { shape: 2, index: 7 }, α: [2, 2] }
targets: { y: scalar, z: scalar }
parameters: { β0: scalar, v: 3, Ω: [4, 3], w: { shape: [2, 2], init: { constant: 3 } }, u: { shape: scalar, init: zeros } }
equations:
  - a = Ω * x + sum(t) + sum(α) + β0 + u
  - ℓ = (sum(a) - y)^2 + (dot(v, x) - z)^2 + sum(w)
output: a
loss: ℓ
init: glorotNormal`)
    expect(network.inputs.map(({ name, shape, below }) => [name, shape, below])).toEqual([
      ['x', [3], undefined],
      ['t', [2], 7],
      ['alpha', [2, 2], undefined],
    ])
    expect(network.targets.map(({ name }) => name)).toEqual(['y', 'z'])
    expect(network.parameters.map(({ name, symbol, shape, initial }) => [name, symbol, shape, initial])).toEqual([
      ['beta0', 'β0', [], { function: 'normal', arguments: [1] }],
      ['v', 'v', [3], { function: 'constant', arguments: [0] }],
      ['Omega', 'Ω', [4, 3], { function: 'normal', arguments: [Math.sqrt(2 / 7)] }],
      ['w', 'w', [2, 2], { function: 'constant', arguments: [3] }],
      ['u', 'u', [], { function: 'constant', arguments: [0] }],
    ])
    expect(network.outputs[0]!.shape).toEqual(['batch', 4])
    expect(network.losses.shape).toEqual(['batch'])
    expect([...network.symbols.values()]).toEqual(['x', 't', 'α', 'y', 'z', 'β0', 'v', 'Ω', 'w', 'u', 'a', 'ℓ'])
  })

  it('may have a loss that depends on no input', async () => {
    const { losses } = await load(
      'inputs: { x: 3 }\ntargets: { y: scalar }\nparameters: { v: 3 }\nequations:\n  - l = sum(v^2)\n  - o = 7\noutput: o\nloss: l',
    )
    expect([...evaluate([losses], { batch: 2, parameters: { v } })[0]!]).toEqual([5.25, 5.25])
  })
})
