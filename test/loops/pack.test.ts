import { describe, expect, test } from 'vitest'
import {
  add,
  broadcast,
  constant,
  contract,
  gather,
  input,
  multiply,
  parameter,
  sum,
  tanh,
} from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import { elementsPerSample, isBatched } from '../../src/graph/shape.ts'
import { unfold } from '../../src/graph/windows.ts'
import {
  kernelsOf,
  type Access,
  type Axis,
  type Buffer,
  type Kernel,
  type Stage,
} from '../../src/loops/notation/kernel.ts'
import { lower } from '../../src/loops/notation/lower.ts'
import { packOperands } from '../../src/loops/schedule/pack.ts'
import { printStep } from '../../src/loops/notation/print.ts'
import { splitAxis } from '../../src/loops/notation/rewrite.ts'
import { productOf } from '../../src/loops/schedule/space.ts'
import { typescriptCosts } from '../../src/targets/typescript/costs.ts'
import { wasmCosts } from '../../src/targets/wasm/costs.ts'
import { lowerNodes } from './lowered.ts'

const costs = wasmCosts('f32')

/** The kernels of a product, and before it those that lay its operands out anew. */
function packed(product: Node, batch = 64): readonly Kernel[] {
  const leaves = new Map(
    product.inputs.map((node, k): [Node, Buffer] => [
      node,
      { name: `leaf ${k}`, role: 'input', batched: isBatched(node.shape), size: elementsPerSample(node.shape) },
    ]),
  )
  const { programs } = lower({ predict: [{ node: product }] }, leaves)
  return kernelsOf(packOperands(costs, batch)(programs.predict))
}

/** How far apart the elements are that the passes of a product's inner loop read from each operand, and from pass to pass. */
function strides(kernel: Kernel): readonly number[] {
  const { stage, left, right } = productOf(kernel)!
  const along = stage.over.at(-1)!
  return [left, right].map(({ address }) => address.terms.get(along)!)
}

function targetOf(stage: Stage): Access {
  if (stage.kind !== 'write') throw new Error('nothing is written')
  return stage.target
}

const graph = new Interner()
const affine = (inner: number, outer: number) => {
  const x = input(graph, 'x', ['batch', inner])
  return contract(x, 'bi', parameter(graph, 'W', [outer, inner]), 'oi', 'bo')
}
const gradient = (inner: number, outer: number) => {
  const [x, d] = [input(graph, 'x', ['batch', inner]), input(graph, 'd', ['batch', outer])]
  return contract(d, 'bo', x, 'bi', 'oi')
}

describe('operands are copied', () => {
  test('in another order, where vectors could read neither', () => {
    const [copy, product] = packed(affine(40, 40)) as [Kernel, Kernel]
    expect(copy.purpose.kind).toBe('pack')
    expect(productOf(product)).toBeDefined()
  })

  test('so that no turn reads far from the one before', () => {
    for (const product of [affine(1024, 1024), gradient(2048, 1024)]) {
      const kernels = packed(product, 128)
      expect(kernels.length).toBeGreaterThan(1)
      for (const stride of strides(kernels.at(-1)!)) expect(stride).toBeLessThan(costs.far.distance)
    }
  })

  test('not where the copy costs more than it saves', () => {
    expect(packed(gradient(2048, 1024), 4)).toHaveLength(1)
    expect(packed(gradient(40, 40))).toHaveLength(1)
  })

  test('whole: each element lies in its panel once', () => {
    const [copy] = packed(gradient(2048, 1024), 128) as [Kernel]
    const { buffer, address } = targetOf(copy.stages[0]!)
    const length = ({ extent }: Axis) => (extent === 'batch' ? 128 : extent)
    const size = copy.parallel.reduce((elements, axis) => elements * length(axis), 1)
    expect(buffer.size * 128).toBe(size)
    const reach = [...address.terms].reduce((sum, [axis, step]) => sum + step * (length(axis as Axis) - 1), 0)
    expect(reach).toBe(size - 1)
    expect(address.terms.get(copy.parallel.at(-1)!)).toBe(1)
    expect(copy.sequential).toEqual([])
  })
})

