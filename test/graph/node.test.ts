import { describe, expect, test } from 'vitest'
import { add, constant, contract, input, less, multiply, negate, parameter, sin, sum } from '../../src/graph/build.ts'
import { Interner, topologicalOrder, type Node } from '../../src/graph/node.ts'
import { rebuild } from '../../src/graph/rebuild.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const W = parameter(graph, 'W', [2, 3])

describe('equal expressions are one object', () => {
  test('a leaf is its kind, its name and its shape', () => {
    expect(input(graph, 'x', ['batch', 3])).toBe(x)
    expect(parameter(graph, 'x', ['batch', 3])).not.toBe(x)
    expect(input(graph, 'x', ['batch', 4])).not.toBe(x)
    expect(input(graph, 'y', ['batch', 3])).not.toBe(x)
  })

  test('an op is its operands in their order, and its attributes', () => {
    const y = sin(x)
    expect(add(x, sin(x))).toBe(add(x, y))
    expect(add(y, x)).not.toBe(add(x, y))
    expect(sum(y, [1])).not.toBe(sum(y, [0]))
    expect(sum(W, [1, 0])).toBe(sum(W, [0, 1]))
  })

  test('0 and -0 are two constants, NaN is one, and shapes tell constants apart', () => {
    expect(constant(graph, 0)).not.toBe(constant(graph, -0))
    expect(constant(graph, 0)).toBe(constant(graph, 0))
    expect(constant(graph, NaN)).toBe(constant(graph, NaN))
    expect(constant(graph, NaN)).not.toBe(constant(graph, Infinity))
    expect(constant(graph, 1, [2])).not.toBe(constant(graph, 1))
  })

  test('the letters of a contraction are canonical', () => {
    const product = contract(x, 'bi', W, 'oi', 'bo')
    expect(contract(x, 'nk', W, 'mk', 'nm')).toBe(product)
    expect(product.attributes).toEqual({ left: 'ab', right: 'cb', out: 'ac' })
    expect(contract(x, 'bi', x, 'bi', 'bi')).not.toBe(contract(x, 'bi', x, 'bi', 'b'))
  })
})

test('a node cannot be changed', () => {
  expect(Object.isFrozen(x)).toBe(true)
})

test('a node has as many inputs as its op takes', () => {
  expect(() => graph.intern('add', [x], {}, x.shape)).toThrow('add takes 2 inputs, not 1')
  expect(() => graph.intern('gather', [W], {}, W.shape)).toThrow('gather takes 2 inputs, not 1')
  expect(() => graph.intern('constant', [x], { value: 0 }, x.shape)).toThrow('constant takes 0 inputs, not 1')
})

test('comparisons are truth values, and views of them too', () => {
  expect(less(x, 0).element).toBe('truth')
  expect(add(x, 0).element).toBe('real')
})

describe('topological order', () => {
  test('holds each needed node once, inputs before users', () => {
    const shared = sin(x)
    const unused = negate(shared)
    const outputs = [add(shared, shared), multiply(shared, x)]
    const order = topologicalOrder(outputs)
    expect(new Set(order)).toEqual(new Set([x, shared, ...outputs]))
    expect(order).toHaveLength(4)
    expect(order).not.toContain(unused)
    order.forEach((node, position) => {
      for (const operand of node.inputs) expect(order.indexOf(operand)).toBeLessThan(position)
    })
  })

  test('takes chains 100,000 nodes deep', () => {
    let node: Node = x
    for (let depth = 0; depth < 100_000; depth++) node = depth % 2 ? sin(node) : negate(node)
    const order = topologicalOrder([node])
    expect(order).toHaveLength(100_001)
    expect(order.at(-1)).toBe(node)
    expect(order.every((each, k) => k === 0 || each.inputs[0] === order[k - 1])).toBe(true)
  })
})

test('rebuild keeps op and attributes, and a node with the same inputs', () => {
  const node = sum(sin(x), [1])
  expect(rebuild(node, node.inputs)).toBe(node)
  expect(rebuild(node, [x])).toBe(sum(x, [1]))
})
