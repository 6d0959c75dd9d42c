import { describe, expect, test } from 'vitest'
import {
  broadcast,
  concat,
  contract,
  divide,
  exp,
  gather,
  input,
  max,
  multiply,
  noise,
  pad,
  parameter,
  permute,
  scatter,
  sum,
  tanh,
} from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { fold, unfold } from '../../src/graph/windows.ts'
import type { Kernel, Role } from '../../src/loops/notation/kernel.ts'
import { scheduleKernel } from '../../src/loops/schedule/choose.ts'
import type { TargetCosts } from '../../src/loops/schedule/costs.ts'
import { typescriptCosts } from '../../src/targets/typescript/costs.ts'
import { wasmCosts } from '../../src/targets/wasm/costs.ts'
import { lowerNodes } from './lowered.ts'

/*
 * What the cost model chooses for kernels of all kinds and numbers of samples, in TypeScript; in WebAssembly's single precision; in its
 * double precision: the steps of axes, `i×4` where a vector's lanes are along them, `across` before the axis that a transposition reads
 * along; the order of the loops where it isn't the kernel's own; `exact` where loops over samples end at those that there are.
 */

function chosen(kernel: Kernel, costs: TargetCosts, batch: number): string {
  const { order, steps, lanes, transposed, overrun } = scheduleKernel(kernel, costs, batch)
  const parts = [...steps]
    .filter(([, step]) => step > 1)
    .map(([axis, step]) => {
      const width = axis === lanes?.axis ? `×${lanes.count}` : ''
      return `${axis === transposed ? 'across ' : ''}${step} ${axis.label}${width}`
    })
  const reordered = order.some((axis, k) => axis !== kernel.parallel[k])
  return [
    parts.join(' ') || 'plain',
    ...(reordered ? [`in ${order.map(({ label }) => label).join('')}`] : []),
    ...(overrun ? [] : ['exact']),
  ].join(', ')
}

const graph = new Interner()
const samples = (...extents: number[]) => input(graph, `x${extents.join('×')}`, ['batch', ...extents])
const weights = (...extents: number[]) => parameter(graph, `W${extents.join('×')}`, extents)
const affine = (inner: number, outer: number) => contract(samples(inner), 'bi', weights(outer, inner), 'oi', 'bo')
const backwards = (inner: number, outer: number) => contract(samples(outer), 'bo', weights(outer, inner), 'oi', 'bi')
const gradient = (inner: number, outer: number) => contract(samples(outer), 'bo', samples(inner), 'bi', 'oi')
const softmax = (size: number) => {
  const e = exp(samples(size))
  return divide(e, broadcast(sum(e, [1]), e.shape, [0]))
}
const image = samples(2, 8, 8)

/** The last kernel of a node's, whose results have this role. */
function kernelFor(node: Node, role: Role): Kernel {
  const kernel = (lowerNodes({ main: [node] }).programs.main as Kernel[]).at(-1)!
  const stages = kernel.stages.map((stage) =>
    stage.kind === 'write'
      ? { ...stage, target: { ...stage.target, buffer: { ...stage.target.buffer, role } } }
      : stage,
  )
  return { ...kernel, stages }
}

type Row = readonly [claim: string, node: Node, choices: Readonly<Record<number, string>>]

const rowsOf = (role: Role, rows: readonly Row[]) => {
  test.each(rows)('%s', (_, node, choices) => {
    const kernel = kernelFor(node, role)
    const all = [typescriptCosts, wasmCosts('f32'), wasmCosts('f64')]
    const made = Object.keys(choices).map((batch) => [
      batch,
      all.map((costs) => chosen(kernel, costs, Number(batch))).join('; '),
    ])
    expect(Object.fromEntries(made)).toEqual(choices)
  })
}

