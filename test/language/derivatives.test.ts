import { describe, expect, it, test } from 'vitest'
import { compile } from '../../src/compile.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { topologicalOrder } from '../../src/graph/node.ts'
import { isBatched } from '../../src/graph/shape.ts'
import { activations, type Activation } from '../../src/language/words/activations.ts'
import { diagnose, expectMarked, load } from './marked.ts'

const values = { x: [0.3], t: [-0.7], u: [0.5, -1, 2], z: [0.2, 0.4], y: [0] }
const [x, t] = [0.3, -0.7]
const [u0, u1, u2] = [0.5, -1, 2]

const spec = (equations: readonly string[], output = 'r') => `
inputs: { x: scalar, t: scalar, u: 3, z: 2 }
targets: { y: scalar }
parameters: { a: scalar, W: [2, 3] }
equations: ${JSON.stringify([...equations, `ℓ = sum(${output}) * y + 0 * a + 0 * sum(W) + 0 * x + 0 * t + 0 * sum(u) + 0 * sum(z)`])}
output: ${output}
loss: ℓ`

/** The last equation's value, with a = 2 and W = [1 2 3; 4 5 6]. */
async function valueOf(...equations: string[]): Promise<number[]> {
  const {
    outputs: [output],
  } = await load(spec(equations))
  const parameters = { a: [2], W: [1, 2, 3, 4, 5, 6] }
  return [...evaluate([output!], { batch: 1, inputs: values, parameters })[0]!]
}

function expectClose(actual: readonly number[], expected: readonly number[], relative = 1e-13): void {
  expect(actual).toHaveLength(expected.length)
  expected.forEach((value, k) => {
    expect(Math.abs(actual[k]! - value)).toBeLessThanOrEqual(relative * Math.max(Math.abs(value), 1))
  })
}

