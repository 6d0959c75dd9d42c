import { describe, expect, test } from 'vitest'
import {
  add,
  branch,
  broadcast,
  concat,
  constant,
  contract,
  detach,
  divide,
  exp,
  extent,
  gather,
  input,
  iota,
  lessEqual,
  max,
  multiply,
  negate,
  pad,
  parameter,
  permute,
  power,
  reshape,
  scatter,
  select,
  sin,
  slice,
  subtract,
  sum,
  tanh,
  uniform,
} from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import { fold, unfold } from '../../src/graph/windows.ts'
import { opCount } from '../../src/loops/notation/arithmetic.ts'
import { computedBy, expressionOf, kernelsOf, type Buffer, type Kernel } from '../../src/loops/notation/kernel.ts'
import { lower } from '../../src/loops/notation/lower.ts'
import { printStep } from '../../src/loops/notation/print.ts'
import { homeOf } from '../../src/loops/notation/stages.ts'
import { bufferFor, lowerNodes, printLowered } from './lowered.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const q = input(graph, 'q', ['batch', 2, 3])
const W = parameter(graph, 'W', [4, 3])
const bias = parameter(graph, 'bias', [4])
const product = contract(x, 'bi', W, 'oi', 'bo')
const affine = add(product, broadcast(bias, ['batch', 4], [1]))
const relu = (f: Node) => select(lessEqual(f, 0), 0, f)
const rows = (of: Node) => broadcast(of, ['batch', 3], [0])

type Case = readonly [claim: string, results: readonly Node[], kernels: readonly string[]]
const check = (_: string, results: readonly Node[], kernels: readonly string[]) =>
  expect(printLowered(...results).split('\n')).toEqual(kernels)

describe('fusion', () => {
  const exponentials = exp(subtract(x, rows(max(x, [1]))))
  const cases: Case[] = [
    [
      'a product with its bias and activation is one kernel',
      [relu(affine)],
      [
        'for b < batch, i < 4',
        '  r0 = sum(k < 3) multiply(x[3 b + k], W[3 i + k])',
        '  h0[4 b + i] = select(lessEqual(add(r0, bias[i]), 0), 0, add(r0, bias[i]))',
      ],
    ],
    [
      'a pre-activation that is asked for as well is stored beside it',
      [affine, tanh(affine)],
      [
        'for b < batch, i < 4',
        '  r0 = sum(k < 3) multiply(x[3 b + k], W[3 i + k])',
        '  h0[4 b + i] = add(r0, bias[i])',
        '  h1[4 b + i] = tanh(add(r0, bias[i]))',
      ],
    ],
    [
      'what comes before and after a reduction is in its kernel',
      [divide(sum(power(x, 2), [1]), 5)],
      ['for b < batch', '  r0 = sum(k < 3) multiply(x[3 b + k], x[3 b + k])', '  h0[b] = divide(r0, 5)'],
    ],
    [
      'a softmax is one kernel of three passes over a row',
      [divide(exponentials, rows(sum(exponentials, [1])))],
      [
        'for b < batch',
        '  r0 = max(k < 3) x[3 b + k]',
        '  for i < 3: h0[3 b + i] = exp(subtract(x[3 b + i], r0))',
        '  r1 = sum(k < 3) h0[3 b + k]',
        '  for i < 3: h1[3 b + i] = divide(h0[3 b + i], r1)',
      ],
    ],
    [
      'a product reads its operands where they lie, transposed or not',
      [contract(product, 'bo', W, 'oi', 'bi')],
      [
        'for b < batch, i < 4',
        '  r0 = sum(k < 3) multiply(x[3 b + k], W[3 i + k])',
        '  h0[4 b + i] = r0',
        'for b < batch, i < 3',
        '  r0 = sum(k < 4) multiply(h0[4 b + k], W[3 k + i])',
        '  h1[3 b + i] = r0',
      ],
    ],
    [
      'a product over the batch sums over the samples that there are',
      [contract(x, 'bi', x, 'bj', 'ij')],
      ['for i < 3, j < 3', '  r0 = sum(b < batch) multiply(x[3 b + i], x[3 b + j])', '  h0[3 i + j] = r0'],
    ],
    [
      'what a product reads is computed once, not for each of its terms',
      [contract(exp(x), 'bi', W, 'oi', 'bo')],
      [
        'for b < batch, i < 3',
        '  h0[3 b + i] = exp(x[3 b + i])',
        'for b < batch, i < 4',
        '  r0 = sum(k < 3) multiply(h0[3 b + k], W[3 i + k])',
        '  h1[4 b + i] = r0',
      ],
    ],
  ]
  test.each(cases)('%s', check)

  test('long chains of pointwise work become several kernels, none of them large', () => {
    let chain: Node = x
    for (let depth = 0; depth < 1000; depth++) chain = add(multiply(chain, x), 1)
    const kernels = kernelsOf(lowerNodes({ main: [chain] }).programs.main)
    const sizes = kernels.map(({ stages }) => stages.reduce((sum, stage) => sum + opCount(expressionOf(stage)), 0))
    expect(kernels.length).toBeGreaterThan(4)
    for (const size of sizes) expect(size).toBeLessThan(600)
  })
})

