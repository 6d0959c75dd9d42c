import { describe, expect, test } from 'vitest'
import {
  add,
  apply,
  broadcast,
  concat,
  constant,
  contract,
  detach,
  GraphError,
  input,
  iota,
  less,
  max,
  multiply,
  pad,
  parameter,
  permute,
  reshape,
  select,
  slice,
  sum,
} from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { fold, unfold } from '../../src/graph/windows.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const y = input(graph, 'y', ['batch', 2])
const W = parameter(graph, 'W', [2, 3])
const cube = parameter(graph, 'cube', [2, 3, 4])

describe('operands that fit yield the shape of the field', () => {
  const shapes: [string, Node, Node['shape']][] = [
    ['pointwise', add(x, x), ['batch', 3]],
    ['a number beside a node', multiply(2, x), ['batch', 3]],
    ['sum of inner axes', sum(cube, [2, 0]), [3]],
    ['max of the batch', max(x, [0]), [3]],
    ['row-by-row product', contract(x, 'bi', W, 'oi', 'bo'), ['batch', 2]],
    ['outer product over the batch', contract(y, 'bo', x, 'bi', 'oi'), [2, 3]],
    ['full contraction', contract(W, 'oi', W, 'oi', ''), []],
    ['reshape', reshape(cube, [6, 4]), [6, 4]],
    ['reshape beside the batch', reshape(x, ['batch', 3, 1]), ['batch', 3, 1]],
    ['permute', permute(cube, [2, 0, 1]), [4, 2, 3]],
    ['broadcast', broadcast(W, ['batch', 2, 5, 3], [1, 3]), ['batch', 2, 5, 3]],
    ['slice', slice(cube, 2, 1, 3), [2, 3, 2]],
    ['pad', pad(x, [{ axis: 1, before: 2, after: 1 }]), ['batch', 6]],
    ['concat', concat([x, y, x], 1), ['batch', 8]],
    ['iota', iota(graph, ['batch', 3], 1), ['batch', 3]],
  ]
  test.each(shapes)('%s', (_, node, shape) => {
    expect(node.shape).toEqual(shape)
  })
})

describe('what changes nothing is the operand itself', () => {
  const unchanged: [string, Node, Node][] = [
    ['a reduction over no axes', sum(x, []), x],
    ['a reshape to the same shape', reshape(W, [2, 3]), W],
    ['the identical permutation', permute(cube, [0, 1, 2]), cube],
    ['a broadcast that adds no axis', broadcast(W, [2, 3], [0, 1]), W],
    ['a slice of the whole', slice(W, 1, 0, 3), W],
    ['windows of one element', unfold(W, [{ axis: 1, size: 1 }]), reshape(W, [2, 3, 1])],
    ['a pad by nothing', pad(W, [{ axis: 1, before: 0, after: 0 }]), W],
    ['one part joined', concat([x], 1), x],
    ['a detached detached node', detach(detach(x)), detach(x)],
    ['a detached constant', detach(constant(graph, 3)), constant(graph, 3)],
  ]
  test.each(unchanged)('%s', (_, node, operand) => {
    expect(node).toBe(operand)
  })
})

