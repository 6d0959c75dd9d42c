import { describe, expect, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { simplify } from '../../src/calculus/algebra.ts'
import { add, constant, input, multiply, sum } from '../../src/graph/build.ts'
import { checkGraph } from '../../src/graph/check.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3, 2])

/** h ← a h + x, from 1. */
function running(a: number, reverse: boolean): Node {
  const h = argument(graph, `running ${a}`, 'h', ['batch', 2])
  const now = argument(graph, `running ${a}`, 'x', ['batch', 2])
  const next = add(multiply(a, h), now)
  return scan(
    { carries: [h], elements: [now], captured: [], next: [next] },
    { initial: [constant(graph, 1, ['batch', 2])], sequences: [x], captured: [] },
    next,
    reverse,
  )
}

describe('a scan', () => {
  const inputs = { x: [1, 2, 3, 4, 5, 6] }
  test('runs its region from the first time to the last, or back', () => {
    const [forwards, backwards] = evaluate([running(2, false), running(2, true)], { batch: 1, inputs })
    expect([...forwards!]).toEqual([3, 4, 9, 12, 23, 30])
    expect([...backwards!]).toEqual([1 + 2 * 17, 2 + 2 * 20, 3 + 2 * 7, 4 + 2 * 8, 7, 8])
  })
  test('has the derivative of what it unrolls to', () => {
    const h = running(2, false)
    const adjoint = differentiate(sum(h, [0, 1, 2]), constant(graph, 1), [x]).get(x)!
    checkGraph([adjoint])
    expect([...evaluate([adjoint], { batch: 1, inputs })[0]!]).toEqual([7, 7, 3, 3, 1, 1])
    expect([...evaluate([simplify([adjoint]).get(adjoint)!], { batch: 1, inputs })[0]!]).toEqual([7, 7, 3, 3, 1, 1])
  })
})
