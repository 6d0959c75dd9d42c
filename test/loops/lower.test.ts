import { describe, expect, test } from 'vitest'
import {
  add,
  broadcast,
  concat,
  contract,
  divide,
  exp,
  extent,
  input,
  iota,
  lessEqual,
  max,
  multiply,
  pad,
  parameter,
  permute,
  power,
  reshape,
  select,
  sin,
  slice,
  subtract,
  sum,
  tanh,
} from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { computedBy, kernelsOf, type Scalar } from '../../src/loops/notation/kernel.ts'
import { lowerNodes, printLowered } from './lowered.ts'

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
    const sizes = kernels.map(({ stages }) =>
      stages.reduce((sum, stage) => sum + opCount(stage.kind === 'write' ? stage.value : stage.body), 0),
    )
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

/** The distinct ops of an expression. */
function opCount(scalar: Scalar, seen = new Set<Scalar>()): number {
  if (seen.has(scalar)) return 0
  seen.add(scalar)
  return scalar.kind === 'apply' ? scalar.operands.reduce((count, operand) => count + opCount(operand, seen), 1) : 1
}