describe('operands that do not fit are refused, with the op and the shapes', () => {
  const isSmall = less(x, 1)
  const refused: [message: string, build: () => Node][] = [
    ['add: shapes differ: [batch, 3], [batch, 2]', () => add(x, y)],
    ['add takes 2 operands, not 1', () => apply('add', x)],
    ['add: at least one operand must be a node', () => apply('add', 1, 2)],
    ['add: operand 0 must be real, and is truth', () => add(isSmall, x)],
    ['select: operand 0 must be truth, and is real', () => select(x, x, x)],
    ['input: the batch must be the first axis of [3, batch]', () => input(graph, 'z', [3, 'batch'])],
    ['parameter: not a shape: [0]', () => parameter(graph, 'z', [0])],
    ['constant: not a shape: [2.5]', () => constant(graph, 1, [2.5])],
    ['iota: no axis 1 in [3]', () => iota(graph, [3], 1)],
    ['sum: axes 2 of [batch, 3]', () => sum(x, [2])],
    ['max: axes 1, 1 of [batch, 3]', () => max(x, [1, 1])],
    ['contract b,oi->bo: an operand has shape [batch, 3]', () => contract(x, 'b', W, 'oi', 'bo')],
    ['contract bb,oi->bo: a letter repeats within an operand', () => contract(x, 'bb', W, 'oi', 'bo')],
    ["contract bi,oi->bo: 'i' is both 2 and 3 long", () => contract(y, 'bi', W, 'oi', 'bo')],
    ['contract bi,oi->bz: not a result', () => contract(x, 'bi', W, 'oi', 'bz')],
    ['contract bi,oi->bb: not a result', () => contract(x, 'bi', W, 'oi', 'bb')],
    ["contract bi,oi->b: 'o' is summed in one operand only", () => contract(x, 'bi', W, 'oi', 'b')],
    ['contract: the batch must be the first axis of [2, batch]', () => contract(x, 'bi', W, 'oi', 'ob')],
    ['reshape: [2, 3] to [7]', () => reshape(W, [7])],
    ['reshape: [2, 3] to [batch, 6]', () => reshape(W, ['batch', 6])],
    ['permute: 1 axes of [2, 3]', () => permute(W, [0])],
    ['permute: axes 0, 0 of [2, 3]', () => permute(W, [0, 0])],
    ['permute: the batch must be the first axis of [3, batch]', () => permute(x, [1, 0])],
    ['broadcast: [2, 3] at axes 0, 1 to [2, 4]', () => broadcast(W, [2, 4], [0, 1])],
    ['broadcast: [2, 3] at axes 1, 0 to [3, 2]', () => broadcast(W, [3, 2], [1, 0])],
    ['broadcast: [2, 3] at axes 0 to [2, 3]', () => broadcast(W, [2, 3], [0])],
    ['slice: 2 to 2 of axis 1 of [2, 3]', () => slice(W, 1, 2, 2)],
    ['slice: 0 to 4 of axis 1 of [2, 3]', () => slice(W, 1, 0, 4)],
    ['slice: 0 to 1 of axis 0 of [batch, 3]', () => slice(x, 0, 0, 1)],
    ['slice: axes 2 of [2, 3]', () => slice(W, 2, 0, 1)],
    [
      'unfold: a window of 4 with stride 1, dilation 1 over axis 1 of [batch, 3]',
      () => unfold(x, [{ axis: 1, size: 4 }]),
    ],
    [
      'unfold: a window of 1 with stride 1, dilation 1 over axis 0 of [batch, 3]',
      () => unfold(x, [{ axis: 0, size: 1 }]),
    ],
    [
      'unfold: a window of 2 with stride 0, dilation 1 over axis 1 of [batch, 3]',
      () => unfold(x, [{ axis: 1, size: 2, stride: 0 }]),
    ],
    ["fold: [batch, 3] isn't what windows over [batch, 4] hold", () => fold(x, ['batch', 4], [{ axis: 1, size: 2 }])],
    ['pad: -1, 0 at axis 0 of [2, 3]', () => pad(W, [{ axis: 0, before: -1, after: 0 }])],
    ['pad: 1, 0 at axis 0 of [batch, 3]', () => pad(x, [{ axis: 0, before: 1, after: 0 }])],
    ['concat: nothing to join', () => concat([], 0)],
    ['concat: shapes differ beside axis 1: [batch, 3], [2, 3]', () => concat([x, W], 1)],
    ['concat: shapes differ beside axis 0: [batch, 3], [batch, 3]', () => concat([x, x], 0)],
  ]
  test.each(refused)('%s', (message, build) => {
    expect(build).toThrow(new GraphError(message))
  })
})

test('nodes of different graphs cannot be combined', () => {
  const foreign = input(new Interner(), 'x', ['batch', 3])
  expect(() => add(x, foreign)).toThrow('the operands of add belong to different graphs')
})
