import { derivative } from 'mathjs'
import { describe, expect, test } from 'vitest'
import { adjointRules } from '../../src/calculus/adjoint.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { argument } from '../../src/graph/scan.ts'
import { constant, detach, extent, input, iota, multiply, parameter, state, uniform } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, topologicalOrder } from '../../src/graph/node.ts'
import { expectClose } from '../property/compare.ts'
import { expressions, leafOps, mathjsExpressions } from './expressions.ts'
import { adjointsBothWays } from './numeric.ts'

test('every op has cases below', () => {
  expect([...Object.keys(expressions), ...leafOps, 'detach'].sort()).toEqual(Object.keys(adjointRules).sort())
})

describe.each(Object.entries(expressions))('the adjoint of %s', (op, cases) => {
  test.each(cases.map((expression, k) => [k, expression] as const))(
    'equals central differences (%i)',
    (_, expression) => {
      const { derived, numeric } = adjointsBothWays(expression)
      derived.forEach((adjoint, leaf) =>
        expectClose(adjoint, numeric[leaf]!, { absolute: 1e-11 }, `the adjoint of leaf ${leaf}`),
      )
    },
  )

  test('is used by each of them', () => {
    for (const { leaves, build } of cases) {
      const graph = new Interner()
      const result = build(...leaves.map(({ shape }, k) => input(graph, `leaf${k}`, shape)))
      expect(topologicalOrder([result]).map((node) => node.op)).toContain(op)
    }
  })
})

describe('ops that pass nothing on', () => {
  test('leaves have no inputs to pass an adjoint to', () => {
    const graph = new Interner()
    const δ = input(graph, 'δ', ['batch'])
    const leaves = {
      input: input(graph, 'x', ['batch']),
      parameter: parameter(graph, 'w', ['batch']),
      state: state(graph, 's', ['batch']),
      uniform: uniform(graph, 'rate'),
      constant: constant(graph, 2, ['batch']),
      iota: iota(graph, ['batch'], 0),
      extent: extent(graph),
      argument: argument(graph, 'region', 'h', ['batch']),
    }
    for (const op of leafOps)
      expect(
        adjointRules[op](δ, leaves[op] as never, () => new Map()),
        op,
      ).toEqual([])
  })

  test('detach: the value passes, the derivative does not', () => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const result = multiply(detach(x), x)
    const [value, adjoint] = evaluate([result, differentiate(result, constant(graph, 1, ['batch']), [x]).get(x)!], {
      batch: 2,
      inputs: { x: [3, -5] },
    })
    expect([...value!]).toEqual([9, 25])
    expect([...adjoint!]).toEqual([3, -5])
  })

  test('a variable that the output does not depend on has a zero adjoint, in its shape', () => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const unused = parameter(graph, 'unused', [2, 3])
    const adjoints = differentiate(multiply(x, x), constant(graph, 1, ['batch']), [x, unused])
    expect(adjoints.get(unused)).toBe(constant(graph, 0, [2, 3]))
  })

  test('the adjoint of the output itself is the seed', () => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const seed = input(graph, 'seed', ['batch'])
    expect(differentiate(x, seed, [x]).get(x)).toBe(seed)
  })
})

describe("mathjs' derivative agrees", () => {
  const points = [0.3, 0.75, 1.2]
  test.each(Object.entries(mathjsExpressions))('%s', (formula, build) => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const adjoint = differentiate(build(x), constant(graph, 1, ['batch']), [x]).get(x)!
    const [derived] = evaluate([adjoint], { batch: points.length, inputs: { x: points } })
    const oracle = derivative(formula, 'x').compile()
    expectClose(
      derived!,
      points.map((x) => oracle.evaluate({ x }) as number),
      { relative: 1e-14 },
    )
  })
})