describe('views are read in place', () => {
  const cases: Case[] = [
    [
      'slice',
      [sin(slice(q, 1, 1, 2))],
      ['for b < batch, i < 1, j < 3', '  h0[3 b + 3 i + j] = sin(q[6 b + 3 i + j + 3])'],
    ],
    [
      'permute',
      [tanh(permute(q, [0, 2, 1]))],
      ['for b < batch, i < 3, j < 2', '  h0[6 b + 2 i + j] = tanh(q[6 b + 3 j + i])'],
    ],
    [
      'permute of more axes',
      [tanh(permute(parameter(graph, 'cube', [2, 3, 4]), [1, 2, 0]))],
      ['for i < 3, j < 4, l < 2', '  h0[8 i + 2 j + l] = tanh(cube[12 l + 4 i + j])'],
    ],
    ['reshape without samples', [sin(reshape(W, [6, 2]))], ['for i < 6, j < 2', '  h0[2 i + j] = sin(W[2 i + j])']],
    [
      'reshape',
      [add(reshape(q, ['batch', 3, 2]), 1)],
      ['for b < batch, i < 3, j < 2', '  h0[6 b + 2 i + j] = add(q[6 b + 2 i + j], 1)'],
    ],
    [
      'broadcast',
      [multiply(x, broadcast(slice(bias, 0, 1, 4), ['batch', 3], [1]))],
      ['for b < batch, i < 3', '  h0[3 b + i] = multiply(x[3 b + i], bias[i + 1])'],
    ],
    ['iota', [iota(graph, ['batch', 3], 1)], ['for b < batch, i < 3', '  h0[3 b + i] = i']],
    [
      'the number of samples',
      [divide(x, broadcast(extent(graph), ['batch', 3], []))],
      ['for b < batch, i < 3', '  h0[3 b + i] = divide(x[3 b + i], n)'],
    ],
    [
      'concat writes each part to its place',
      [concat([x, sin(slice(x, 1, 1, 3))], 1)],
      ['for b < batch', '  for i < 3: h0[5 b + i] = x[3 b + i]', '  for i < 2: h0[5 b + i + 3] = sin(x[3 b + i + 1])'],
    ],
    [
      'pad writes zeros around',
      [pad(x, [{ axis: 1, before: 2, after: 1 }])],
      [
        'for b < batch',
        '  for i < 2: h0[6 b + i] = 0',
        '  for i < 1: h0[6 b + i + 5] = 0',
        '  for i < 3: h0[6 b + i + 2] = x[3 b + i]',
      ],
    ],
    [
      'a view that is asked for is copied',
      [reshape(q, ['batch', 6])],
      ['for b < batch, i < 6', '  h0[6 b + i] = q[6 b + i]'],
    ],
    ['a leaf that is asked for is there already', [x], ['']],
  ]
  test.each(cases)('%s', check)
})

describe('what is stored', () => {
  const e = exp(x)
  const perRow = (of: Node) => multiply(x, broadcast(of, x.shape, [0]))
  const cases: Case[] = [
    [
      'not what is dear, while one kernel needs it',
      [add(e, sin(e)), multiply(e, 2)],
      [
        'for b < batch, i < 3',
        '  h0[3 b + i] = add(exp(x[3 b + i]), sin(exp(x[3 b + i])))',
        '  h1[3 b + i] = multiply(exp(x[3 b + i]), 2)',
      ],
    ],
    [
      'what is dear and several kernels need',
      [sum(e, [0]), sum(multiply(e, e), [1])],
      [
        'for b < batch, i < 3',
        '  h0[3 b + i] = exp(x[3 b + i])',
        'for i < 3',
        '  r0 = sum(b < batch) h0[3 b + i]',
        '  h1[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 3) multiply(h0[3 b + k], h0[3 b + k])',
        '  h2[b] = r0',
      ],
    ],
    [
      'what is cheap only where it is long: 4 ops are done again',
      [sum(added(4), [0]), sum(added(4), [1])],
      [
        'for i < 3',
        '  r0 = sum(b < batch) add(add(add(add(x[3 b + i], 1), x[3 b + i]), 1), x[3 b + i])',
        '  h0[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 3) add(add(add(add(x[3 b + k], 1), x[3 b + k]), 1), x[3 b + k])',
        '  h1[b] = r0',
      ],
    ],
    [
      '5 are not',
      [sum(added(5), [0]), sum(added(5), [1])],
      [
        'for b < batch, i < 3',
        '  h0[3 b + i] = add(add(add(add(add(x[3 b + i], 1), x[3 b + i]), 1), x[3 b + i]), 1)',
        'for i < 3',
        '  r0 = sum(b < batch) h0[3 b + i]',
        '  h1[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 3) h0[3 b + k]',
        '  h2[b] = r0',
      ],
    ],
    [
      'a product with its bias, rather than without',
      [sum(affine, [0]), sum(affine, [1])],
      [
        'for b < batch, i < 4',
        '  r0 = sum(k < 3) multiply(x[3 b + k], W[3 i + k])',
        '  h0[4 b + i] = add(r0, bias[i])',
        'for i < 4',
        '  r0 = sum(b < batch) h0[4 b + i]',
        '  h1[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 4) h0[4 b + k]',
        '  h2[b] = r0',
      ],
    ],
    [
      'what each sample repeats, if it is more than an op',
      [multiply(x, broadcast(exp(negate(parameter(graph, 'v', [3]))), x.shape, [1]))],
      [
        'for i < 3',
        '  h0[i] = exp(negate(v[i]))',
        'for b < batch, i < 3',
        '  h1[3 b + i] = multiply(x[3 b + i], h0[i])',
      ],
    ],
    [
      'not where it is one op',
      [multiply(x, broadcast(exp(parameter(graph, 'v', [3])), x.shape, [1]))],
      ['for b < batch, i < 3', '  h0[3 b + i] = multiply(x[3 b + i], exp(v[i]))'],
    ],
    [
      'not what is repeated for no samples',
      [multiply(W, broadcast(exp(negate(parameter(graph, 'v', [3]))), W.shape, [1]))],
      ['for i < 4, j < 3', '  h0[3 i + j] = multiply(W[3 i + j], exp(negate(v[j])))'],
    ],
    [
      'not what a row repeats within a kernel',
      [perRow(exp(sum(x, [1])))],
      ['for b < batch', '  r0 = sum(k < 3) x[3 b + k]', '  for i < 3: h0[3 b + i] = multiply(x[3 b + i], exp(r0))'],
    ],
    [
      'what lies in another order than it is read in',
      [sin(reshape(exp(q), ['batch', 6]))],
      [
        'for b < batch, i < 2, j < 3',
        '  h0[6 b + 3 i + j] = exp(q[6 b + 3 i + j])',
        'for b < batch, i < 6',
        '  h1[6 b + i] = sin(h0[6 b + i])',
      ],
    ],
    [
      'a view that is read as it lies',
      [reshape(permute(q, [0, 2, 1]), ['batch', 6])],
      [
        'for b < batch, i < 3, j < 2',
        '  h0[6 b + 2 i + j] = q[6 b + 3 j + i]',
        'for b < batch, i < 6',
        '  h1[6 b + i] = h0[6 b + i]',
      ],
    ],
    [
      'not what is only seen in other shapes',
      [sin(reshape(reshape(q, ['batch', 6]), ['batch', 3, 2]))],
      ['for b < batch, i < 3, j < 2', '  h0[6 b + 2 i + j] = sin(q[6 b + 2 i + j])'],
    ],
    [
      'no truth value, though it is dear',
      [sum(select(lessEqual(e, 1), x, 2), [0]), sum(select(lessEqual(e, 1), 3, x), [1])],
      [
        'for i < 3',
        '  r0 = sum(b < batch) select(lessEqual(exp(x[3 b + i]), 1), x[3 b + i], 2)',
        '  h0[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 3) select(lessEqual(exp(x[3 b + k]), 1), 3, x[3 b + k])',
        '  h1[b] = r0',
      ],
    ],
    [
      'indices that are read as they lie',
      [reshape(iota(graph, ['batch', 2, 3], 2), ['batch', 6])],
      ['for b < batch, i < 2, j < 3', '  h0[6 b + 3 i + j] = j', 'for b < batch, i < 6', '  h1[6 b + i] = h0[6 b + i]'],
    ],
  ]
  test.each(cases)('%s', check)

  function added(ops: number): Node {
    return Array.from({ length: ops }).reduce<Node>((inner, _, k) => add(inner, k % 2 === 0 ? 1 : x), x)
  }
})

