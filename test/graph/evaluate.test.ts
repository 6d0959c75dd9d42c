import { describe, expect, test } from 'vitest'
import {
  add,
  broadcast,
  concat,
  constant,
  contract,
  detach,
  extent,
  gather,
  input,
  iota,
  less,
  max,
  multiply,
  pad,
  parameter,
  permute,
  reshape,
  scatter,
  select,
  slice,
  sum,
  uniform,
} from '../../src/graph/build.ts'
import { evaluate, type Bindings } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { fold, unfold } from '../../src/graph/windows.ts'
import { pointwise, type PointwiseOp } from '../../src/graph/op.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const W = parameter(graph, 'W', [2, 3])
const cube = parameter(graph, 'cube', [2, 2, 3])
const rate = uniform(graph, 'rate')
const bindings: Bindings = {
  batch: 2,
  inputs: { x: [1, 2, 3, 4, 5, 6] },
  parameters: { W: [1, 0, -1, 2, 3, 4], cube: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
  uniforms: { rate: 0.25 },
}

describe('structural ops, against values by hand', () => {
  const cases: [string, Node, number[]][] = [
    ['input', x, [1, 2, 3, 4, 5, 6]],
    ['parameter', W, [1, 0, -1, 2, 3, 4]],
    ['uniform', rate, [0.25]],
    ['constant', constant(graph, 7, ['batch', 2]), [7, 7, 7, 7]],
    ['extent', extent(graph), [2]],
    ['iota along the batch', iota(graph, ['batch', 3], 0), [0, 0, 0, 1, 1, 1]],
    ['iota along a row', iota(graph, ['batch', 3], 1), [0, 1, 2, 0, 1, 2]],
    ['sum of a row', sum(x, [1]), [6, 15]],
    ['sum of the batch', sum(x, [0]), [5, 7, 9]],
    ['sum of outer and inner axis', sum(cube, [0, 2]), [1 + 2 + 3 + 7 + 8 + 9, 4 + 5 + 6 + 10 + 11 + 12]],
    ['sum of all', sum(x, [0, 1]), [21]],
    ['max of a row', max(W, [1]), [1, 4]],
    ['max of a middle axis', max(cube, [1]), [4, 5, 6, 10, 11, 12]],
    ['row-by-row product', contract(x, 'bi', W, 'oi', 'bo'), [-2, 20, -2, 47]],
    ['product over the batch', contract(x, 'bi', x, 'bj', 'ij'), [17, 22, 27, 22, 29, 36, 27, 36, 45]],
    [
      'outer product',
      contract(slice(W, 0, 0, 1), 'ai', slice(W, 0, 1, 2), 'bj', 'aibj'),
      [2, 3, 4, 0, 0, 0, -2, -3, -4],
    ],
    ['product of two summed axes', contract(cube, 'abc', W, 'ac', 'b'), [1 - 3 + 14 + 24 + 36, 4 - 6 + 20 + 33 + 48]],
    ['product element by element', contract(W, 'oi', W, 'oi', 'oi'), [1, 0, 1, 4, 9, 16]],
    ['reshape', reshape(x, ['batch', 3, 1]), [1, 2, 3, 4, 5, 6]],
    ['detach', detach(x), [1, 2, 3, 4, 5, 6]],
    ['permute', permute(W, [1, 0]), [1, 2, 0, 3, -1, 4]],
    ['permute of three axes', permute(cube, [2, 0, 1]), [1, 4, 7, 10, 2, 5, 8, 11, 3, 6, 9, 12]],
    ['broadcast of a scalar', broadcast(rate, ['batch', 2], []), [0.25, 0.25, 0.25, 0.25]],
    ['broadcast of columns', broadcast(sum(x, [0]), ['batch', 3], [1]), [5, 7, 9, 5, 7, 9]],
    ['broadcast of rows', broadcast(sum(x, [1]), ['batch', 2], [0]), [6, 6, 15, 15]],
    ['slice of columns', slice(x, 1, 1, 3), [2, 3, 5, 6]],
    ['slice of rows', slice(cube, 1, 1, 2), [4, 5, 6, 10, 11, 12]],
    ['pad', pad(slice(x, 1, 0, 2), [{ axis: 1, before: 1, after: 2 }]), [0, 1, 2, 0, 0, 0, 4, 5, 0, 0]],
    [
      'pad of two axes',
      pad(
        W,
        [
          { axis: 1, before: 0, after: 1 },
          { axis: 0, before: 1, after: 0 },
        ],
        9,
      ),
      [9, 9, 9, 9, 1, 0, -1, 9, 2, 3, 4, 9],
    ],
    ['unfold', unfold(x, [{ axis: 1, size: 2 }]), [1, 2, 2, 3, 4, 5, 5, 6]],
    [
      'unfold with stride and dilation',
      unfold(cube, [{ axis: 2, size: 2, stride: 5, dilation: 2 }]),
      [1, 3, 4, 6, 7, 9, 10, 12],
    ],
    ['unfold backwards', unfold(x, [{ axis: 1, size: 2, dilation: -1 }]), [2, 1, 3, 2, 5, 4, 6, 5]],
    [
      'unfold of two axes',
      unfold(W, [
        { axis: 1, size: 2 },
        { axis: 0, size: 2 },
      ]),
      [1, 0, 2, 3, 0, -1, 3, 4],
    ],
    ['fold', fold(unfold(x, [{ axis: 1, size: 2 }]), ['batch', 3], [{ axis: 1, size: 2 }]), [1, 4, 3, 4, 10, 6]],
    ['fold with gaps', fold(reshape(W, [3, 2]), [8], [{ axis: 0, size: 2, stride: 3 }]), [1, 0, 0, -1, 2, 0, 3, 4]],
    ['gather', gather(W, iota(graph, ['batch', 1], 0)), [1, 0, -1, 2, 3, 4]],
    ['scatter', scatter(x, constant(graph, 1, ['batch']), 3), [0, 0, 0, 5, 7, 9, 0, 0, 0]],
    ['concat of columns', concat([x, slice(x, 1, 0, 1)], 1), [1, 2, 3, 1, 4, 5, 6, 4]],
    ['concat of rows', concat([W, slice(W, 0, 0, 1), W], 0), [1, 0, -1, 2, 3, 4, 1, 0, -1, 1, 0, -1, 2, 3, 4]],
  ]
  test.each(cases)('%s', (_, node, values) => {
    expect([...evaluate([node], bindings)[0]!]).toEqual(values)
  })
})

test('pointwise ops act element by element, as their rows say', () => {
  const operands = [
    [-1.5, 0.25],
    [2, -0.5],
  ]
  for (const [op, row] of Object.entries(pointwise)) {
    const condition = less(input(graph, 'a', [2]), input(graph, 'b', [2]))
    const real = ['a', 'b'].map((name) => input(graph, name, [2]))
    const inputs = op === 'select' ? [condition, ...real] : real.slice(0, row.arity)
    const node = graph.intern(op as PointwiseOp, inputs, {}, [2], row.element)
    const meaning = row.evaluate as (...values: number[]) => number
    const expected = [0, 1].map((at) => {
      const values = operands.map((operand) => operand[at]!)
      return op === 'select'
        ? meaning(Number(values[0]! < values[1]!), ...values)
        : meaning(...values.slice(0, row.arity))
    })
    expect([...evaluate([node], { batch: 1, inputs: { a: operands[0]!, b: operands[1]! } })[0]!], op).toEqual(expected)
  }
})

test('the pointwise rows mean what the field means', () => {
  const means: [number, number][] = [
    [pointwise.sigmoid.evaluate(0), 0.5],
    [pointwise.sigmoid.evaluate(-1e4), 0],
    [pointwise.sigmoid.evaluate(1e4), 1],
    [pointwise.erf.evaluate(0.5), 0.5204998778130465],
    [pointwise.erf.evaluate(-2), -0.9953222650189527],
    [pointwise.erf.evaluate(Infinity), 1],
    [pointwise.maximum.evaluate(2, NaN), NaN],
    [pointwise.less.evaluate(1, 1), 0],
    [pointwise.lessEqual.evaluate(1, 1), 1],
    [pointwise.equal.evaluate(NaN, NaN), 0],
    [pointwise.notEqual.evaluate(NaN, NaN), 1],
  ]
  for (const [value, expected] of means) {
    if (Number.isNaN(expected)) expect(value).toBeNaN()
    else expect(Math.abs(value - expected)).toBeLessThanOrEqual(2e-16)
  }
})

test('select lets no NaN through from the branch not taken', () => {
  const safe = select(less(x, 3), x, constant(graph, NaN, x.shape))
  expect([...evaluate([safe], bindings)[0]!].slice(0, 2)).toEqual([1, 2])
})

test('several outputs come in their order, and shared nodes agree', () => {
  const doubled = multiply(2, x)
  const [a, b] = evaluate([add(doubled, x), doubled], bindings)
  expect([...a!]).toEqual([3, 6, 9, 12, 15, 18])
  expect([...b!]).toEqual([2, 4, 6, 8, 10, 12])
})

test('a leaf without a binding, or with one of another size, is named', () => {
  expect(() => evaluate([x], { batch: 2 })).toThrow("input 'x' needs 6 values, and has none")
  expect(() => evaluate([x], { ...bindings, batch: 3 })).toThrow("input 'x' needs 9 values, and has 6")
  expect(() => evaluate([rate], { batch: 1 })).toThrow("uniform 'rate' has no value")
})

describe('in single precision', () => {
  const single = { ...bindings, precision: 'f32' } as const
  const f = Math.fround

  test('every operation on tensors rounds', () => {
    const thirds = multiply(x, constant(graph, 0.1, ['batch', 3]))
    expect([...evaluate([thirds], single)[0]!]).toEqual([1, 2, 3, 4, 5, 6].map((value) => f(value * f(0.1))))
  })

  test('sums round at every addition', () => {
    const terms = [1, 1e-8, 1e-8, -1, 0.1, 0.7]
    const given = { ...single, inputs: { x: terms } }
    const added = (values: number[]) => values.reduce((total, value) => f(total + f(value)), 0)
    expect([...evaluate([sum(x, [1])], given)[0]!]).toEqual([added(terms.slice(0, 3)), added(terms.slice(3))])
    const product = evaluate([contract(x, 'bi', W, 'oi', 'bo')], given)[0]!
    expect(product[1]).toBe(added([2, 3 * f(1e-8), 4 * f(1e-8)]))
  })

  test('what no tensor is in stays double', () => {
    const share = multiply(rate, constant(graph, 0.1))
    expect(evaluate([share], single)[0]![0]).toBe(0.25 * 0.1)
    const scaled = multiply(x, broadcast(share, x.shape, []))
    expect(evaluate([scaled], single)[0]![2]).toBe(f(3 * f(0.25 * 0.1)))
  })
})
