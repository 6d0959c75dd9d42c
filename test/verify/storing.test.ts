import { describe, expect, test } from 'vitest'
import {
  abs,
  broadcast,
  divide,
  equal,
  input,
  max,
  multiply,
  select,
  subtract,
  sum,
  tanh,
} from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { randomFrom } from '../../src/verify/data.ts'
import { storing } from '../../src/verify/storing.ts'
import { evaluate } from '../../src/graph/evaluate.ts'

describe('what is stored in single precision takes a value', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch'])
  /** The most of a few draws. */
  const spread = (node: Node, elements: readonly number[]) => {
    const bindings = { batch: 2, inputs: { x: elements } }
    const [exactly] = evaluate([node], bindings)
    const way = storing(randomFrom(1))
    const drawn = Array.from({ length: 8 }, () => way([node], bindings)[0]!)
    return Math.max(...drawn.flatMap((values) => [...values.map((value, at) => Math.abs(value - exactly![at]!))]))
  }
  /** As far from the mean as the farthest is. */
  const mean = multiply(0.5, sum(tanh(x), [0]))
  const deviation = max(abs(subtract(tanh(x), broadcast(mean, ['batch'], []))), [0])
  const scale = divide(1, select(equal(deviation, 0), 1, deviation))

  test('as far as it rounds', () => {
    expect(spread(scale, [-1, 1])).toBeGreaterThan(1e-9)
    expect(spread(scale, [-1, 1])).toBeLessThan(1e-6)
  })

  test('anywhere, where it is divided by what rounding leaves', () => {
    expect(spread(scale, [1, 1])).toBeGreaterThan(1e6)
  })

  test('nowhere, where all numbers are whole', () => {
    expect(spread(subtract(multiply(3, x), 1), [1, -2])).toBe(0)
  })
})