describe('products', () => {
  rowsOf('activation', [
    [
      'an affine layer of 3 inputs and 4 units',
      affine(3, 4),
      {
        1: '4 i 3 k; 4 i×4 3 k, in ib; 4 i×2 3 k, in ib',
        5: '2 b 4 i 3 k; 8 b 4 i×4 3 k; 2 b 4 i×2 3 k',
        32: '2 b 4 i 3 k; 8 b 4 i×4 3 k; 4 b 4 i×2 3 k',
      },
    ],
    [
      'of 40 and 40',
      affine(40, 40),
      {
        1: '8 i; 12 i×4, in ib; 8 i×2, in ib',
        5: '2 b 5 i; 4 b 8 i×4, in ib; 2 b 8 i×2, in ib',
        32: '2 b 5 i; 4 b 8 i×4, in ib; 4 b 4 i×2, in ib',
      },
    ],
    [
      'of 40 and 3',
      affine(40, 3),
      {
        1: '3 i; 3 i; 3 i',
        3: '4 b 3 i; 3 i; 3 i 4 b×2',
        5: '2 b 3 i; 3 i 8 b×4; 3 i 2 b×2',
        32: '4 b 3 i; 3 i 8 b×4; 3 i 4 b×2',
      },
    ],
    [
      'of 3 and 40',
      affine(3, 40),
      {
        5: '2 b 5 i 3 k; 2 b 12 i×4 3 k, in ib; 2 b 8 i×2 3 k, in ib',
        32: '2 b 5 i 3 k; 4 b 8 i×4 3 k, in ib; 4 b 4 i×2 3 k, in ib',
      },
    ],
    [
      'of 40 and 10',
      affine(40, 10),
      { 5: '2 b 5 i; 5 i 8 b×4, in ib; 5 i 2 b×2, in ib', 32: '2 b 5 i; 5 i 8 b×4; 5 i 4 b×2' },
    ],
    [
      'of 64 and 7',
      affine(64, 7),
      {
        1: '7 i; 7 i; 6 i×2, in ib',
        5: '2 b 7 i; 7 i 8 b×4, in ib; 7 i 2 b×2, in ib',
        32: '2 b 7 i; 7 i 16 b×4; 7 i 8 b×2',
      },
    ],
    [
      'of 300 and 300',
      affine(300, 300),
      { 5: '2 b 5 i; 2 b 16 i×4, in ib; 6 i 2 b×2, in ib', 32: '2 b 5 i; 8 b 12 i×4, in ib; 4 b 4 i×2, in ib' },
    ],
    [
      'of 1000 and 1000',
      affine(1000, 1000),
      {
        5: '2 b 5 i; 2 b 16 i×4, in ib; 6 i 2 b×2, in ib',
        32: '2 b 5 i; 8 i 16 b×4, in ib; 4 b 4 i×2, in ib',
        130: '2 b 5 i; 8 i 12 b×4, in ib; 4 b 4 i×2, in ib',
      },
    ],
    ['of 1 and 5', affine(1, 5), { 5: '2 b 5 i; 2 b 4 i×4, in ib; 2 b 4 i×2, in ib' }],
    ['of 5 and 1', affine(5, 1), { 5: '2 b 5 k; 8 b×4 5 k; 8 b×2 5 k' }],
    [
      'backwards, of 3 and 4',
      backwards(3, 4),
      {
        1: '3 i 4 k; 3 i 4 k; 2 i×2 4 k, in ib',
        5: '2 b 3 i 4 k; 3 i 8 b×4 4 k; 2 b 2 i×2 4 k',
        32: '4 b 3 i; 3 i 8 b×4 4 k; 4 b 2 i×2 4 k',
      },
    ],
    ['backwards, of 40 and 3', backwards(40, 3), { 32: '2 b 5 i 3 k; 4 b 8 i×4 3 k, in ib; 2 b 8 i×2 3 k, in ib' }],
    [
      'backwards, of 64 and 7',
      backwards(64, 7),
      { 5: '2 b 4 i; 2 b 16 i×4, in ib; 2 b 8 i×2, in ib', 32: '4 b 3 i; 2 b 16 i×4, in ib; 2 b 8 i×2, in ib' },
    ],
    [
      'backwards, of 300 and 300',
      backwards(300, 300),
      { 5: '2 b 5 i; 2 b 16 i×4, in ib; 2 b 8 i×2, in ib', 32: '2 b 5 i; 4 b 8 i×4, in ib; 4 b 4 i×2, in ib' },
    ],
    [
      'rows beside rows, sample by sample',
      contract(samples(4, 6), 'bti', samples(4, 6), 'bsi', 'bts'),
      { 5: '2 i 4 j; 4 i 4 j×4 6 k, in bji; 4 i 4 j×2, in bji' },
    ],
    ['a row and a row', contract(samples(4, 6), 'bti', samples(4, 6), 'bti', 'b'), { 5: '6 i 4 k; 6 i 4 k; 6 i 4 k' }],
    [
      'all pairs of two rows',
      contract(samples(5), 'bi', samples(9), 'bj', 'bij'),
      { 5: '5 i 3 j; 5 i 8 j×4, in bji; 5 i 4 j×2, in bji' },
    ],
    [
      'a convolution',
      contract(
        unfold(image, [
          { axis: 2, size: 3 },
          { axis: 3, size: 3 },
        ]),
        'bchwij',
        weights(5, 2, 3, 3),
        'ocij',
        'bohw',
      ),
      {
        5: '2 l 5 i 3 j; 5 i 4 l×4 3 j, in bjli; 5 i 6 l×2 3 j, in bjli',
        32: '2 l 5 i 3 j; 5 i 8 b×4 3 j, in bjli; 5 i 6 l×2 3 j, in bjli',
      },
    ],
  ])
})