describe('sizes', () => {
  const times = (count: number, op: (inner: Node) => Node, start: Node) =>
    Array.from({ length: count }).reduce<Node>(op, start)
  const kernelsFor = (node: Node) => kernelsOf(lowerNodes({ main: [node] }).programs.main)

  test('an expression of more than 48 ops is a stage, and kernels have 256 ops at most', () => {
    const opsOf = ({ stages }: Kernel) => stages.map((stage) => opCount(expressionOf(stage)) - 1)
    expect(kernelsFor(times(600, sin, x)).map(opsOf)).toEqual([[5 * 49], [5 * 49], [110]])
  })

  test('more than 48 views in a row are a copy', () => {
    const transposed = (count: number) => sin(times(count, (inner) => permute(inner, [0, 2, 1]), q))
    expect([49, 50].map((count) => kernelsFor(transposed(count)).length)).toEqual([1, 2])
  })

  test('more than 48 ops on the host’s numbers have a stage of their own', () => {
    const scaled = (ops: number) => multiply(x, broadcast(times(ops, sin, uniform(graph, 'clip')), x.shape, []))
    expect([48, 49].map((ops) => kernelsFor(scaled(ops)).flatMap(computedBy).length)).toEqual([1, 2])
  })

  test('a kernel of several results is whole up to 256 ops, however many leaves they have', () => {
    const results = Array.from({ length: 17 }, (_, k) =>
      Array.from({ length: 16 }).reduce<Node>((inner, _, l) => add(inner, 16 * k + l + 1), x),
    )
    const kernels = kernelsOf(lowerNodes({ main: results }).programs.main)
    expect(kernels.map(({ stages }) => stages.length)).toEqual([16, 1])
  })

  test('a join counts as its parts where something else would share its kernel', () => {
    const wide = input(graph, 'wide', ['batch', 300])
    const parts = (count: number) => Array.from({ length: count }, (_, k) => slice(wide, 1, k, k + 1))
    expect(kernelsFor(sum(concat(parts(127), 1), [1]))).toHaveLength(1)
    expect(kernelsFor(sum(concat(parts(128), 1), [1]))).toHaveLength(2)
  })

  test.each([
    [128, [[128]]],
    [129, [[128], [1, 129, 129]]],
    [300, [[128], [128, 129, 256], [44, 257, 300]]],
  ])('a join of %i parts is cut into kernels of 256 ops, a part and its place being one', (parts, expected) => {
    const wide = input(graph, 'wide', ['batch', 300])
    const kernels = kernelsFor(
      concat(
        Array.from({ length: parts }, (_, k) => slice(wide, 1, k, k + 1)),
        1,
      ),
    )
    expect(
      kernels.map(({ stages, purpose }) => [
        stages.length,
        ...(purpose.kind === 'part' ? [purpose.first, purpose.last] : []),
      ]),
    ).toEqual(expected)
  })
})