describe('copies lie as tiles read them', () => {
  const samples = (...extents: number[]) => input(graph, 'x', ['batch', ...extents])
  const weights = (...extents: number[]) => parameter(graph, 'W', extents)
  const backwards = (inner: number, outer: number) => contract(samples(outer), 'bo', weights(outer, inner), 'oi', 'bi')
  const windows = [2, 3].map((axis) => ({ axis, size: 3 }))

  test.each<[claim: string, product: Node, batch: number, precision: 'f32' | 'f64', copies: readonly string[]]>([
    ['columns in a row', affine(40, 40), 64, 'f32', ['for k < 40, i < 40', '  packed W[i + 40 k] = W[40 i + k]']],
    ['for few samples too', affine(40, 40), 1, 'f32', ['for k < 40, i < 40', '  packed W[i + 40 k] = W[40 i + k]']],
    ['not for one, two lanes at a time', affine(40, 40), 1, 'f64', []],
    ['not what does so', backwards(40, 40), 64, 'f32', []],
    ['samples in a row', affine(100, 10), 32, 'f32', ['for k < 100, b < batch', '  packed x[b + 32 k] = x[100 b + k]']],
    [
      'whole vectors of padded samples',
      affine(100, 10),
      30,
      'f32',
      ['for k < 100, b < batch', '  packed x[b + 32 k] = x[100 b + k]'],
    ],
    [
      'the operand that has fewer elements',
      affine(1024, 1024),
      128,
      'f32',
      ['for k < 1024, b < batch', '  packed x[b + 128 k] = x[1024 b + k]'],
    ],
    [
      'panel by panel, where rows are long',
      affine(1024, 1024),
      128,
      'f64',
      ['for ipanel < 256, k < 1024, i < 4', '  packed W[i + 4 k + 4096 ipanel] = W[4096 ipanel + 1024 i + k]'],
    ],
    [
      'panels of more vectors',
      backwards(1024, 1024),
      128,
      'f32',
      ['for ipanel < 128, k < 1024, i < 8', '  packed W[i + 8 k + 8192 ipanel] = W[1024 k + 8 ipanel + i]'],
    ],
    [
      'both operands',
      gradient(2048, 1024),
      128,
      'f32',
      [
        ...['for ipanel < 256, b < batch, i < 4', '  packed d[i + 4 b + 512 ipanel] = d[1024 b + 4 ipanel + i]'],
        ...['for jpanel < 256, b < batch, j < 8', '  packed x[j + 8 b + 1024 jpanel] = x[2048 b + 8 jpanel + j]'],
      ],
    ],
    [
      'both operands, of two lanes',
      gradient(2048, 1024),
      128,
      'f64',
      [
        ...['for ipanel < 512, b < batch, i < 2', '  packed d[i + 2 b + 256 ipanel] = d[1024 b + 2 ipanel + i]'],
        ...['for jpanel < 256, b < batch, j < 8', '  packed x[j + 8 b + 1024 jpanel] = x[2048 b + 8 jpanel + j]'],
      ],
    ],
    [
      'sample by sample',
      contract(samples(16, 32), 'bti', input(graph, 'y', ['batch', 16, 32]), 'bsi', 'bts'),
      8,
      'f32',
      ['for b < batch, k < 32, j < 16', '  packed y[j + 16 k + 512 b] = y[512 b + 32 j + k]'],
    ],
    [
      'not windows, which overlap',
      contract(unfold(samples(8, 16, 16), windows), 'bchwij', weights(16, 8, 3, 3), 'ocij', 'bohw'),
      8,
      'f32',
      ['for k < 8, i < 3, j < 3, i < 16', '  packed W[i + 16 j + 48 i + 144 k] = W[72 i + 9 k + 3 i + j]'],
    ],
    [
      'windows not even where their copies would be read fastest',
      contract(unfold(samples(32, 16), [{ axis: 1, size: 3 }]), 'btck', weights(6, 16, 3), 'ock', 'bto'),
      32,
      'f32',
      [],
    ],
    [
      'not what is looked up',
      contract(gather(weights(50, 16, 100), samples()), 'bik', parameter(graph, 'V', [3, 100]), 'ok', 'bio'),
      32,
      'f32',
      [],
    ],
    [
      'not what is read once, each with its own',
      contract(weights(64, 2048), 'ki', parameter(graph, 'V', [64, 2048]), 'ki', 'i'),
      8,
      'f32',
      [],
    ],
    [
      'only along what it has of all that is added up',
      sum(
        multiply(
          broadcast(samples(40, 8), ['batch', 40, 40, 8], [0, 2, 3]),
          broadcast(weights(40, 40), ['batch', 40, 40, 8], [1, 2]),
        ),
        [2, 3],
      ),
      64,
      'f32',
      ['for k < 40, i < 40', '  packed W[i + 40 k] = W[40 i + k]'],
    ],
    [
      'short rows that lie far apart',
      contract(samples(64), 'bk', weights(64, 16, 16), 'khi', 'bhi'),
      64,
      'f32',
      ['for i < 16, k < 64, j < 16', '  packed W[j + 16 k + 1024 i] = W[256 k + 16 i + j]'],
    ],
    ['not what is no product', sum(samples(40), [1]), 64, 'f32', []],
  ])('%s', (_, product, batch, precision, copies) => {
    const steps = lowerNodes({ main: [product] }).programs.main
    const made = packOperands(wasmCosts(precision), batch)(steps)
    expect(made.slice(0, -1).flatMap((step) => printStep(step).split('\n'))).toEqual(copies)
    expect(packOperands(typescriptCosts, batch)(steps)).toBe(steps)
    const [last] = made.slice(-1) as [Kernel]
    if (copies.length === 0) expect(last).toBe(steps[0])
    else expect(printStep(last)).toMatch(/\bpacked /)
  })

  test('of samples have a row for each, padded; others are as large as they are', () => {
    const copied = (product: Node, batch: number) => targetOf((packed(product, batch) as [Kernel])[0].stages[0]!).buffer
    expect(copied(affine(100, 10), 30)).toEqual({ name: 'packed leaf 0', role: 'activation', batched: true, size: 100 })
    expect(copied(affine(40, 40), 30)).toEqual({
      name: 'packed leaf 1',
      role: 'activation',
      batched: false,
      size: 1600,
    })
  })

  test('before a loop over time, of what is the same at all times; once for all programs', () => {
    const h = argument(graph, 'loop', 'h', ['batch', 48])
    const now = argument(graph, 'loop', 'now', ['batch', 48])
    const square = argument(graph, 'loop', 'W', [48, 48])
    const next = tanh(add(contract(h, 'bi', square, 'oi', 'bo'), now))
    const region = { carries: [h], elements: [now], captured: [square], next: [next] }
    const inputs = { initial: [constant(graph, 0, h.shape)], sequences: [samples(3, 48)], captured: [weights(48, 48)] }
    const loop = scan(region, inputs, next, false)
    const { predict, loss } = lowerNodes({ predict: [loop], loss: [loop] }).programs
    const pack = packOperands(costs, 32)
    const steps = pack(predict)
    const lines = steps.map(printStep).join('\n').split('\n')
    expect(lines.slice(2, 7)).toEqual([
      'for k < 48, i < 48',
      '  packed W[i + 48 k] = W[48 i + k]',
      'in order for time < 3',
      '  for b < batch, i < 48',
      expect.stringMatching(/^ {4}r0 = sum\(k < 48\) multiply\(activation\d\[48 b \+ k\], packed W\[i \+ 48 k\]\)$/),
    ])
    pack(loss).forEach((step, k) => expect(step).toBe(steps[k]))
    expect(kernelsOf(steps).find(({ purpose }) => purpose.kind === 'pack')!.purpose).toMatchObject({
      reader: { stages: [{ kind: 'reduce' }, { kind: 'write' }] },
    })
  })
})

