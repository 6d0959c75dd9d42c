import { derivative } from 'mathjs'
import { describe, expect, test } from 'vitest'
import { adjointRules } from '../../src/calculus/adjoint.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import {
  add,
  constant,
  contract,
  detach,
  extent,
  input,
  iota,
  multiply,
  parameter,
  state,
  uniform,
} from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, topologicalOrder, type Node } from '../../src/graph/node.ts'
import { elementCount } from '../../src/graph/shape.ts'
import { fold, unfold, type Window } from '../../src/graph/windows.ts'
import { expectClose } from '../property/compare.ts'
import { expressions, leafOps, mathjsExpressions } from './expressions.ts'
import { adjointsBothWays, pseudoRandom } from './numeric.ts'

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

describe('the adjoint of windows is a product, where their own adjoint is one of what moves with them and what does not', () => {
  const graph = new Interner()
  const line = parameter(graph, 'line', [2, 7])
  const plane = parameter(graph, 'plane', [2, 5, 6])
  const windows = {
    line: [{ axis: 1, size: 3 }],
    plane: [
      { axis: 1, size: 2, dilation: 2 },
      { axis: 2, size: 3 },
    ],
    strided: [{ axis: 1, size: 3, stride: 2 }],
  }
  const of = (name: string, shape: readonly number[]) => parameter(graph, `${name} ${shape.join()}`, shape)

  test.each<[claim: string, x: Node, windows: readonly Window[], seed: Node, op: string]>([
    ['on the left', line, windows.line, contract(of('δ', [4, 5]), 'oq', of('K', [4, 2, 3]), 'ock', 'cqk'), 'contract'],
    ['on the right', line, windows.line, contract(of('K', [4, 2, 3]), 'ock', of('δ', [4, 5]), 'oq', 'cqk'), 'contract'],
    [
      'along two axes',
      plane,
      windows.plane,
      contract(of('δ', [3, 3, 4]), 'opq', of('K', [3, 2, 2, 3]), 'ockl', 'cpqkl'),
      'contract',
    ],
    [
      'along two axes, the other way round',
      plane,
      windows.plane,
      contract(of('K', [3, 2, 2, 3]), 'ockl', of('δ', [3, 4, 3]), 'oqp', 'cpqkl'),
      'contract',
    ],
    [
      'but not where they stride',
      line,
      windows.strided,
      contract(of('δ', [4, 3]), 'oq', of('K', [4, 2, 3]), 'ock', 'cqk'),
      'fold',
    ],
    ['nor where both move', line, windows.line, contract(of('δ', [5, 2]), 'qc', of('ε', [5, 3]), 'qk', 'cqk'), 'fold'],
    [
      'nor where one does both',
      line,
      windows.line,
      contract(of('δ', [5, 3]), 'qk', of('K', [2, 3]), 'ck', 'cqk'),
      'fold',
    ],
    ['nor where it is none', line, windows.line, of('δ', [2, 5, 3]), 'fold'],
    [
      'nor where what moves has a place in windows',
      plane,
      windows.plane,
      contract(of('δ', [3, 3, 4, 2]), 'opqk', of('K', [3, 2, 2, 3]), 'ockl', 'cpqkl'),
      'fold',
    ],
    [
      'nor where the kernel moves along one of two axes',
      plane,
      windows.plane,
      contract(of('δ', [3, 3, 4]), 'opq', of('K', [3, 2, 3, 2, 3]), 'ocpkl', 'cpqkl'),
      'fold',
    ],
    [
      'nor where none is a kernel',
      line,
      windows.line,
      contract(of('δ', [5, 3]), 'qk', of('K', [2]), 'c', 'cqk'),
      'fold',
    ],
  ])('%s', (_, x, windows, seed, op) => {
    const adjoint = differentiate(unfold(x, windows), seed, [x]).get(x)!
    expect(adjoint.op).toBe(op)
    const leaves = topologicalOrder([seed]).filter((node) => node.op === 'parameter')
    const parameters = Object.fromEntries(
      leaves.map((node, k) => [node.attributes.name, pseudoRandom(elementCount(node.shape, 1), k + 1)]),
    )
    const [values, folded] = evaluate([adjoint, fold(seed, x.shape, windows)], { batch: 1, parameters })
    expectClose(values!, folded!, { absolute: 1e-14 })
  })
})

test('what is the same at all times of a scan has no adjoint of its own for each sample', () => {
  const graph = new Interner()
  const [h, now, same] = ['h', 'x', 'c'].map((name) => argument(graph, 'region', name, ['batch'])) as [Node, Node, Node]
  const c = input(graph, 'c', ['batch'])
  const next = add(multiply(same, h), now)
  const result = scan(
    { carries: [h], elements: [now], captured: [same], next: [next] },
    { initial: [c], sequences: [input(graph, 'x', ['batch', 3])], captured: [c] },
    next,
    false,
  )
  expect(() => differentiate(result, constant(graph, 1, result.shape), [c])).toThrow('no sum over the batch')
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