describe('reductions', () => {
  const cases: Case[] = [
    ['over the last', [2], ['for b < batch, i < 2', '  r0 = sum(k < 3) q[6 b + 3 i + k]', '  h0[2 b + i] = r0']],
    ['over one before', [1], ['for b < batch, i < 3', '  r0 = sum(k < 2) q[6 b + 3 k + i]', '  h0[3 b + i] = r0']],
    ['over samples', [0], ['for i < 2, j < 3', '  r0 = sum(b < batch) q[6 b + 3 i + j]', '  h0[3 i + j] = r0']],
    ['over some beside one', [0, 2], ['for i < 2', '  r0 = sum(b < batch, k < 3) q[6 b + 3 i + k]', '  h0[i] = r0']],
    ['over all of a sample', [1, 2], ['for b < batch', '  r0 = sum(k < 2, i < 3) q[6 b + 3 k + i]', '  h0[b] = r0']],
  ].map(([claim, axes, kernels]) => [claim as string, [sum(q, axes as number[])], kernels as string[]])
  test.each(cases)('%s', check)

  const scaled = multiply(exp(bias), broadcast(sum(bias, [0]), bias.shape, []))
  test.each<Case>([
    [
      'a maximum is one too',
      [max(q, [1, 2])],
      ['for b < batch', '  r0 = max(k < 2, i < 3) q[6 b + 3 k + i]', '  h0[b] = r0'],
    ],
    [
      'that of a product has a kernel of its own',
      [sum(product, [1])],
      [
        'for b < batch, i < 4',
        '  r0 = sum(k < 3) multiply(x[3 b + k], W[3 i + k])',
        '  h0[4 b + i] = r0',
        'for b < batch',
        '  r0 = sum(k < 4) h0[4 b + k]',
        '  h1[b] = r0',
      ],
    ],
    [
      'pointwise results of one shape share a kernel',
      [exp(x), sin(x)],
      ['for b < batch, i < 3', '  h0[3 b + i] = exp(x[3 b + i])', '  h1[3 b + i] = sin(x[3 b + i])'],
    ],
    [
      'a product, or parts, of what a kernel computes have kernels of their own, though all are whole',
      [contract(scaled, 'i', bias, 'i', ''), concat([scaled, bias], 0)],
      [
        'for the whole',
        '  r0 = sum(k < 4) bias[k]',
        '  for i < 4: h0[i] = multiply(exp(bias[i]), r0)',
        'for the whole',
        '  r0 = sum(k < 4) multiply(h0[k], bias[k])',
        '  h1[0] = r0',
        'for the whole',
        '  for i < 4: h2[i] = h0[i]',
        '  for i < 4: h2[i + 4] = bias[i]',
      ],
    ],
    [
      'of two shapes they do not',
      [exp(x), sin(q)],
      [
        'for b < batch, i < 3',
        '  h0[3 b + i] = exp(x[3 b + i])',
        'for b < batch, i < 2, j < 3',
        '  h1[6 b + 3 i + j] = sin(q[6 b + 3 i + j])',
      ],
    ],
  ])('%s', check)
})

describe('kernels stay apart', () => {
  const dot = contract(x, 'bi', x, 'bi', 'b')
  const dotted = ['for b < batch', '  r0 = sum(k < 3) multiply(x[3 b + k], x[3 b + k])', '  h0[b] = r0']
  const z = input(graph, 'z', ['batch', 4])
  const square = input(graph, 'square', ['batch', 3, 3])
  const numbers = parameter(graph, 'numbers', [5])
  const along = (of: Node, shape: Node['shape']) => broadcast(of, shape, [0])
  const e = exp(square)
  const total = sum(q, [1, 2])
  test.each<Case>([
    [
      'of a product and what has more axes',
      [tanh(add(along(dot, z.shape), z))],
      [...dotted, 'for b < batch, i < 4', '  h1[4 b + i] = tanh(add(h0[b], z[4 b + i]))'],
    ],
    [
      'of a product and what is summed',
      [sum(multiply(along(dot, z.shape), z), [1])],
      [...dotted, 'for b < batch', '  r0 = sum(k < 4) multiply(h0[b], z[4 b + k])', '  h1[b] = r0'],
    ],
    [
      'of sums along different axes',
      [sum(multiply(q, along(total, q.shape)), [2])],
      [
        'for b < batch',
        '  r0 = sum(k < 2, i < 3) q[6 b + 3 k + i]',
        '  h0[b] = r0',
        'for b < batch, i < 2',
        '  r0 = sum(k < 3) multiply(q[6 b + 3 i + k], h0[b])',
        '  h1[2 b + i] = r0',
      ],
    ],
    [
      'of what is written and read in another order',
      [add(e, permute(e, [0, 2, 1]))],
      [
        'for b < batch, i < 3, j < 3',
        '  h0[9 b + 3 i + j] = exp(square[9 b + 3 i + j])',
        'for b < batch, i < 3, j < 3',
        '  h1[9 b + 3 i + j] = add(h0[9 b + 3 i + j], h0[9 b + 3 j + i])',
      ],
    ],
    [
      'of what is added up and its sums',
      [sin(scatter(parameter(graph, 'rows', [5, 2]), numbers, 5))],
      [
        'for i < 10',
        '  h0[i] = 0',
        'for i < 5, j < 2',
        '  losses of h0[2 numbers[i] + j] = 0',
        'for i < 5, j < 2',
        '  h0[2 numbers[i] + j] += rows[2 i + j], keeping losses of h0[2 numbers[i] + j]',
        'for i < 5, j < 2',
        '  h1[2 i + j] = sin(h0[2 i + j])',
      ],
    ],
  ])('%s', check)
})

