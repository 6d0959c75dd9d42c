import fc from 'fast-check'
import { expect, test } from 'vitest'
import { algebra, simplify } from '../../src/calculus/algebra.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { rewrite } from '../../src/calculus/rewrite.ts'
import { constant } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { expectSameValues } from '../property/compare.ts'
import { bindingsFor, networks } from '../property/network.ts'
import { randomExpressions } from './random.ts'
import { keepsValues } from './simplified.ts'

test('simplifying keeps every value of every expression, NaN and infinities included', () => {
  fc.assert(keepsValues(), { numRuns: 1000 })
})

test('what is simple already comes back as the same node', () => {
  fc.assert(
    fc.property(randomExpressions, ({ outputs }) => {
      const once = [...simplify(outputs).values()]
      const twice = simplify(once)
      for (const node of once) expect(twice.get(node)).toBe(node)
    }),
    { numRuns: 500 },
  )
})

test('random expressions exercise every rule', () => {
  const fired = new Set<string>()
  const watched = algebra.map(({ equation, apply }) => ({
    equation,
    apply: (node: Parameters<typeof apply>[0]) => {
      const result = apply(node)
      if (result) fired.add(equation)
      return result
    },
  }))
  for (const { outputs } of fc.sample(randomExpressions, { numRuns: 2000, seed: 1 })) rewrite(outputs, watched)
  expect([...fired].sort()).toEqual(algebra.map(({ equation }) => equation).sort())
})

test('simplified gradients of random networks are the gradients, to the last bit', () => {
  fc.assert(
    fc.property(networks, fc.nat(), (network, seed) => {
      const { losses, parameters, input, batch } = network
      const adjoints = differentiate(losses, constant(losses.graph, 1, losses.shape), [...parameters, input])
      const gradients = [...adjoints.values()]
      const simplified = simplify(gradients)
      const bindings = bindingsFor(network, batch, seed)
      const before = evaluate(gradients, bindings)
      evaluate(
        gradients.map((node) => simplified.get(node)!),
        bindings,
      ).forEach((values, k) => expectSameValues(values, before[k]!))
    }),
    { numRuns: 300 },
  )
})
