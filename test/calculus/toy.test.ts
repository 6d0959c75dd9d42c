import { describe, expect, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { simplify } from '../../src/calculus/algebra.ts'
import {
  add,
  broadcast,
  constant,
  cos,
  exp,
  input,
  multiply,
  parameter,
  power,
  sin,
  subtract,
} from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { expectClose } from '../property/compare.ts'

/**
 * The notebook's example: f0 = β0 + ω0 x, h1 = sin f0, f1 = β1 + ω1 h1, h2 = exp f1, f2 = β2 + ω2 h2, h3 = cos f2, f3 = β3 + ω3 h3,
 * ℓ = (f3 - y)².
 */
const graph = new Interner()
const x = input(graph, 'x', ['batch'])
const y = input(graph, 'y', ['batch'])
const scalar = (name: string) => parameter(graph, name, [])
const β = [0, 1, 2, 3].map((k) => scalar(`β${k}`))
const ω = [0, 1, 2, 3].map((k) => scalar(`ω${k}`))
const spread = (node: Node) => broadcast(node, ['batch'], [])
const affine = (k: number, h: Node) => add(spread(β[k]!), multiply(spread(ω[k]!), h))

const f0 = affine(0, x)
const h1 = sin(f0)
const f1 = affine(1, h1)
const h2 = exp(f1)
const f2 = affine(2, h2)
const h3 = cos(f2)
const f3 = affine(3, h3)
const loss = power(subtract(f3, y), 2)

const xs = [0.3, -1.2, 2.1]
const ys = [0.5, -0.25, 1]
const offsets = [0.1, -0.2, 0.3, 0.4]
const slopes = [1.3, -0.7, 0.9, 1.1]
const bindings = {
  batch: xs.length,
  inputs: { x: xs, y: ys },
  parameters: Object.fromEntries(
    [0, 1, 2, 3].flatMap((k) => [
      [`β${k}`, [offsets[k]!]],
      [`ω${k}`, [slopes[k]!]],
    ]),
  ),
}

/** The derivatives of one sample's loss, by hand: each from the one before. */
function byHand(x: number, y: number) {
  const [β0, β1, β2, β3] = offsets as [number, number, number, number]
  const [ω0, ω1, ω2, ω3] = slopes as [number, number, number, number]
  const f0 = β0 + ω0 * x
  const h1 = Math.sin(f0)
  const f1 = β1 + ω1 * h1
  const h2 = Math.exp(f1)
  const f2 = β2 + ω2 * h2
  const h3 = Math.cos(f2)
  const f3 = β3 + ω3 * h3
  const df3 = 2 * (f3 - y)
  const dh3 = ω3 * df3
  const df2 = -Math.sin(f2) * dh3
  const dh2 = ω2 * df2
  const df1 = Math.exp(f1) * dh2
  const dh1 = ω1 * df1
  const df0 = Math.cos(f0) * dh1
  return { df3, dh3, df2, dh2, df1, dh1, df0, dω: [df0 * x, df1 * h1, df2 * h2, df3 * h3], dβ: [df0, df1, df2, df3] }
}

const samples = xs.map((value, k) => byHand(value, ys[k]!))
const adjoints = differentiate(loss, constant(graph, 1, ['batch']), [...β, ...ω])
const simplified = simplify(adjoints.values())

describe('the adjoint map holds the seven derivatives that the notebook asks for', () => {
  test.each([
    ['∂ℓ/∂f3', f3, 'df3'],
    ['∂ℓ/∂h3', h3, 'dh3'],
    ['∂ℓ/∂f2', f2, 'df2'],
    ['∂ℓ/∂h2', h2, 'dh2'],
    ['∂ℓ/∂f1', f1, 'df1'],
    ['∂ℓ/∂h1', h1, 'dh1'],
    ['∂ℓ/∂f0', f0, 'df0'],
  ] as const)('%s', (_, node, name) => {
    const derivative = adjoints.get(node)!
    const [plain, simple] = evaluate([derivative, simplified.get(derivative)!], bindings)
    const expected = samples.map((sample) => sample[name])
    expectClose(plain!, expected, { relative: 1e-15 })
    expectClose(simple!, expected, { relative: 1e-15 })
  })
})

test('and those of all eight parameters, summed over the samples', () => {
  const values = evaluate(
    [...β, ...ω].map((node) => adjoints.get(node)!),
    bindings,
  )
  const total = (terms: readonly number[]) => terms.reduce((sum, term) => sum + term)
  const expected = [
    ...[0, 1, 2, 3].map((k) => total(samples.map(({ dβ }) => dβ[k]!))),
    ...[0, 1, 2, 3].map((k) => total(samples.map(({ dω }) => dω[k]!))),
  ]
  values.forEach((value, k) => expectClose(value, [expected[k]!], { relative: 1e-14 }))
})

test('exp is its own derivative: the backward pass reads the stored h2', () => {
  expect(adjoints.get(f1)).toBe(multiply(adjoints.get(h2)!, h2))
})
