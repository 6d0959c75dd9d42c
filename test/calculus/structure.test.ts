import { describe, expect, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { simplify } from '../../src/calculus/algebra.ts'
import {
  add,
  broadcast,
  constant,
  contract,
  exp,
  input,
  lessEqual,
  multiply,
  parameter,
  power,
  select,
  sigmoid,
  sqrt,
  subtract,
  sum,
  tanh,
} from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, topologicalOrder, type Node } from '../../src/graph/node.ts'
import { elementCount } from '../../src/graph/shape.ts'

const affine = (h: Node, Ω: Node, β: Node) =>
  add(contract(h, 'bi', Ω, 'oi', 'bo'), broadcast(β, ['batch', β.shape[0]!], [1]))

/** A multilayer perceptron with the nodes of its layers; its sizes are all different, so that shapes tell tensors apart. */
function perceptron(sizes: readonly number[], activation: (f: Node) => Node) {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', sizes[0]!])
  const y = input(graph, 'y', ['batch', sizes.at(-1)!])
  const layers: { Ω: Node; β: Node; h: Node; f: Node }[] = []
  let h = x
  sizes.slice(1).forEach((size, k) => {
    const Ω = parameter(graph, `Ω${k}`, [size, sizes[k]!])
    const β = parameter(graph, `β${k}`, [size])
    const f = affine(h, Ω, β)
    layers.push({ Ω, β, h, f })
    h = activation(f)
  })
  const output = layers.at(-1)!.f
  const losses = sum(power(subtract(output, y), 2), [1])
  const parameters = layers.flatMap(({ Ω, β }) => [Ω, β])
  return { graph, x, layers, output, losses, parameters }
}

const ones = (node: Node) => constant(node.graph, 1, node.shape)
const relu = (x: Node) => select(lessEqual(x, 0), 0, x)
const count = (nodes: readonly Node[], op: Node['op']) => nodes.filter((node) => node.op === op).length

describe('problem 7.6: for z = β + Ω h, ∂z/∂h = Ωᵀ', () => {
  const graph = new Interner()
  const h = input(graph, 'h', ['batch', 3])
  const Ω = parameter(graph, 'Ω', [2, 3])
  const β = parameter(graph, 'β', [2])
  const z = affine(h, Ω, β)
  const δ = input(graph, 'δ', ['batch', 2])
  const adjoints = differentiate(z, δ, [h, Ω, β])

  test('the adjoint of h is a contraction with Ω itself, over its rows', () => {
    expect(adjoints.get(h)).toBe(contract(δ, 'bi', Ω, 'ij', 'bj'))
  })

  test('with ∂z_i/∂h_j in column i and row j, the matrix is Ωᵀ', () => {
    const weights = [1, 2, 3, 4, 5, 6]
    // Sample i has δ = e_i, so row i of the adjoint is ∂z_i/∂h.
    const [rows] = evaluate([adjoints.get(h)!], { batch: 2, inputs: { δ: [1, 0, 0, 1] }, parameters: { Ω: weights } })
    const jacobian = [0, 1, 2].map((j) => [0, 1].map((i) => rows![i * 3 + j]))
    expect(jacobian).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
  })

  test('∂ℓ/∂Ω = δ hᵀ and ∂ℓ/∂β = δ, summed over the samples', () => {
    expect(adjoints.get(Ω)).toBe(contract(δ, 'bi', h, 'bj', 'ij'))
    expect(adjoints.get(β)).toBe(sum(δ, [0]))
  })
})