describe('gradients', () => {
  rowsOf('gradient', [
    [
      'of 3 inputs and 4 units',
      gradient(3, 4),
      {
        1: '4 i 3 j, exact; 2 i 3 j, exact; 4 i 2 j×2, exact',
        5: '4 i 3 j, exact; 3 j 4 i×4, exact; 3 j 4 i×2, exact',
        32: '4 i 3 j, exact; 3 j 4 i×4, exact; 3 j 4 i×2, exact',
      },
    ],
    [
      'of 40 and 40',
      gradient(40, 40),
      {
        5: '2 i 5 j, exact; 4 i 8 j×4, in ji, exact; 2 i 8 j×2, in ji, exact',
        32: '2 i 5 j, exact; 4 i 8 j×4, in ji, exact; 2 i 8 j×2, in ji, exact',
      },
    ],
    [
      'of 40 and 3',
      gradient(40, 3),
      {
        5: '3 i 4 j, exact; 3 i 12 j×4, in ji, exact; 3 i 6 j×2, in ji, exact',
        32: '3 i 4 j, exact; 3 i 12 j×4, in ji, exact; 3 i 6 j×2, in ji, exact',
      },
    ],
    [
      'of 3 and 40',
      gradient(3, 40),
      {
        5: '4 i 3 j, exact; 3 j 8 i×4, exact; 3 j 4 i×2, exact',
        32: '4 i 3 j, exact; 3 j 8 i×4, exact; 3 j 6 i×2, exact',
      },
    ],
    [
      'of 64 and 7',
      gradient(64, 7),
      {
        5: '7 i 2 j, exact; 7 i 16 j×4, in ji, exact; 7 i 8 j×2, in ji, exact',
        32: '7 i 2 j, exact; 7 i 16 j×4, in ji, exact; 7 i 8 j×2, in ji, exact',
      },
    ],
    [
      'of 1000 and 1000',
      gradient(1000, 1000),
      {
        5: '3 i 3 j, exact; 4 i 8 j×4, in ji, exact; 2 i 8 j×2, in ji, exact',
        32: '3 i 3 j, exact; 3 i 12 j×4, in ji, exact; 3 i 6 j×2, in ji, exact',
      },
    ],
    [
      'a sum over samples',
      sum(samples(7), [0]),
      { 5: '7 i, exact; 7 i×4, exact; 7 i×2, exact', 32: '7 i, exact; 7 i×4, exact; 7 i×2, exact' },
    ],
    ['of 33', sum(samples(33), [0]), { 5: '2 i, exact; 33 i×4, exact; 2 i×2, exact' }],
    [
      'of samples, one number each',
      tanh(samples()),
      {
        5: 'plain, exact; 4 b×4, exact; 2 b×2, exact',
        31: 'plain, exact; 4 b×4, exact; 2 b×2, exact',
        32: '2 b, exact; 4 b×4, exact; 2 b×2, exact',
        63: '2 b, exact; 4 b×4, exact; 2 b×2, exact',
        64: '4 b, exact; 4 b×4, exact; 4 b×2, exact',
      },
    ],
    [
      'of samples, three numbers each',
      multiply(samples(3), 2),
      { 5: '3 i, exact; 4 b×4 3 i, exact; 3 i×2, exact', 64: '3 i 2 b, exact; 4 b×4 3 i, exact; 3 i×2 4 b, exact' },
    ],
    ['of a table: added in order', scatter(samples(8), samples(), 5), { 5: '8 i, exact; 8 i×4, exact; 8 i, exact' }],
    [
      'of a narrow one: for many samples too',
      scatter(samples(2), samples(), 5),
      { 128: '2 i, exact; 2 i, exact; 2 i, exact' },
    ],
    [
      'of windows',
      fold(samples(10, 3), ['batch', 12], [{ axis: 1, size: 3 }]),
      { 5: '3 j 10 i, exact; 3 j 10 i, exact; 3 j 10 i, exact' },
    ],
  ])
})

