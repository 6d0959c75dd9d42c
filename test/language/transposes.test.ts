import { describe, expect, it } from 'vitest'
import { expectMarked, load } from './marked.ts'

const network = (equation: string, name = 'W') => `
inputs: { x: 2 }
targets: { y: 3 }
parameters: { ${name}: [2, 3] }
equations:
  - "p = ${equation}"
  - l = mse(p, y)
output: p
loss: l`

describe('a transposed matrix', () => {
  const says = (name: string) =>
    ['formula', 'formulas have another word for a transposed matrix', `in equations write transpose(${name})`] as const

  it.each([
    "W«'» * x",
    'W«’» * x',
    'W«ᵀ» * x',
    'W«⊤» * x',
    'W«.T» * x',
    'W«.mT» * x',
    'W«.t()» * x',
    'W«.transpose()» * x',
    'W ^«⊤» * x',
    'W^«{T}» * x',
    String.raw`W^«{\\top}» * x`,
    'tanh(«W^T» * x)',
    '«t(W)» * x',
    '2 * «trans(W)» * x',
  ])('is said to be transpose(W): %s', (equation) => expectMarked(network(equation), says('W')))

  it('is that of A where what is transposed has no name', () => expectMarked(network("(2 * W)«'» * x"), says('A')))

  it('is told by its name, a Greek one too', () => expectMarked(network('«Ω^T» * x', 'Ω'), says('Ω')))

  it.each(["«'» * x", 'x * «{»T}', 'W«.»Tx * x'])('is no part of %s', (equation) =>
    expectMarked(network(equation), ['formula', 'formulas have no']),
  )

  it('leaves powers by a T that there is', async () => {
    await expect(load(network('transpose(W) * x', 'T: scalar, W'))).resolves.toBeDefined()
    await expectMarked(network('«W^T * x»', 'T: scalar, W'), [
      'shape',
      'no product of [2, 3] and [2]',
      'transpose(a) * b',
    ])
  })

  it('takes a matrix', () =>
    expectMarked(network('«transpose(x)» + W', 'W'), ['shape', 'transpose takes a matrix, got [2]', 'dot(a, b)']))

  it('is no function of pointwise formulas', () =>
    expectMarked('input: 2\nlayers: [{ expression: "«transpose(x)»" }]\nloss: mse', [
      'formula',
      'transpose is not pointwise',
    ]))
})