describe('derivative', () => {
  const s = 1 / Math.cosh(x * t) ** 2
  it.each<[string[], number[]]>([
    // Of a scalar by a scalar
    [['r = derivative(x^3 * t, x)'], [3 * x * x * t]],
    [['v = sin(x * t)', 'r = derivative(v, t)'], [x * Math.cos(x * t)]],
    [['v = x^4', 'd = derivative(v, x)', 'f = derivative(d, x)', 'r = derivative(f, x)'], [24 * x]],
    [['v = x^2 * t^3', 'r = derivative(derivative(v, x), t)'], [6 * x * t * t]],
    [['v = tanh(x * t)', 'r = derivative(v, x) * derivative(v, t)'], [t * s * x * s]],
    // Of a scalar by a tensor
    [['r = derivative(x * dot(u, u), u)'], [2 * x * u0, 2 * x * u1, 2 * x * u2]],
    [['v = sum(exp(u))', 'r = derivative(v, u)'], [u0, u1, u2].map(Math.exp)],
    // Of a tensor by a scalar
    [['r = derivative(exp(x * u), x)'], [u0, u1, u2].map((u) => u * Math.exp(x * u))],
    [['r = derivative(W * (x * u), x)'], [u0 + 2 * u1 + 3 * u2, 4 * u0 + 5 * u1 + 6 * u2]],
    [['r = derivative(outer(x * u, concat(x, 1)), x)'], [u0, u1, u2].flatMap((u) => [2 * x * u, u])],
    // By the name of an equation, which varies alone
    [['w = x^2', 'v = w^3 + x', 'r = derivative(v, w)'], [3 * x ** 4]],
    [['w = x^2', 'v = w * x^2', 'r = derivative(v, w)'], [x * x]],
    [['w = x^2', 'q = x^2', 'v = w * q', 'r = derivative(v, w)'], [x * x]],
    [['w = x', 'v = w * x', 'r = derivative(v, w)'], [x]],
    [['w = x', 'v = w * x', 'r = derivative(v, x)'], [2 * x]],
    [['w = x^2', 'h = sin(w)', 'v = h * w', 'r = derivative(v, w)'], [Math.cos(x * x) * x * x + Math.sin(x * x)]],
    [['w = x * t', 'v = w^3', 'd = derivative(v, w)', 'r = derivative(d, w)'], [6 * x * t]],
    [['w = x * t', 'v = w^3', 'd = derivative(v, w)', 'r = derivative(d, x)'], [6 * x * t * t]],
    [['w = x * t', 'q = w * x', 'v = q^2 * w', 'r = derivative(derivative(v, q), w)'], [4 * x * t * x]],
    [['w = tanh(u)', 'v = dot(w, w)', 'r = derivative(v, w)'], [u0, u1, u2].map((u) => 2 * Math.tanh(u))],
    // Of parameters alone, as a name may be
    [['w = a^2', 'v = w * x', 'r = derivative(v, w)'], [x]],
    [['w = a^2', 'v = w^3', 'r = derivative(v, w)'], [48]],
    // What no derivative passes
    [['r = derivative(stopGradient(x^2) * x, x)'], [x * x]],
    [['r = derivative(max(x, t), x) - derivative(max(x, t), t)'], [1]],
    // Idioms: 1 / (1 + e⁻ˣ) at -1000 x
    [['v = 1 / (1 + exp(1000 * x))', 'r = derivative(v, x)'], [0]],
  ])('%j', async (equations, expected) => {
    expectClose(await valueOf(...equations), expected)
  })

  it('is 0 by an input that has no part in it, with a warning', async () => {
    const text = spec(['v = x^2', 'r = derivative(v, t) + v'])
    const {
      warnings,
      outputs: [output],
    } = await load(text)
    expect(warnings).toMatchObject([
      {
        code: 'independent',
        severity: 'warning',
        message: "the derivative by t is 0: what it is of doesn't depend on t",
      },
    ])
    const parameters = { a: [2], W: [1, 2, 3, 4, 5, 6] }
    expectClose([...evaluate([output!], { batch: 1, inputs: values, parameters })[0]!], [x * x])
  })

  const orders = [1, 2, 3]
  const smooth = Object.entries<Activation>(activations).filter(([, { pointwise }]) => pointwise)
  test.each(smooth.map(([word]) => word))('of any order, through %s', async (word) => {
    const equations = orders.map((order) => `d${order} = derivative(${order === 1 ? 'v' : `d${order - 1}`}, x)`)
    const text = spec([`v = ${word}(1.3 * x + 0.2 * t)`, ...equations, 'r = concat(v, d1, d2, d3)'])
    const {
      outputs: [output],
    } = await load(text)
    const parameters = { a: [2], W: [1, 2, 3, 4, 5, 6] }
    const at = (x: number) => evaluate([output!], { batch: 1, inputs: { ...values, x: [x] }, parameters })[0]!
    const here = at(x)
    const h = 1e-3
    for (const order of orders) {
      // Of fourth order: (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12 h
      const [a, b, c, d] = [-2 * h, -h, h, 2 * h].map((step) => at(x + step)[order - 1]!)
      const slope = (a! - 8 * b! + 8 * c! - d!) / (12 * h)
      expect(Math.abs(here[order]! - slope)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(slope)))
    }
  })

  it.each([
    ['relu', 0, [0, 0]],
    ['relu', 1e-3, [1, 0]],
    ['leakyRelu', 0, [0.01, 0]],
    ['abs', 0, [0, 0]],
    ['elu', 0, [1, 1]],
  ])('of %s at %d is as at any kink', async (word, at, [first, second]) => {
    const {
      outputs: [output],
    } = await load(spec([`v = ${word}(x)`, 'd = derivative(v, x)', 'r = concat(d, derivative(d, x))']))
    const parameters = { a: [2], W: [1, 2, 3, 4, 5, 6] }
    const [d, e] = evaluate([output!], { batch: 1, inputs: { ...values, x: [at] }, parameters })[0]!
    expect([d, e! + 0]).toEqual([first, second])
  })
})

