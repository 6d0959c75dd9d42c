import { describe, expect, test } from 'vitest'
import { exp, extent, input, multiply, broadcast, parameter, tanh, uniform } from '../../../src/graph/build.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'
import type { Buffer, Kernel } from '../../../src/loops/notation/kernel.ts'
import { callOf, writeRoutine, type Call } from '../../../src/loops/routine/routine.ts'
import type { Action, CalledProgram } from '../../../src/targets/program.ts'
import type { Announcement } from '../../../src/targets/share.ts'
import { sizeOf } from '../../../src/loops/routine/size.ts'
import type { Statement, Value } from '../../../src/loops/routine/statement.ts'
import { typescriptCosts } from '../../../src/targets/typescript/costs.ts'
import { printLoop } from '../../../src/targets/typescript/functions.ts'
import { typescript } from '../../../src/targets/typescript/target.ts'
import { lowerNodes } from '../../loops/lowered.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 20])
const rows = (scalar: Node) => broadcast(scalar, x.shape, [])

/** A call of the kernel of a node, with its first buffer at `start` and each other one 100 elements behind. */
function callFor(node: Node, start: number, more: Partial<Call> = {}): Call {
  const [kernel] = lowerNodes({ main: [node] }).programs.main as [Kernel]
  const routine = writeRoutine(kernel, typescriptCosts, 8)
  return { ...callOf(kernel, routine, (buffer) => start + 100 * routine.buffers.indexOf(buffer)), ...more }
}

/** A call of a routine of so many bytes by the target's count: 10 for each store. */
function callOfSize(bytes: number): Call {
  const one: Value = { id: 0, depth: 0, lanes: 1, kind: 'literal', value: bytes }
  const buffer: Buffer = { name: 'h', role: 'activation', batched: true, size: 300 }
  const body = Array.from({ length: (bytes - typescriptCosts.sizes.routine) / 10 }, (_, offset): Statement => ({
    kind: 'store',
    address: { base: buffer, offset, terms: [] },
    value: one,
  }))
  const routine = { body, buffers: [buffer], starts: [0], uniforms: [], choice: '' }
  expect(sizeOf(routine, typescriptCosts.sizes)).toBe(bytes)
  return { ...callFor(tanh(x), 0), routine, bases: [0] }
}

function program(name: string, ...actions: readonly Action[]): CalledProgram {
  return { name, host: [], actions }
}

function printed(kernelNames: ReadonlyMap<Call, string>, ...programs: readonly CalledProgram[]) {
  const names = new Map([...kernelNames].map(([{ kernel }, name]) => [kernel, name]))
  const announce = (kernel: Kernel): Announcement => {
    const name = names.get(kernel) ?? 'kernel'
    return { name, equations: [{ sign: '=', right: { kind: 'words', text: `what ${name} is` } }] }
  }
  return typescript.print(programs, { precision: 'f64', math: 'engine', announce })
}