describe('indices and the host’s numbers are written out', () => {
  const [across, down] = [iota(graph, x.shape, 1), iota(graph, x.shape, 0)]
  const cases = [
    ['with whole numbers beside them', multiply(add(across, 1), x), 'multiply(i + 1, x[3 b + i])'],
    ['as multiples and sums', add(multiply(across, 3), negate(subtract(5, down))), '3 i + b + -5'],
    ['not as products of two', multiply(across, down), 'multiply(i, b)'],
    ['not with other numbers', add(across, 0.5), 'add(i, 0.5)'],
    ['not under other ops', sin(across), 'sin(i)'],
    [
      'those of the host',
      broadcast(multiply(uniform(graph, 'learningRate'), 2), x.shape, []),
      'multiply(learningRate, 2)',
    ],
    ['small powers are products', power(x, 3), 'multiply(multiply(x[3 b + i], x[3 b + i]), x[3 b + i])'],
    ['roots', power(x, 0.5), 'sqrt(x[3 b + i])'],
    ['inverses', power(x, -2), 'divide(1, multiply(x[3 b + i], x[3 b + i]))'],
    ['other powers', power(x, 2.5), 'power(x[3 b + i], 2.5)'],
    ['powers of what varies', power(x, add(x, 1)), 'power(x[3 b + i], add(x[3 b + i], 1))'],
    ['what derivatives stop at', sin(branch(detach(x))), 'sin(x[3 b + i])'],
  ] as const
  test.each(cases)('%s', (_, node, value) => {
    expect(printLowered(node)).toBe(`for b < batch, i < 3\n  h0[3 b + i] = ${value}`)
  })

  const fifth = add(add(add(add(add(across, 1), 1), 1), 1), 1)
  test.each<Case>([
    [
      'indices again and again, however many ops they take',
      [sum(multiply(fifth, x), [0]), sum(multiply(fifth, add(x, 1)), [1])],
      [
        'for i < 3',
        '  r0 = sum(b < batch) multiply(i + 5, x[3 b + i])',
        '  h0[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 3) multiply(k + 5, add(x[3 b + k], 1))',
        '  h1[b] = r0',
      ],
    ],
    [
      'not functions of indices',
      [sum(multiply(sin(across), x), [0]), sum(multiply(sin(across), add(x, 1)), [1])],
      [
        'for b < batch, i < 3',
        '  h0[3 b + i] = sin(i)',
        'for i < 3',
        '  r0 = sum(b < batch) multiply(h0[3 b + i], x[3 b + i])',
        '  h1[i] = r0',
        'for b < batch',
        '  r0 = sum(k < 3) multiply(h0[3 b + k], add(x[3 b + k], 1))',
        '  h2[b] = r0',
      ],
    ],
  ])('%s', check)

  test('a number of the host that is asked for is stored', () => {
    expect(printLowered(multiply(uniform(graph, 'learningRate'), 2))).toBe(
      'for the whole\n  h0[0] = multiply(learningRate, 2)',
    )
  })
})

describe('windows', () => {
  const line = input(graph, 'line', ['batch', 6])
  const window = (size: number, stride = 1, dilation = 1) => [{ axis: 1, size, stride, dilation }]
  const places = (positions: number, size: number) => input(graph, 'places', ['batch', positions, size])
  const cases: Case[] = [
    [
      'are read in place',
      [sin(unfold(line, window(3)))],
      ['for b < batch, i < 4, j < 3', '  h0[12 b + 3 i + j] = sin(line[6 b + i + j])'],
    ],
    [
      'backwards too',
      [sin(unfold(line, window(3, 1, -1)))],
      ['for b < batch, i < 4, j < 3', '  h0[12 b + 3 i + j] = sin(line[6 b + i + -1 j + 2])'],
    ],
    [
      'of what is computed share what they read',
      [sin(unfold(exp(line), window(3)))],
      [
        'for b < batch, i < 6',
        '  h0[6 b + i] = exp(line[6 b + i])',
        'for b < batch, i < 4, j < 3',
        '  h1[12 b + 3 i + j] = sin(h0[6 b + i + j])',
      ],
    ],
    [
      'of what is computed have nothing to share where they lie apart',
      [sin(unfold(exp(line), window(2, 2)))],
      ['for b < batch, i < 3, j < 2', '  h0[6 b + 2 i + j] = sin(exp(line[6 b + 2 i + j]))'],
    ],
    [
      'along two axes share what they read if those along one do',
      [
        sin(
          unfold(exp(q), [
            { axis: 1, size: 2 },
            { axis: 2, size: 1, stride: 2 },
          ]),
        ),
      ],
      [
        'for b < batch, i < 2, j < 3',
        '  h0[6 b + 3 i + j] = exp(q[6 b + 3 i + j])',
        'for b < batch, i < 1, j < 2, l < 2, m < 1',
        '  h1[4 b + 4 i + 2 j + l + m] = sin(h0[6 b + 3 i + 3 l + 2 j + m])',
      ],
    ],
    [
      'along two axes are added if those along one overlap',
      [
        fold(
          input(graph, 'patches', ['batch', 2, 2, 2, 1]),
          ['batch', 3, 4],
          [
            { axis: 1, size: 2 },
            { axis: 2, size: 1, stride: 2 },
          ],
        ),
      ],
      [
        'for b < batch, i < 12',
        '  h0[12 b + i] = 0',
        'for b < batch, i < 2, j < 2, l < 2, m < 1',
        '  h0[12 b + 4 i + 4 l + 2 j + m] += patches[8 b + 4 i + 2 j + l + m]',
      ],
    ],
    [
      'whose places lie apart may overlap',
      [sin(unfold(exp(line), window(2, 2, 2)))],
      [
        'for b < batch, i < 6',
        '  h0[6 b + i] = exp(line[6 b + i])',
        'for b < batch, i < 2, j < 2',
        '  h1[4 b + 2 i + j] = sin(h0[6 b + 2 i + 2 j])',
      ],
    ],
    [
      'are written one by one where they lie side by side, and whole only after that',
      [sin(fold(places(3, 2), ['batch', 6], window(2, 2)))],
      [
        'for b < batch, i < 3',
        '  for j < 2: h0[6 b + 2 i + j] = places[6 b + 2 i + j]',
        'for b < batch, i < 6',
        '  h1[6 b + i] = sin(h0[6 b + i])',
      ],
    ],
    [
      'that leave gaps are written to zeros',
      [fold(places(2, 2), ['batch', 6], window(2, 3))],
      [
        'for b < batch, i < 6',
        '  h0[6 b + i] = 0',
        'for b < batch, i < 2',
        '  for j < 2: h0[6 b + 3 i + j] = places[4 b + 2 i + j]',
      ],
    ],
    [
      'that overlap are added to zeros',
      [fold(exp(places(4, 3)), ['batch', 6], window(3))],
      [
        'for b < batch, i < 6',
        '  h0[6 b + i] = 0',
        'for b < batch, i < 4, j < 3',
        '  h0[6 b + i + j] += exp(places[12 b + 3 i + j])',
      ],
    ],
    [
      'of more than 256 places keep what is lost',
      [fold(places(2, 300), ['batch', 301], window(300))],
      [
        'for b < batch, i < 301',
        '  h0[301 b + i] = 0',
        'for b < batch, i < 2, j < 300',
        '  losses of h0[301 b + i + j] = 0',
        'for b < batch, i < 2, j < 300',
        '  h0[301 b + i + j] += places[600 b + 300 i + j], keeping losses of h0[301 b + i + j]',
      ],
    ],
    [
      'are no matter of samples',
      [fold(parameter(graph, 'p', [4, 3]), [6], [{ axis: 0, size: 3 }])],
      ['for i < 6', '  h0[i] = 0', 'for i < 4, j < 3', '  h0[i + j] += p[3 i + j]'],
    ],
  ]
  test.each(cases)('%s', check)

  test('that overlap are added along each axis in order', () => {
    const sequential = (positions: number, size: number, stride: number, length: number) =>
      kernelsOf(
        lowerNodes({ main: [fold(places(positions, size), ['batch', length], window(size, stride))] }).programs.main,
      )
        .at(-1)!
        .sequential.map(({ label }) => label)
    expect(sequential(4, 3, 1, 6)).toEqual(['i', 'j'])
    expect(sequential(2, 3, 2, 5)).toEqual(['i', 'j'])
    expect(sequential(2, 3, 3, 6)).toEqual([])
  })
})

