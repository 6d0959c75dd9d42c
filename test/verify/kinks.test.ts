import { describe, expect, test } from 'vitest'
import { abs, equal, input, less, max, maximum, multiply, select } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { Kinks } from '../../src/verify/kinks.ts'

describe('single precision may be on the other side of a kink', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch'])
  const y = input(graph, 'y', ['batch'])
  const h = multiply(0.1, x)
  /** The op of the first node that is near to one, for two samples. */
  const near = (node: Node, inputs: Readonly<Record<string, readonly number[]>>) =>
    new Kinks([node]).firstNear({ batch: 2, inputs }, 2 ** -16)?.op

  test('beside it, by a share of what the operands are at most', () => {
    expect(near(abs(x), { x: [1, 1e-6] })).toBe('abs')
    expect(near(abs(x), { x: [1, 1e-3] })).toBeUndefined()
    expect(near(maximum(x, y), { x: [1, 2], y: [1 + 1e-6, 3] })).toBe('maximum')
    expect(near(maximum(x, y), { x: [1, 2], y: [1.5, 3] })).toBeUndefined()
  })

  test('on it, where both operands are a number that it does not have', () => {
    const relu = maximum(h, 0)
    const chosen = select(less(relu, h), y, relu)
    expect(near(chosen, { x: [1, 2], y: [3, 4] })).toBe('less')
    // Both samples are on its other side.
    expect(near(select(less(h, y), x, y), { x: [1, 2], y: [3, 4] })).toBeUndefined()
  })

  test('but not on it where all have the same: whole numbers, inputs, 0', () => {
    expect(near(select(equal(x, 3), y, x), { x: [3, 2], y: [3, 4] })).toBeUndefined()
    const stored = [0.1, 0.7].map(Math.fround)
    expect(near(select(less(x, y), y, x), { x: stored, y: stored })).toBeUndefined()
    expect(near(abs(h), { x: [0, 3] })).toBeUndefined()
    expect(near(maximum(h, 0), { x: [0, 3] })).toBeUndefined()
  })

  test('where two elements are largest, whatever they are', () => {
    const rows = input(graph, 'rows', ['batch', 2])
    expect(near(max(rows, [1]), { rows: [1, 1, 2, 3] })).toBe('max')
    expect(near(max(rows, [1]), { rows: [1, 1.5, 2, 3] })).toBeUndefined()
  })
})
