import { describe, expect, test } from 'vitest'
import { broadcast, exp, input, multiply, tanh, uniform } from '../../../src/graph/build.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'
import type { Kernel } from '../../../src/loops/notation/kernel.ts'
import { callOf, writeRoutine, type Call } from '../../../src/loops/routine/routine.ts'
import type { CalledProgram } from '../../../src/targets/program.ts'
import { wasmCosts } from '../../../src/targets/wasm/costs.ts'
import { wasm } from '../../../src/targets/wasm/target.ts'
import { lowerNodes } from '../../loops/lowered.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 20])

/** A call of the kernel of a node, with its first buffer at `start` and each other one 100 elements behind. */
function callFor(node: Node, start: number): Call {
  const [kernel] = lowerNodes({ main: [node] }).programs.main as [Kernel]
  const routine = writeRoutine(kernel, wasmCosts('f32'), 8)
  return callOf(kernel, routine, (buffer) => start + 100 * routine.buffers.indexOf(buffer))
}

function program(name: string, ...actions: readonly Call[]): CalledProgram {
  return { name, host: [], actions }
}

/** Kernels have an equation if they have a name. */
function printed(names: ReadonlyMap<Call, string>, ...programs: readonly CalledProgram[]) {
  const nameOf = new Map([...names].map(([{ kernel }, name]) => [kernel, name]))
  return wasm.print(programs, {
    ...{ precision: 'f32', math: 'portable' },
    announce: (kernel) => {
      const name = nameOf.get(kernel)
      if (name === undefined) return { name: 'copy', equations: [] }
      return { name, equations: [{ sign: '=', right: { kind: 'words', text: `what ${name} is` } }] }
    },
  })
}

describe('programs beside WebAssembly', () => {
  const [one, same, other] = [callFor(tanh(x), 0), callFor(tanh(x), 500), callFor(exp(x), 0)]

  test("call the module's exports with the arena's place and the numbers that kernels take", () => {
    const rate = broadcast(uniform(graph, 'learningRate'), x.shape, [])
    const scaled = callFor(multiply(x, rate), 0)
    const { statements } = printed(new Map(), program('predict', one), program('update', scaled), program('commit'))
    expect(Object.fromEntries(statements)).toEqual({
      predict: ['kernelsIn(arena).predict(arena.byteOffset, n)'],
      update: ['kernelsIn(arena).update(arena.byteOffset, n, state.learningRate)'],
    })
  })

  test('say what kernels compute, each under its own, unless there is nothing to say', () => {
    const names = new Map([
      [one, 'forward_h1'],
      [same, 'forward_h2'],
    ])
    const { texts, routines, beside } = printed(names, program('predict', one, other, same))
    expect(texts).toEqual([
      {
        kernel: one.kernel,
        text: '// forward_h\n// what forward_h1 is\n// and with other offsets:\n// what forward_h2 is',
      },
    ])
    expect(routines.map(({ name }) => name)).toEqual(['forward_h', 'copy'])
    expect(beside!.text).toContain(
      ';; what forward_h1 is\n  ;; and with other offsets:\n  ;; what forward_h2 is\n  ;; 4 lanes of ',
    )
  })

  test('are a binary, and on request the text that it is of', () => {
    const { text, binary } = wasm.beside!
    expect(text.onRequest).toBe(true)
    expect([text.suffix, binary!.suffix]).toEqual(['.wat', '.wasm'])
  })
})

test.each([
  ['f32', 4],
  ['f64', 8],
] as const)('reads a kilobyte apart are far, in %s', (precision, bytes) => {
  const { far, lanes } = wasm.costs(precision)
  expect(far.distance * bytes).toBe(1024)
  expect(lanes * bytes).toBe(16)
})