describe('tables', () => {
  const table = parameter(graph, 'table', [5, 2])
  const [at, ats] = [input(graph, 'at', ['batch']), input(graph, 'ats', ['batch', 4])]
  const cases: Case[] = [
    ['rows are looked up', [gather(table, at)], ['for b < batch, i < 2', '  h0[2 b + i] = table[2 at[b] + i]']],
    [
      'rows of more axes, for more axes',
      [gather(parameter(graph, 'cube', [5, 2, 3]), ats)],
      ['for b < batch, i < 4, j < 2, l < 3', '  h0[24 b + 6 i + 3 j + l] = cube[6 ats[4 b + i] + 3 j + l]'],
    ],
    [
      'rows are computed before they are looked up',
      [sin(gather(exp(table), at))],
      [
        'for i < 5, j < 2',
        '  h0[2 i + j] = exp(table[2 i + j])',
        'for b < batch, i < 2',
        '  h1[2 b + i] = sin(h0[2 at[b] + i])',
      ],
    ],
    [
      'rows are added to zeros, and keep what is lost',
      [scatter(exp(input(graph, 'rows', ['batch', 4, 2])), ats, 5)],
      [
        'for i < 10',
        '  h0[i] = 0',
        'for b < batch, i < 4, j < 2',
        '  losses of h0[2 ats[4 b + i] + j] = 0',
        'for b < batch, i < 4, j < 2',
        '  h0[2 ats[4 b + i] + j] += exp(rows[8 b + 2 i + j]), keeping losses of h0[2 ats[4 b + i] + j]',
      ],
    ],
  ]
  test.each(cases)('%s', check)

  test('rows are looked up by numbers that lie in memory', () => {
    expect(() => printLowered(gather(table, add(at, 1)))).toThrow('rows are chosen by numbers that are computed')
  })

  test('what is added to is cleared by kernels of their own, of which callers are told', () => {
    const node = scatter(input(graph, 'rows', ['batch', 4, 2]), ats, 5)
    const kernels = kernelsOf(lowerNodes({ main: [node] }).programs.main)
    expect(kernels.map(({ purpose }) => purpose)).toEqual([
      { kind: 'clear', node, what: 'sums' },
      { kind: 'clear', node, what: 'losses' },
      { kind: 'compute', nodes: [node] },
    ])
    expect(kernels.map(computedBy)).toEqual([[], [], [node]])
    const writes = kernels.flatMap(({ stages }) => stages.flatMap((stage) => (stage.kind === 'write' ? [stage] : [])))
    expect(writes.map(({ mode }) => mode)).toEqual(['store', 'store', 'add'])
    expect(writes[1]!.target.buffer).toEqual({
      name: expect.stringMatching('losses'),
      role: 'activation',
      batched: false,
      size: 10,
    })
    expect(writes[2]!.lost!.buffer).toEqual(writes[1]!.target.buffer)
  })

  test('rows that may be the same are added to in order', () => {
    const added = kernelsOf(
      lowerNodes({ main: [scatter(input(graph, 'rows', ['batch', 4, 2]), ats, 5)] }).programs.main,
    )
    expect(added.map(({ sequential }) => sequential.map(({ label }) => label))).toEqual([[], ['b', 'i'], ['b', 'i']])
  })
})

