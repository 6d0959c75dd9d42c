import { describe, expect, test } from 'vitest'
import { simplify } from '../../src/calculus/algebra.ts'
import { deriveTraining, type Objective } from '../../src/calculus/training.ts'
import {
  add,
  broadcast,
  contract,
  input,
  multiply,
  parameter,
  power,
  sin,
  state,
  subtract,
  sum,
} from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'

/** f = Ω x + β, h = sin f, with losses of h + x in training and of h otherwise. */
const graph = new Interner()
const x = input(graph, 'x', ['batch', 2])
const y = input(graph, 'y', ['batch', 2])
const Ω = parameter(graph, 'Ω', [2, 2])
const β = parameter(graph, 'β', [2])
const memory = state(graph, 'memory', [2])
const product = contract(x, 'bi', Ω, 'oi', 'bo')
const f = add(add(product, 0), broadcast(β, x.shape, [1]))
const h = sin(f)
const shifted = add(h, x)
const lossesOf = (output: Node) => sum(multiply(0.5, multiply(subtract(output, y), subtract(output, y))), [1])
const output = add(h, 0)
const losses = lossesOf(output)
const training = { outputs: [shifted], losses: lossesOf(shifted) }
const [mean, start] = [add(sum(x, [0]), 0), add(sum(h, [0]), 0)]

const objective: Objective = {
  outputs: [output],
  losses,
  training,
  parameters: [Ω, β],
  variables: [x],
  writes: [{ target: memory, value: mean }],
  starts: [{ target: β, value: start }],
  symbols: new Map([
    [f, 'f'],
    [h, 'h'],
    [output, 'o'],
    [shifted, 'p'],
    [sin(y), 'elsewhere'],
  ]),
}
const of = (node: Node) => simplify([node]).get(node)!
const named = (nodes: ReadonlyMap<Node, string>) => [...nodes.values()].sort()

test('predictions, losses and what is written come out simplified, with their sums over the samples', () => {
  const derived = deriveTraining(objective, 'sum')
  expect([...derived.outputs, derived.losses, derived.lossSum]).toEqual([of(h), of(losses), of(sum(losses, [0]))])
  expect(derived.training.outputs).toEqual([of(shifted)])
  expect(derived.training.losses).toBe(of(training.losses))
  expect(derived.training.lossSum).toBe(of(sum(training.losses, [0])))
  expect(derived.writes).toEqual([{ target: memory, value: of(mean) }])
  expect(derived.starts).toEqual([{ target: β, value: of(start) }])
  expect(derived.simplified.get(f)).toBe(of(f))
})

test('gradients are of the training losses: summed, or their mean', () => {
  const bindings = {
    batch: 2,
    inputs: { x: [0.3, -0.2, 0.5, 0.9], y: [1, 2, 3, 4] },
    parameters: { Ω: [0.1, 0.2, 0.3, 0.4], β: [0.5, -0.5] },
  }
  const values = (weighting: 'mean' | 'sum') => {
    const { gradients, variableGradients } = deriveTraining(objective, weighting)
    expect([...gradients, ...variableGradients].map(({ shape }) => shape)).toEqual([[2, 2], [2], ['batch', 2]])
    return evaluate([...gradients, ...variableGradients], bindings).map((values) => [...values])
  }
  const summed = values('sum')
  values('mean').forEach((all, k) => all.forEach((value, i) => expect(value).toBeCloseTo(summed[k]![i]! / 2, 14)))
  // ∂ℓ/∂β = Σ (h + x - y) ⊙ cos f
  const expected = [0, 1].map((o) =>
    [0, 1].reduce((total, sample) => {
      const at = (values: readonly number[], k: number) => values[2 * sample + k]!
      const { x, y } = bindings.inputs
      const f = [0, 1].reduce((sum, i) => sum + bindings.parameters.Ω[2 * o + i]! * at(x, i), bindings.parameters.β[o]!)
      return total + (Math.sin(f) + at(x, o) - at(y, o)) * Math.cos(f)
    }, 0),
  )
  summed[1]!.forEach((value, o) => expect(value).toBeCloseTo(expected[o]!, 14))
})

describe('names', () => {
  const { names, primals, gradients, training: trained } = deriveTraining(objective, 'sum')

  test('follow nodes through simplification, the first of several, where the graph has them', () => {
    expect(named(names.symbols)).toEqual(['f', 'h', 'p'])
    expect(names.symbols.get(of(f))).toBe('f')
    expect(names.symbols.get(of(output))).toBe('h')
  })

  test('of adjoints are those of what they belong to, of the loss ℓ or as it is called', () => {
    expect(named(names.adjoints)).toEqual(['∂ℓ/∂f', '∂ℓ/∂p'])
    const symbols = new Map([...objective.symbols, [training.losses, 'L']])
    const { names: others } = deriveTraining({ ...objective, symbols }, 'sum')
    expect(named(others.adjoints)).toEqual(['∂L/∂f', '∂L/∂p'])
    expect(named(others.symbols)).toEqual(['L', 'f', 'h', 'p'])
  })

  test('an adjoint is that of a node with a symbol, if there is one', () => {
    // h + x has the adjoint of h, and f that of Ω x
    const adjoint = (name: string) => [...names.adjoints].find(([, own]) => own === name)![0]
    expect(primals.get(adjoint('∂ℓ/∂p'))).toBe(of(shifted))
    expect(primals.get(adjoint('∂ℓ/∂f'))).toBe(of(f))
    const symbols = new Map([[product, 'g']])
    const { names: others, primals: named } = deriveTraining({ ...objective, symbols }, 'sum')
    expect(named.get([...others.adjoints.keys()][0]!)).toBe(of(product))
    expect(primals.get(gradients[0]!)).toBe(Ω)
    expect(primals.get(gradients[1]!)).toBe(β)
    expect([...primals.values()]).not.toContain(trained.losses)
  })

  test('a forward node keeps its own, though it is an adjoint too', () => {
    // ∂ℓ/∂(h + x) = h + x - y
    const error = subtract(shifted, y)
    const losses = sum(multiply(0.5, power(error, 2)), [1])
    const symbols = new Map([...objective.symbols, [error, 'e']])
    const { names } = deriveTraining({ ...objective, training: { outputs: [error], losses }, symbols }, 'sum')
    expect(names.symbols.get(of(error))).toBe('e')
    expect(named(names.adjoints)).toEqual(['∂ℓ/∂f'])
  })

  test('forward is what predictions, losses and what is written need', () => {
    for (const node of [x, y, f, h, shifted, losses, training.losses, mean, start])
      expect(names.forward.has(of(node))).toBe(true)
    expect([...names.adjoints.keys(), ...gradients].filter((node) => names.forward.has(node))).toEqual([])
  })
})
