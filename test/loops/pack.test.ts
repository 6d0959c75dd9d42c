import { describe, expect, test } from 'vitest'
import { contract, input, parameter } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { elementsPerSample, isBatched } from '../../src/graph/shape.ts'
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
import { splitAxis } from '../../src/loops/notation/rewrite.ts'
import { productOf } from '../../src/loops/schedule/space.ts'
import { wasmCosts } from '../../src/targets/wasm/costs.ts'

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