describe('joins', () => {
  const cases: Case[] = [
    [
      'along an axis before others',
      [concat([q, exp(q)], 1)],
      [
        'for b < batch',
        '  for i < 2, j < 3: h0[12 b + 3 i + j] = q[6 b + 3 i + j]',
        '  for i < 2, j < 3: h0[12 b + 3 i + j + 6] = exp(q[6 b + 3 i + j])',
      ],
    ],
    [
      'are summed in the same kernel where it runs over the same',
      [sum(concat([q, exp(q)], 1), [1, 2])],
      [
        'for b < batch',
        '  for i < 2, j < 3: h0[12 b + 3 i + j] = q[6 b + 3 i + j]',
        '  for i < 2, j < 3: h0[12 b + 3 i + j + 6] = exp(q[6 b + 3 i + j])',
        '  r0 = sum(k < 4, i < 3) h0[12 b + 3 k + i]',
        '  h1[b] = r0',
      ],
    ],
    [
      'margins along two axes, with nothing where there are none',
      [
        pad(
          q,
          [
            { axis: 1, before: 1, after: 0 },
            { axis: 2, before: 2, after: 3 },
          ],
          -Infinity,
        ),
      ],
      [
        'for b < batch',
        '  for i < 1, j < 8: h0[24 b + 8 i + j] = -Infinity',
        '  for i < 2, j < 2: h0[24 b + 8 i + j + 8] = -Infinity',
        '  for i < 2, j < 3: h0[24 b + 8 i + j + 13] = -Infinity',
        '  for i < 2, j < 3: h0[24 b + 8 i + j + 10] = q[6 b + 3 i + j]',
      ],
    ],
  ]
  test.each(cases)('%s', check)
})

test('only what may be at one place is added: parts, and windows that lie apart, are stored', () => {
  const windows = input(graph, 'windows', ['batch', 2, 2])
  const modes = (node: Node) =>
    kernelsOf(lowerNodes({ main: [node] }).programs.main).flatMap(({ stages }) =>
      stages.map((stage) => (stage.kind === 'write' ? stage.mode : stage.combine)),
    )
  expect(modes(concat([x, x], 1))).toEqual(['store', 'store'])
  expect(modes(fold(windows, ['batch', 6], [{ axis: 1, size: 2, stride: 3 }]))).toEqual(['store', 'store'])
  expect(modes(fold(windows, ['batch', 3], [{ axis: 1, size: 2 }]))).toEqual(['store', 'add'])
})

describe('loops over time', () => {
  const [h, g, now] = ['h', 'g', 'now'].map((name) => argument(graph, 'loop', name, ['batch', 2])) as [Node, Node, Node]
  const slope = argument(graph, 'loop', 'slope', [2])
  const next = tanh(add(multiply(h, broadcast(slope, h.shape, [1])), now))
  const steps = input(graph, 'steps', ['batch', 3, 2])
  const zero = constant(graph, 0, h.shape)
  const loop = (
    output: Node,
    { reverse = false, carries = [h], initial = [zero], following = [next], sequence = steps } = {},
  ) =>
    scan(
      { carries, elements: [now], captured: [slope], next: following },
      { initial, sequences: [sequence], captured: [parameter(graph, 'a', [2])] },
      output,
      reverse,
    )
  const cleared = (home: string) => ['for b < batch, i < 2', `  ${home}[2 b + i] = 0`]
  const turn = (from: string, to: string) => [
    '  for b < batch, i < 2',
    `    ${to} = tanh(add(multiply(${from}[2 b + i], a[i]), steps[6 b + 2 time + i]))`,
  ]
  const cases: Case[] = [
    [
      'compute outputs where they are stacked, and set carries last',
      [loop(next)],
      [
        ...[...cleared('h0'), 'in order for time < 3', ...turn('h0', 'h1[6 b + 2 time + i]')],
        ...['  for b < batch, i < 2', '    h0[2 b + i] = h1[6 b + 2 time + i]'],
      ],
    ],
    [
      'are over before others read what they have computed',
      [sin(loop(next))],
      [
        ...[...cleared('h0'), 'in order for time < 3', ...turn('h0', 'h1[6 b + 2 time + i]')],
        ...['  for b < batch, i < 2', '    h0[2 b + i] = h1[6 b + 2 time + i]'],
        ...['for b < batch, i < 3, j < 2', '  h2[6 b + 2 i + j] = sin(h1[6 b + 2 i + j])'],
      ],
    ],
    [
      'run backwards',
      [loop(next, { reverse: true })],
      [
        ...[...cleared('h0'), 'in order, from the last, for time < 3', ...turn('h0', 'h1[6 b + 2 time + i]')],
        ...['  for b < batch, i < 2', '    h0[2 b + i] = h1[6 b + 2 time + i]'],
      ],
    ],
    [
      'are one for several outputs',
      [loop(next), loop(add(next, now))],
      [
        ...[...cleared('h0'), 'in order for time < 3', ...turn('h0', 'h1[6 b + 2 time + i]')],
        '    h2[6 b + 2 time + i] = add(tanh(add(multiply(h0[2 b + i], a[i]), steps[6 b + 2 time + i])), steps[6 b + 2 time + i])',
        ...['  for b < batch, i < 2', '    h0[2 b + i] = h1[6 b + 2 time + i]'],
      ],
    ],
    [
      'copy a carry that is asked for before they set it',
      [loop(h)],
      [
        ...[...cleared('h0'), 'in order for time < 3', ...turn('h0', 'h1[2 b + i]')],
        ...['  for b < batch, i < 2', '    h2[6 b + 2 time + i] = h0[2 b + i]'],
        ...['  for b < batch, i < 2', '    h0[2 b + i] = h1[2 b + i]'],
      ],
    ],
    [
      'copy a carry that becomes another one before they set it; what is the same at all times is computed before',
      [
        loop(next, {
          carries: [h, g],
          initial: [zero, exp(input(graph, 'start', h.shape))],
          following: [g, next],
          sequence: exp(steps),
        }),
      ],
      [
        ...['for b < batch, i < 2', '  h0[2 b + i] = exp(start[2 b + i])'],
        ...['for b < batch, i < 3, j < 2', '  h1[6 b + 2 i + j] = exp(steps[6 b + 2 i + j])'],
        ...[...cleared('h2'), 'for b < batch, i < 2', '  h3[2 b + i] = h0[2 b + i]', 'in order for time < 3'],
        '  for b < batch, i < 2',
        '    h4[6 b + 2 time + i] = tanh(add(multiply(h2[2 b + i], a[i]), h1[6 b + 2 time + i]))',
        ...['  for b < batch, i < 2', '    h5[2 b + i] = h3[2 b + i]'],
        ...['  for b < batch, i < 2', '    h2[2 b + i] = h5[2 b + i]'],
        ...['  for b < batch, i < 2', '    h3[2 b + i] = h4[6 b + 2 time + i]'],
      ],
    ],
    [
      'set a carry to a constant',
      [loop(next, { following: [constant(graph, 2, h.shape)] })],
      [
        ...[...cleared('h0'), 'in order for time < 3', ...turn('h0', 'h1[6 b + 2 time + i]')],
        ...['  for b < batch, i < 2', '    h0[2 b + i] = 2'],
      ],
    ],
  ]
  test.each(cases)('%s', check)

  test('a program’s loop has the outputs that it needs', () => {
    const { programs } = lowerNodes({
      predict: [loop(next)],
      loss: [loop(next), loop(add(next, now))],
      other: [loop(next)],
    })
    const linesOf = (name: keyof typeof programs) => programs[name].map(printStep).join('\n').split('\n').length
    expect([linesOf('predict'), linesOf('loss'), linesOf('other')]).toEqual([7, 8, 7])
    expect(programs.other).toEqual(programs.predict)
    programs.other.forEach((step, k) => expect(step).toBe(programs.predict[k]))
    expect(programs.predict.at(-1)).toMatchObject({
      kind: 'repeat',
      time: { label: 'time', extent: 3 },
      reverse: false,
    })
    const each = lowerNodes({ one: [loop(next)], two: [loop(add(next, now))] }).programs
    expect(each.one.map(printStep).join()).not.toContain('add(tanh')
    expect(each.two.map(printStep).join()).toContain('add(tanh')
    expect(kernelsOf(programs.predict).map(({ time, purpose }) => [time?.extent, purpose.kind])).toEqual([
      [undefined, 'carry'],
      [3, 'compute'],
      [3, 'carry'],
    ])
  })
})