describe('the backward pass of a perceptron', () => {
  const network = perceptron([3, 7, 6, 2], relu)
  const { losses, layers, parameters, x } = network
  const adjoints = differentiate(losses, ones(losses), parameters)
  const simplified = simplify(adjoints.values())
  const gradients = parameters.map((node) => simplified.get(adjoints.get(node)!)!)

  test('goes as the notebook says: ∂ℓ/∂f_{k-1} = I[f_{k-1} > 0] ⊙ (Ω_kᵀ ∂ℓ/∂f_k)', () => {
    for (let k = layers.length - 1; k > 0; k--) {
      const [above, below] = [layers[k]!, layers[k - 1]!]
      const δ = simplified.get(adjoints.get(above.f)!)!
      const propagated = contract(δ, 'bi', above.Ω, 'ij', 'bj')
      expect(simplified.get(adjoints.get(below.f)!)).toBe(select(lessEqual(below.f, 0), 0, propagated))
      expect(simplified.get(adjoints.get(above.Ω)!)).toBe(contract(δ, 'bi', above.h, 'bj', 'ij'))
      expect(simplified.get(adjoints.get(above.β)!)).toBe(sum(δ, [0]))
    }
  })

  test('forms no Jacobian: every node is a matrix at most, and no larger than a tensor of the network', () => {
    const forward = topologicalOrder([losses])
    const largest = Math.max(...forward.map((node) => elementCount(node.shape, 10)))
    for (const node of topologicalOrder([...adjoints.values(), ...gradients])) {
      expect(node.shape.length).toBeLessThanOrEqual(2)
      expect(elementCount(node.shape, 10)).toBeLessThanOrEqual(largest)
    }
  })

  test('has two products a layer, and one for the first: the adjoint of the input is not derived', () => {
    expect(adjoints.has(x)).toBe(false)
    const forward = count(topologicalOrder([losses]), 'contract')
    expect(forward).toBe(3)
    expect(count(topologicalOrder(gradients), 'contract')).toBe(forward + 2 * 3 - 1)
    const shapes = topologicalOrder(gradients).filter((node) => node.op === 'contract')
    expect(shapes.map((node) => node.shape)).not.toContainEqual(x.shape)
  })

  test('derives it where it is asked for', () => {
    expect(differentiate(losses, ones(losses), [x]).get(x)!.shape).toEqual(x.shape)
  })

  test('of the parameters asked for alone', () => {
    const last = layers.at(-1)!
    const some = differentiate(losses, ones(losses), [last.β])
    expect([...some.keys()]).toContain(last.f)
    expect([...some.keys()]).not.toContain(last.h)
    expect(count(topologicalOrder([some.get(last.β)!]), 'contract')).toBe(3)
  })
})

describe('stored activations are reused: the backward pass evaluates no function again', () => {
  test.each([
    ['tanh', tanh],
    ['sigmoid', sigmoid],
    ['exp', exp],
    ['sqrt', sqrt],
  ] as const)('%s', (op, activation) => {
    const { losses, parameters } = perceptron([3, 7, 6, 2], activation)
    const adjoints = differentiate(losses, ones(losses), parameters)
    const forward = topologicalOrder([losses]).filter((node) => node.op === op)
    const both = topologicalOrder([losses, ...parameters.map((node) => adjoints.get(node)!)])
    expect(both.filter((node) => node.op === op)).toEqual(forward)
    expect(forward).toHaveLength(2)
  })

  test("tanh' = 1 - h² is written with the node h itself", () => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const h = tanh(x)
    const δ = input(graph, 'δ', ['batch'])
    expect(differentiate(h, δ, [x]).get(x)).toBe(multiply(δ, subtract(1, multiply(h, h))))
  })
})

test('a node used twice gets the sum of both contributions', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch'])
  const δ = input(graph, 'δ', ['batch'])
  const adjoint = differentiate(multiply(x, x), δ, [x]).get(x)
  expect(adjoint).toBe(add(multiply(δ, x), multiply(δ, x)))
})

test('chains 20,000 nodes deep are differentiated', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch'])
  let node = x
  for (let depth = 0; depth < 20_000; depth++) node = add(multiply(0.5, node), x)
  const adjoint = differentiate(node, ones(node), [x]).get(x)!
  const [value] = evaluate([adjoint], { batch: 1, inputs: { x: [1] } })
  expect(value![0]).toBe(2)
})