describe('jacobian', () => {
  it.each<[string[], number[]]>([
    [['r = jacobian(x * u, u)'], [x, 0, 0, 0, x, 0, 0, 0, x]],
    [['r = jacobian(W * u, u)'], [1, 2, 3, 4, 5, 6]],
    [['r = jacobian(concat(u, u), u) * u'], [u0, u1, u2, u0, u1, u2]],
    [['v = outer(z, u)', 'r = jacobian(dot(v * u, z) * u, z) * z'], [u0, u1, u2].map((u) => 2 * 5.25 * 0.2 * u)],
    [['r = jacobian(dot(u, u), u)'], [2 * u0, 2 * u1, 2 * u2]],
    [['r = jacobian(x^2, x)'], [2 * x]],
    [['r = jacobian(derivative(sum(u^3), u), u) * u'], [u0, u1, u2].map((u) => 6 * u * u)],
    [['w = tanh(u)', 'v = w .* w', 'r = diagonal(jacobian(v, w))'], [u0, u1, u2].map((u) => 2 * Math.tanh(u))],
    [['r = jacobian(z, u) * u'], [0, 0]],
  ])('%j', async (equations, expected) => {
    expectClose(await valueOf(...equations), expected)
  })
})

test('mistakes are told at their place', async () => {
  await expectMarked(
    spec([
      'v = dot(u, u) * x',
      'h = tanh(u)',
      'c = «derivative(h, u)»',
      'd = «derivative(v, a)»',
      'f = «derivative(v, y)»',
      'g = «derivative(v, h)»',
      'i = «derivative(v, 2 * x)»',
      'j = «derivative(v)»',
      'k = «derivative(3, x)»',
      'm = derivative(v, v)',
      'n = derivative(v, «q»)',
      'r = v',
    ]),
    ['shape', 'derivative is by or of a scalar, got [3] by [3]', 'jacobian(h, u)'],
    ['formula', 'derivative is by an input or by the name of an equation, and a is neither'],
    ['formula', 'derivative is by an input or by the name of an equation, and y is neither'],
    ['formula', "derivative is by a name in the equations of what it is of, and h isn't there"],
    ['formula', 'derivative is by a name', 'an equation of its own'],
    ['formula', 'derivative takes 2 arguments, got 1'],
    ['shape', 'derivative is of an expression, got a number'],
    ['unknown-name', "'q'"],
  )
})

test('what grows beyond measure is a limit', async () => {
  const wide = 'inputs: { x: 300 }\ntargets: { y: scalar }\nparameters: { a: scalar }\n'
  const end = ', "ℓ = sum(x) * y * a"]\noutput: x\nloss: ℓ'
  await expectMarked(`${wide}equations: ["J = «jacobian(tanh(x), x)»"${end}`, ['limit', 'at most 256: here 300'])
  const orders = Array.from({ length: 40 }, (_, k) => `d${k + 1} = derivative(d${k}, x)`)
  const found = await diagnose(spec(['d0 = tanh(sin(x * t) * exp(x))', ...orders, 'r = d40']))
  expect(found).toMatchObject([
    { code: 'limit', message: expect.stringMatching(/^derivative would need [\d,]+ operations/) },
  ])
})

const deep = `
inputs: { x: scalar, t: scalar }
targets: { y: scalar }
parameters: { A: [5, 2], a: 5, B: [4, 5], b: 4, w: { shape: 4, init: { normal: 1 } }, ν: scalar }
equations:
  - h = tanh(A * concat(x, t) + a)
  - v = dot(w, tanh(B * h + b))
  - vx = derivative(v, x)
  - vxx = derivative(vx, x)
  - ℓ = (v - y)^2 + (derivative(v, t) + v * vx - ν * vxx)^2
output: v
loss: ℓ
train: { batch: 4 }`

test('second derivatives are closed forms, with symbols as in books', async () => {
  const network = await load(deep)
  const nodes = topologicalOrder([network.losses])
  // Each tanh is taken once, whatever derivatives share it.
  expect(nodes.filter(({ op }) => op === 'tanh')).toHaveLength(2)
  expect(nodes.map(({ op }) => op)).not.toContain('scan')
  // No matrix for each sample.
  expect(Math.max(...nodes.filter(({ shape }) => isBatched(shape)).map(({ shape }) => shape.length))).toBe(2)
  const { text } = await compile(network, 'test.net.yaml')
  for (const symbol of ['dv/dx', 'd2v/dx2', 'dv/dt', 'dl/d(d2v/dx2)']) expect(text).toContain(`// ${symbol} = `)
})
