import { describe, expect, test } from 'vitest'
import { contract, input, parameter, tanh } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import type { Buffer } from '../../src/loops/notation/kernel.ts'
import { lower } from '../../src/loops/notation/lower.ts'
import { liveIntervals, planMemory, type Lifetime } from '../../src/loops/memory/plan.ts'
import { bufferFor } from './lowered.ts'

/** A chain of square layers: `predict` runs all, `long` is asked for its first result as well. */
function plan(depth: number, batch: number) {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', 5])
  const weights = Array.from({ length: depth }, (_, k) => parameter(graph, `W${k}`, [5, 5]))
  const layers: Node[] = []
  for (const W of weights) layers.push(tanh(contract(layers.at(-1) ?? x, 'bi', W, 'oi', 'bo')))
  const leaves = new Map(
    [x, ...weights].map((node) => [node, bufferFor(node, 'leaf', node === x ? 'input' : 'parameter')] as const),
  )
  const last = layers.at(-1)!
  const first = layers[0]!
  const { programs, buffers } = lower({ predict: [{ node: last }], long: [{ node: last }, { node: first }] }, leaves)
  const lifetimes: Lifetime[] = Object.entries(programs).map(([name, steps]) => ({
    steps,
    results: [buffers.get(last)!, ...(name === 'long' ? [buffers.get(first)!] : [])],
  }))
  const parameters = weights.map((node) => leaves.get(node)!)
  const gradients = weights.map((node) => bufferFor(node, 'gradient', 'gradient'))
  const states = weights.map((node) => bufferFor(node, 'velocity', 'optimizer'))
  const memory = planMemory([parameters], lifetimes, [leaves.get(x)!], [], [gradients, states], batch)
  const activations = layers.map((node) => buffers.get(node)!)
  return { memory, lifetimes, parameters, gradients, states, activations, input: leaves.get(x)! }
}

const starts = (buffers: readonly Buffer[], offsets: ReadonlyMap<Buffer, number>) =>
  buffers.map((buffer) => offsets.get(buffer)!)

describe('the memory plan', () => {
  const { memory, lifetimes, parameters, gradients, states, activations, input } = plan(6, 10)
  const { offsets, capacity, firstLength, length } = memory

  test('rows are rounded up, so that loops over the batch may run over', () => {
    expect(capacity).toBe(12)
    expect(plan(1, 8).memory.capacity).toBe(8)
    expect(plan(1, 1).memory.capacity).toBe(4)
  })

  test('parameters, gradients and states are dense regions with equal inner offsets', () => {
    for (const region of [parameters, gradients, states]) {
      const [start] = starts(region, offsets)
      expect(starts(region, offsets)).toEqual(region.map((_, k) => start! + 25 * k))
    }
  })

  test('what is alive at the same time lies apart', () => {
    for (const lifetime of lifetimes) {
      const live = [...liveIntervals(lifetime)].map(([buffer, [interval]]) => [buffer, interval!] as const)
      for (const [a, [fromA, toA]] of live) {
        for (const [b, [fromB, toB]] of live) {
          if (a === b || toA < fromB || toB < fromA) continue
          const end = (buffer: Buffer) => offsets.get(buffer)! + buffer.size * (buffer.batched ? capacity : 1)
          expect(end(a) <= offsets.get(b)! || end(b) <= offsets.get(a)!).toBe(true)
        }
      }
    }
  })

  test('activations share memory: six layers need the input, the kept first one and two in turns', () => {
    const region = 5 * capacity
    const begin = Math.min(...starts([input, ...activations], offsets))
    const end = Math.max(...starts([input, ...activations], offsets)) + region
    expect(end - begin).toBe(4 * region)
  })

  test('a model without a trainer needs the first part only', () => {
    expect(Math.max(...starts([...parameters, input, ...activations], offsets))).toBeLessThan(firstLength)
    expect(Math.min(...starts([...gradients, ...states], offsets))).toBeGreaterThanOrEqual(firstLength)
    expect(length).toBeGreaterThanOrEqual(Math.max(...starts(states, offsets)) + 25)
  })
})

test('a result lives on to the end; what is in between dies with its last reader', () => {
  const { lifetimes, activations } = plan(4, 4)
  const live = liveIntervals(lifetimes[0]!)
  expect(activations.map((buffer) => live.get(buffer))).toEqual([[[0, 1]], [[1, 2]], [[2, 3]], [[3, Infinity]]])
})