describe('everything else', () => {
  rowsOf('activation', [
    ['tanh of 1', tanh(samples(1)), { 3: '4 b; 4 b; 4 b×2', 5: '4 b; 8 b×4; 8 b×2', 32: '4 b; 16 b×4; 8 b×2' }],
    ['tanh of 2', tanh(samples(2)), { 5: '2 i 4 b; 8 b×4 2 i; 2 i×2 4 b', 32: '2 i 4 b; 16 b×4 2 i; 2 i×2 4 b' }],
    ['tanh of 3', tanh(samples(3)), { 5: '3 i 4 b; 8 b×4 3 i; 3 i×2 4 b', 32: '3 i 4 b; 16 b×4 3 i; 3 i×2 4 b' }],
    ['tanh of 4', tanh(samples(4)), { 5: '4 i 4 b; 4 i×4 4 b; 4 i×2 4 b', 32: '4 i 4 b; 4 i×4 4 b; 4 i×2 4 b' }],
    ['tanh of 5', tanh(samples(5)), { 5: '5 i 2 b; 5 i×4 4 b; 5 i×2 4 b', 32: '5 i 2 b; 5 i×4 4 b; 5 i×2 4 b' }],
    ['tanh of 7', tanh(samples(7)), { 5: '7 i 2 b; 7 i×4 4 b; 7 i×2 4 b', 32: '7 i 2 b; 8 b×4 7 i; 7 i×2 4 b' }],
    ['tanh of 12', tanh(samples(12)), { 5: '12 i; 12 i×4 4 b; 12 i×2 2 b' }],
    ['tanh of 33', tanh(samples(33)), { 5: '2 i; 33 i×4; 2 i×2' }],
    ['tanh of 64', tanh(samples(64)), { 5: '4 i; 64 i×4; 8 i×2' }],
    ['tanh of 200', tanh(samples(200)), { 5: '4 i; 8 i×4; 8 i×2' }],
    ['twice of 1', multiply(samples(1), 2), { 5: '4 b; 8 b×4; 8 b×2', 32: '4 b; 16 b×4; 8 b×2' }],
    ['twice of 2', multiply(samples(2), 2), { 5: '2 i 4 b; 2 i 4 b; 2 i×2 4 b', 32: '2 i 4 b; 16 b×4 2 i; 2 i×2 4 b' }],
    ['twice of 3', multiply(samples(3), 2), { 5: '3 i 2 b; 3 i 2 b; 3 i×2 4 b', 32: '3 i 2 b; 8 b×4 3 i; 3 i×2 4 b' }],
    [
      'twice of 5',
      multiply(samples(5), 2),
      { 5: '5 i 2 b; 5 i×4 4 b; 5 i×2 2 b', 32: '5 i 2 b; 5 i×4 4 b; 5 i×2 2 b' },
    ],
    ['twice of 7', multiply(samples(7), 2), { 5: '7 i; 7 i×4 4 b; 7 i×2 2 b', 32: '7 i; 7 i×4 4 b; 7 i×2 2 b' }],
    ['twice of 12', multiply(samples(12), 2), { 5: '4 i; 12 i×4 2 b; 12 i×2' }],
    ['twice of 33', multiply(samples(33), 2), { 5: '2 i; 33 i×4; 2 i×2' }],
    ['twice of 64', multiply(samples(64), 2), { 5: '4 i; 16 i×4; 8 i×2' }],
    ['sums of 1', sum(samples(1), [1]), { 5: '4 b; 8 b×4; 8 b×2', 32: '4 b; 16 b×4; 8 b×2' }],
    ['sums of 2', sum(samples(2), [1]), { 5: '2 k 4 b; 2 k 4 b; 2 k 4 b', 32: '2 k 4 b; 2 k 16 b×4; 2 k 4 b' }],
    ['sums of 5', sum(samples(5), [1]), { 5: '5 k 2 b; 5 k 2 b; 5 k 2 b', 32: '5 k 2 b; 5 k 2 b; 5 k 2 b' }],
    ['sums of 12', sum(samples(12), [1]), { 5: '12 k; 12 k; 12 k', 32: '12 k; 12 k; 12 k' }],
    ['sums of 33', sum(samples(33), [1]), { 5: '4 b; 4 b; 4 b', 32: '4 b; 4 b; 4 b' }],
    ['sums of 4 by 3 by 5', sum(samples(4, 3, 5), [1, 2, 3]), { 5: '5 j 3 i; 5 j 3 i; 5 j 3 i' }],
    ['rows of sums', sum(samples(3, 8), [1]), { 5: '3 k 4 i; 3 k 8 i×4 2 b; 3 k 8 i×2' }],
    ['columns of sums', sum(samples(8, 3), [2]), { 5: '3 k 4 i; 3 k 4 i; 3 k 4 i' }],
    [
      'a softmax of 2',
      softmax(2),
      { 5: '2 k 2 i 4 b; 2 k 2 i 4 b; 2 k 2 i 4 b', 32: '2 k 2 i 4 b; 2 k 2 i 4 b; 2 k 2 i 4 b' },
    ],
    ['a softmax of 7', softmax(7), { 5: '7 k 7 i; 7 k 7 i; 7 k 7 i', 32: '7 k 7 i; 7 k 7 i; 7 k 7 i' }],
    ['a softmax of 12', softmax(12), { 5: '4 b; 4 b; 4 b', 32: '4 b; 4 b; 4 b' }],
    [
      'what lies in another order, 8 by 6',
      permute(samples(8, 6), [0, 2, 1]),
      { 5: '8 j 2 i; 4 j×4 across 4 i; 2 j×2 across 2 i' },
    ],
    ['3 by 6', permute(samples(3, 6), [0, 2, 1]), { 5: '3 j 6 i; 6 i×4 3 j 4 b; 2 j×2 across 2 i' }],
    ['6 by 3', permute(samples(6, 3), [0, 2, 1]), { 5: '6 j 3 i; 6 j×4 3 i 4 b; 2 j×2 across 2 i' }],
    [
      '4 by 4, with a function of it',
      tanh(permute(samples(4, 4), [0, 2, 1])),
      { 5: '4 j 4 i; 4 j×4 4 i 4 b; 4 j×2 4 i 2 b' },
    ],
    [
      'without samples, 16 by 24',
      permute(weights(16, 24), [1, 0]),
      { 5: '16 j 2 i; 4 j×4 across 4 i; 2 j×2 across 2 i' },
    ],
    [
      'random numbers, which the host makes one by one',
      noise(samples(2), samples(2)),
      { 32: '2 i 4 b; 2 i 4 b; 2 i×2 4 b' },
    ],
    [
      'matrices that are looked up, in another order',
      permute(gather(weights(5, 8, 8), samples()), [0, 2, 1]),
      { 5: '8 j 4 i; 8 j×4 8 i 2 b; 8 j×2 8 i' },
    ],
    ['rows that are looked up', gather(weights(5, 8), samples()), { 5: '8 i 4 b; 8 i×4 4 b; 8 i×2 4 b' }],
    ['elements that are looked up', gather(weights(5), samples(8)), { 5: '8 i 4 b; 8 i×4 4 b; 8 i×2 4 b' }],
    [
      'a pool',
      max(
        unfold(image, [
          { axis: 2, size: 2, stride: 2 },
          { axis: 3, size: 2, stride: 2 },
        ]),
        [4, 5],
      ),
      { 5: '2 i 2 k 4 l; 2 i 2 k 4 l; 2 i 2 k 4 l' },
    ],
    [
      'parts beside one another',
      concat([samples(12), tanh(samples(12))], 1),
      { 5: '4 b; 8 b×4; 4 b', 32: '4 b; 16 b×4; 8 b×2' },
    ],
    [
      'margins',
      pad(image, [
        { axis: 2, before: 1, after: 1 },
        { axis: 3, before: 1, after: 1 },
      ]),
      { 5: '8 i 8 i 8 j; 8 i 8 i 8 j; 8 i 8 i 8 j' },
    ],
  ])
})
