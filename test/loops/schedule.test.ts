import { describe, expect, test } from 'vitest'
import { add, broadcast, contract, divide, erf, input, multiply, parameter, sum } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import type { Kernel } from '../../src/loops/notation/kernel.ts'
import { writeRoutine } from '../../src/loops/routine/routine.ts'
import { sizeOf } from '../../src/loops/routine/size.ts'
import { batchMultiple } from '../../src/loops/notation/padding.ts'
import { scheduleKernel } from '../../src/loops/schedule/choose.ts'
import { typescriptCosts } from '../../src/targets/typescript/costs.ts'
import { lowerNodes } from './lowered.ts'

function linear(sizeIn: number, sizeOut: number): Kernel {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', sizeIn])
  const product = contract(x, 'bi', parameter(graph, 'W', [sizeOut, sizeIn]), 'oi', 'bo')
  const bias = broadcast(parameter(graph, 'bias', [sizeOut]), product.shape, [1])
  return kernelsOf(add(product, bias))[0]!
}

const kernelsOf = (...nodes: readonly Node[]) => lowerNodes({ main: nodes }).programs.main as Kernel[]

/** The steps by the labels of their axes. */
function stepsOf(kernel: Kernel, batch: number, costs = typescriptCosts): Record<string, number> {
  return Object.fromEntries([...scheduleKernel(kernel, costs, batch).steps].map(([{ label }, step]) => [label, step]))
}

describe('register tiles', () => {
  test('a product takes several rows and columns at once, as many as there are registers for', () => {
    const { b, i } = stepsOf(linear(40, 40), 10) as { b: number; i: number }
    expect(b).toBeGreaterThan(1)
    expect(i).toBeGreaterThan(1)
    expect(b * i + Math.min(b, i)).toBeLessThanOrEqual(typescriptCosts.registers)
  })

  test('where reads and turns of loops are free, there is nothing to gain', () => {
    const costs = { ...typescriptCosts, load: 0, turn: 0, unrolled: 0 }
    expect(stepsOf(linear(40, 40), 10, costs)).toEqual({ b: 1, i: 1 })
  })

  test('no step is longer than its axis', () => {
    expect(stepsOf(linear(40, 3), 10).i).toBeLessThanOrEqual(3)
    expect(stepsOf(linear(40, 1), 10).i).toBe(1)
  })

  test('a loop over the batch that runs over stays within the padding, whatever the batch', () => {
    for (let batch = 1; batch <= 130; batch++) {
      for (const size of [1, 2, 3, 5, 7, 9, 12]) {
        const schedule = scheduleKernel(linear(8, size), typescriptCosts, batch)
        expect(schedule.overrun).toBe(true)
        expect(batchMultiple % ([...schedule.steps].find(([{ label }]) => label === 'b')?.[1] ?? 1)).toBe(0)
      }
    }
  })

  test('gradients have no padding: their loops end at the samples that there are', () => {
    const graph = new Interner()
    const [x, δ] = [input(graph, 'x', ['batch', 8]), input(graph, 'δ', ['batch', 8])]
    const [kernel] = kernelsOf(contract(δ, 'bo', x, 'bi', 'oi'))
    const steps = [...scheduleKernel(kernel!, typescriptCosts, 32).steps]
    expect(steps.every(([axis]) => axis.extent !== 'batch')).toBe(true)
    const gradient: Kernel = {
      ...kernel!,
      stages: kernel!.stages.map((stage) =>
        stage.kind === 'write'
          ? { ...stage, target: { ...stage.target, buffer: { ...stage.target.buffer, role: 'gradient' } } }
          : stage,
      ),
    }
    expect(scheduleKernel(gradient, typescriptCosts, 32).overrun).toBe(false)
  })
})

describe('the order of a sum belongs to the kernel', () => {
  test('an outer axis of a reduction is stepped only around inner ones that are written out whole', () => {
    const graph = new Interner()
    const cube = input(graph, 'cube', ['batch', 4, 3, 5])
    for (const unrolled of [0, 4, 5, 14, 15, 59, 60, 100]) {
      const [kernel] = kernelsOf(sum(cube, [1, 2, 3]))
      const { steps } = scheduleKernel(kernel!, { ...typescriptCosts, unrolled }, 8)
      const over = kernel!.stages[0]!.over
      over.forEach((axis, position) => {
        if ((steps.get(axis) ?? 1) === 1) return
        for (const inner of over.slice(position + 1)) expect(steps.get(inner)).toBe(inner.extent)
      })
    }
  })
})

describe('code stays small', () => {
  const bytecodeOf = (kernel: Kernel, batch: number) =>
    sizeOf(writeRoutine(kernel, typescriptCosts, batch), typescriptCosts.sizes)

  test('the largest products are loops around one tile', () => {
    for (const size of [10, 100, 1000, 4096]) {
      expect(bytecodeOf(linear(size, size), 128)).toBeLessThan(3000)
    }
  })

  test('tiny ones are written out', () => {
    const { body } = writeRoutine(linear(2, 3), typescriptCosts, 4)
    const loops = JSON.stringify(body).match(/"kind":"for"/g)
    expect(loops).toHaveLength(1) // over the batch
  })

  test('300 activations in a row are routines of which none comes near the limit', () => {
    const graph = new Interner()
    let h: Node = input(graph, 'x', ['batch', 3])
    for (let k = 0; k < 300; k++) h = multiply(multiply(0.5, h), add(1, erf(divide(h, 1.5))))
    const sizes = kernelsOf(h).map((kernel) => bytecodeOf(kernel, 32))
    expect(sizes.length).toBeGreaterThan(3)
    expect(Math.max(...sizes)).toBeLessThan(typescriptCosts.sizes.largest)
  })
})