describe('programs in TypeScript', () => {
  const [small, same, other] = [callFor(tanh(x), 0), callFor(tanh(x), 500), callFor(exp(x), 0)]
  const names = new Map([
    [small, 'forward_h1'],
    [same, 'forward_h2'],
    [other, 'forward_h3'],
  ])
  const heads = ({ texts }: { readonly texts: readonly { readonly text: string }[] }) =>
    texts.map(({ text }) => text.split('\n').find((line) => !line.startsWith('//')))

  test('write small kernels that run once where they run', () => {
    const { statements, texts, routines, ops } = printed(names, program('predict', small), program('loss', other))
    expect(texts).toEqual([])
    expect(routines.map(({ name }) => name)).toEqual(['forward_h1', 'forward_h3'])
    expect(statements.get('predict')).toEqual([
      expect.stringMatching(/^\/\/ what forward_h1 is\n{\nfor \(let b0 = 0;[^]*tanh[^]*\n}$/),
    ])
    expect(statements.get('loss')).toEqual([
      expect.stringMatching(/^\/\/ what forward_h3 is\n{\nfor \(let b0 = 0;[^]*exp[^]*\n}$/),
    ])
    expect([...ops]).toEqual(['tanh', 'exp'])
  })

  test('call functions of those that run more than once', () => {
    const result = printed(names, program('predict', small, other), program('loss', small, other))
    expect(heads(result)).toEqual([
      'function forward_h1(arena: Vector, n: number): void {',
      'function forward_h3(arena: Vector, n: number): void {',
    ])
    expect(Object.fromEntries(result.statements)).toEqual({
      predict: ['forward_h1(arena, n)', 'forward_h3(arena, n)'],
      loss: ['forward_h1(arena, n)', 'forward_h3(arena, n)'],
    })
  })

  test('write none in place where all of them together are more than 2,500 bytes', () => {
    const functionsOf = (...calls: readonly Call[]) => printed(new Map(), program('predict', ...calls)).texts.length
    expect(functionsOf(callOfSize(2500))).toBe(0)
    expect(functionsOf(callOfSize(2510))).toBe(1)
    expect(functionsOf(callOfSize(1200), callOfSize(1300))).toBe(0)
    expect(functionsOf(callOfSize(1200), callOfSize(1310))).toBe(2)
  })

  test('write none in place that runs over a number of elements of its own', () => {
    expect(printed(names, program('update', { ...small, count: 7 })).texts).toHaveLength(1)
  })

  test('share a function of equal kernels, which takes where their buffers start', () => {
    const result = printed(names, program('predict', small, same))
    expect(heads(result)).toEqual([
      'function forward_h(arena: Vector, n: number, base0: number, base1: number): void {',
    ])
    expect(result.texts[0]!.text).toMatch(
      /^\/\/ what forward_h1 is\n\/\/ and with other offsets:\n\/\/ what forward_h2 is\nfunction [^]*= base0 [^]*\n}$/,
    )
    expect(result.statements.get('predict')).toEqual(['forward_h(arena, n, 0, 100)', 'forward_h(arena, n, 500, 600)'])
  })

  test('run calls in loops over time', () => {
    const { statements } = printed(names, program('predict', { times: 3, reverse: true, body: [small, same] }, other))
    const [loop, after] = statements.get('predict')!
    expect(loop).toBe(
      'for (let time = 2; time >= 0; time--) {\nforward_h(arena, n, 0, 100)\nforward_h(arena, n, 500, 600)\n}',
    )
    expect(after).toContain('Math.exp')
    expect(printLoop({ times: 3, reverse: false, body: [] }, ['one()', 'two()'])).toBe(
      'for (let time = 0; time <= 2; time++) {\none()\ntwo()\n}',
    )
  })

  test('give what kernels are run over, and the trainer’s numbers', () => {
    const scaled = multiply(x, rows(multiply(uniform(graph, 'learningRate'), extent(graph))))
    const p = parameter(graph, 'p', [20])
    const statementsOf = (...calls: readonly Call[]) =>
      printed(new Map(calls.map((call) => [call, 'update'])), program('update', ...calls, ...calls))
        .statements.get('update')!
        .slice(0, calls.length)
    expect(statementsOf(callFor(scaled, 0))).toEqual(['update(arena, n, state.learningRate)'])
    expect(statementsOf(callFor(scaled, 0, { count: 7 }))).toEqual(['update(arena, 7, state.learningRate)'])
    expect(statementsOf(callFor(tanh(p), 0))).toEqual(['update(arena)'])
  })
})

test.each([
  [{ from: 0, below: Infinity }, 'update(arena, first, end)'],
  [{ from: 30, below: Infinity }, 'update(arena, Math.max(first, 30), end)'],
  [{ from: 0, below: 50 }, 'update(arena, first, Math.min(end, 50))'],
  [{ from: 30, below: 50 }, 'update(arena, Math.max(first, 30), Math.min(end, 50))'],
])('a kernel over a part of the parameters, %o, runs over what is asked for and is its own', (within, call) => {
  const [kernel] = lowerNodes({ main: [tanh(x)] }).programs.main as [Kernel]
  const routine = writeRoutine(kernel, typescriptCosts, 8, { from: 'first', below: 'end' })
  const update = { ...callOf(kernel, routine, () => 0), within }
  const programs = [program('update', update, update)]
  expect(printed(new Map([[update, 'update']]), ...programs).statements.get('update')![0]).toBe(call)
})