describe('a loop over time has no copies of what changes with time', () => {
  const copies = (loop: Node, batch: number) =>
    kernelsOf(packOperands(costs, batch)(lowerNodes({ main: [loop] }).programs.main))
      .filter(({ purpose }) => purpose.kind === 'pack')
      .map((copy) => targetOf(copy.stages[0]!).buffer.name)

  test('neither first nor after other copies', () => {
    const h = argument(graph, 'loop', 'h', ['batch', 64, 256])
    const now = argument(graph, 'loop', 'now', ['batch'])
    const [W, V] = [argument(graph, 'loop', 'W', [64, 256]), argument(graph, 'loop', 'V', [256, 64])]
    const wide = contract(h, 'bkn', W, 'km', 'bnm')
    const next = add(contract(wide, 'bnm', V, 'mk', 'bkn'), broadcast(now, h.shape, [0]))
    const region = { carries: [h], elements: [now], captured: [W, V], next: [next] }
    const captured = [parameter(graph, 'W', [64, 256]), parameter(graph, 'V', [256, 64])]
    const inputs = { initial: [constant(graph, 0, h.shape)], sequences: [input(graph, 'x', ['batch', 3])], captured }
    expect(copies(scan(region, inputs, next, false), 16)).toEqual(['packed W'])
  })

  test('not even of parameters, a part of which is read at each time', () => {
    const h = argument(graph, 'loop', 'h', ['batch', 40, 3])
    const now = argument(graph, 'loop', 'now', ['batch', 40, 100])
    const W = argument(graph, 'loop', 'W', [3, 100])
    const next = add(contract(now, 'btk', W, 'ok', 'bto'), h)
    const region = { carries: [h], elements: [now], captured: [W], next: [next] }
    const sequence = broadcast(parameter(graph, 'P', [3, 40, 100]), ['batch', 3, 40, 100], [1, 2, 3])
    const inputs = {
      ...{ initial: [constant(graph, 0, h.shape)], sequences: [sequence] },
      captured: [parameter(graph, 'W', [3, 100])],
    }
    expect(copies(scan(region, inputs, next, false), 32)).toEqual([])
  })
})

test('an axis is split into panels everywhere: reads, writes, indices', () => {
  const [kernel] = packed(gradient(12, 3), 4) as [Kernel]
  const axis = kernel.parallel.find(({ extent }) => extent === 12)!
  const { panel, within, kernel: split } = splitAxis(kernel, axis, 4)
  expect([panel.extent, within.extent]).toEqual([3, 4])
  expect(split.parallel).toEqual([panel, ...kernel.parallel.map((other) => (other === axis ? within : other))])
  const { terms } = targetOf(split.stages[1]!).address
  expect([terms.get(panel), terms.get(within), terms.has(axis)]).toEqual([4, 1, false])
})
