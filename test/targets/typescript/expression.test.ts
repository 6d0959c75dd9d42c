import { expect, test } from 'vitest'
import { add, constant, extent, multiply, select, less, uniform } from '../../../src/graph/build.ts'
import { Interner } from '../../../src/graph/node.ts'
import { printScalar } from '../../../src/targets/typescript/expression.ts'

const graph = new Interner()
const [a, b] = [uniform(graph, 'a'), uniform(graph, 'b')]
const names = { a: 'state.a', b: 'arena[3]' }

test.each([
  [add(a, add(b, 1)), 'state.a + (arena[3] + 1)'],
  [multiply(add(a, b), -2), '(state.a + arena[3]) * -2'],
  [select(less(a, 0), b, constant(graph, 1)), 'state.a < 0 ? arena[3] : 1'],
])('a scalar keeps its order: case %#', (scalar, text) => {
  expect(printScalar(scalar, names, 'engine').text).toBe(text)
})

test('a scalar has nothing but operations on constants and numbers with a name', () => {
  expect(() => printScalar(uniform(graph, 'c'), names, 'engine')).toThrow('nothing says how to write c')
  expect(() => printScalar(extent(graph), names, 'engine')).toThrow('extent')
})