describe('results', () => {
  const [first, second] = ['first', 'second'].map((name) => bufferFor(x, name, 'activation')) as [Buffer, Buffer]
  const leaves = new Map([[x, bufferFor(x, 'x', 'input')]])
  const printed = ({ programs }: ReturnType<typeof lower>) =>
    Object.values(programs).map((steps) => steps.map(printStep).join('\n').split('\n'))
  const [result, view] = [exp(x), detach(x)]

  test('lie where they are wanted, in a second place as a copy', () => {
    const lowered = lower({ one: [{ node: result, buffer: first }], two: [{ node: result, buffer: second }] }, leaves)
    expect(printed(lowered)).toEqual([
      ['for b < batch, i < 3', '  first[3 b + i] = exp(x[3 b + i])'],
      [
        ...['for b < batch, i < 3', '  first[3 b + i] = exp(x[3 b + i])'],
        ...['for b < batch, i < 3', '  second[3 b + i] = first[3 b + i]'],
      ],
    ])
    expect(lowered.buffers.get(result)).toBe(first)
  })

  test('that are views are copied once for all programs', () => {
    const copy = ['for b < batch, i < 3', '  first[3 b + i] = x[3 b + i]']
    const lowered = lower({ one: [{ node: view, buffer: first }], two: [{ node: view, buffer: first }] }, leaves)
    expect(printed(lowered)).toEqual([copy, copy])
    expect(lowered.programs.one![0]).toBe(lowered.programs.two![0])
    expect(lowered.programs.one![0]).toMatchObject({
      sequential: [],
      stages: [{ mode: 'store' }],
      purpose: { kind: 'compute', nodes: [view] },
    })
    expect(printed(lower({ one: [{ node: x, buffer: first }, { node: result }] }, leaves))[0]!.slice(-2)).toEqual(copy)
  })

  test('that have no place are found', () => {
    expect(() => homeOf(view, new Map())).toThrow(`the detach ${view.id} has no place`)
  })

  test('that may lie anywhere have activations of their size', () => {
    const { buffers } = lower({ one: [{ node: result }, { node: exp(bias) }] }, new Map([...leaves, [bias, first]]))
    expect([buffers.get(result), buffers.get(exp(bias))]).toEqual([
      { name: 'activation0', role: 'activation', batched: true, size: 3 },
      { name: 'activation1', role: 'activation', batched: false, size: 4 },
    ])
  })
})

describe('programs', () => {
  const losses = sum(power(subtract(affine, 1), 2), [1])
  const { programs } = lowerNodes({ predict: [relu(affine)], loss: [losses], both: [relu(affine), losses] })
  const kernelsIn = (name: keyof typeof programs) => kernelsOf(programs[name])

  test('run only what they need', () => {
    expect(kernelsIn('predict').flatMap(computedBy)).not.toContain(losses)
    expect(kernelsIn('loss').flatMap(computedBy)).not.toContain(relu(affine))
  })

  test('share kernels', () => {
    expect(kernelsIn('both')).toEqual(expect.arrayContaining([...kernelsIn('predict'), ...kernelsIn('loss')]))
    expect(new Set(kernelsIn('both')).size).toBe(new Set([...kernelsIn('predict'), ...kernelsIn('loss')]).size)
  })
})

test('kernels of a network grow with its layers, not faster', () => {
  const depths = [10, 20, 40].map((depth) => {
    let h: Node = x
    const square = parameter(graph, 'square', [3, 3])
    for (let layer = 0; layer < depth; layer++) h = tanh(contract(h, 'bi', square, 'oi', 'bo'))
    return lowerNodes({ main: [h] }).programs.main.length
  })
  expect(depths).toEqual([10, 20, 40])
})
