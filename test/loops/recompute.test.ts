import { describe, expect, test } from 'vitest'
import { add, broadcast, contract, exp, input, multiply, parameter, sum, tanh } from '../../src/graph/build.ts'
import { countOperations } from '../../src/graph/count.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { axisIndex, combine } from '../../src/loops/notation/affine.ts'
import { checkPrograms } from '../../src/loops/memory/check.ts'
import { effectsOf } from '../../src/loops/memory/effects.ts'
import type { Axis, Buffer, Kernel, Role, Scalar, Step, Write } from '../../src/loops/notation/kernel.ts'
import { liveIntervals, planMemory, type Lifetime } from '../../src/loops/memory/plan.ts'
import { operationsOf } from '../../src/loops/memory/operations.ts'
import { forwardPass, withReruns } from '../../src/loops/memory/recompute.ts'
import { lowerNodes } from './lowered.ts'

const b: Axis = { label: 'b', extent: 'batch' }
const i: Axis = { label: 'i', extent: 4 }
const address = combine(0, [axisIndex(b), axisIndex(i)], [4, 1])

/** A program whose buffers have names of one word: `x` is the input, the others are activations unless told. */
class Program {
  readonly buffers = new Map<string, Buffer>()
  readonly steps: Step[] = []
  readonly #names = new Map<Step, string>()

  buffer(name: string, role: Role = name === 'x' ? 'input' : 'activation'): Buffer {
    const known = this.buffers.get(name) ?? { name, role, batched: true, size: 4 }
    this.buffers.set(name, known)
    return known
  }

  /** A kernel that writes the sum of some buffers to others, and is called what it writes. */
  run(targets: string, sources: string, mode: Write['mode'] = 'store'): this {
    const reads = sources
      .split(' ')
      .map((name): Scalar => ({ kind: 'read', access: { buffer: this.buffer(name), address } }))
    const value = reads.reduce((a, c): Scalar => ({ kind: 'apply', op: 'add', operands: [a, c] }))
    const stages = targets.split(' ').map((name): Write => {
      return { kind: 'write', over: [], target: { buffer: this.buffer(name), address }, value, mode }
    })
    const kernel: Kernel = { parallel: [b, i], sequential: [], stages, purpose: { kind: 'compute', nodes: [] } }
    this.steps.push(kernel)
    this.#names.set(kernel, targets.replaceAll(' ', '&'))
    return this
  }

  /** The same in a loop over time. */
  loop(targets: string, sources: string): this {
    const kernel = this.run(targets, sources).steps.pop() as Kernel
    const time: Axis = { label: 'time', extent: 3 }
    const repeat: Step = { kind: 'repeat', time, reverse: false, body: [{ ...kernel, time }] }
    this.steps.push(repeat)
    this.#names.set(repeat, `[${targets}]`)
    return this
  }

  lifetime(...results: string[]): Lifetime {
    return { steps: this.steps, results: results.map((name) => this.buffer(name)) }
  }

  /** What runs when the results are computed and of the forward pass only `kept` stays. */
  sequence(results: string, kept: string): string {
    const lifetime = this.lifetime(...results.split(' '))
    const keep = new Set(kept.split(' ').map((name) => this.buffer(name)))
    return this.show(withReruns(this.steps, forwardPass(lifetime), keep))
  }

  show(steps: readonly Step[]): string {
    return steps.map((step) => this.#names.get(step)).join(' ')
  }
}

/** h1 … hn, a loss, and backwards through them: dk needs d(k+1) and hk. */
function chain(depth: number): Program {
  const program = new Program()
  for (let k = 1; k <= depth; k++) program.run(`h${k}`, k === 1 ? 'x' : `h${k - 1}`)
  program.run('loss', `h${depth}`).run(`d${depth}`, `h${depth}`)
  for (let k = depth - 1; k >= 1; k--) program.run(`d${k}`, `d${k + 1} h${k}`)
  return program
}

describe('what runs again', () => {
  test('nothing of what is kept', () => {
    expect(chain(4).sequence('loss', 'h1 h2 h3 h4')).toBe('h1 h2 h3 h4 loss d4 d3 d2 d1')
  })

  test('a segment when the backward pass enters it, from what is kept before it', () => {
    expect(chain(6).sequence('loss', 'h3 h6')).toBe('h1 h2 h3 h4 h5 h6 loss d6 h4 h5 d5 d4 d3 h1 h2 d2 d1')
  })

  test('all, once, from the input, when nothing is kept', () => {
    expect(chain(3).sequence('loss', '')).toBe('h1 h2 h3 loss h1 h2 h3 d3 d2 d1')
  })

  test('only what something needs', () => {
    const program = new Program().run('a', 'x').run('c', 'a').run('unread', 'c').run('loss', 'unread').run('d', 'c')
    expect(program.sequence('loss', 'a')).toBe('a c unread loss c d')
  })

  test('on both ways of a residual, which meet in what is kept before', () => {
    const program = new Program()
      .run('h1', 'x')
      .run('f', 'h1')
      .run('g', 'f')
      .run('h2', 'g h1')
      .run('loss', 'h2')
      .run('d', 'h2 g h1')
    expect(program.sequence('loss', 'h2')).toBe('h1 f g h2 loss h1 f g d')
    expect(program.sequence('loss', 'h1')).toBe('h1 f g h2 loss f g h2 d')
  })

  test('a kernel of two results, for the one that is not kept', () => {
    const program = new Program().run('h a', 'x').run('loss', 'h a').run('d', 'h').run('e', 'a')
    expect(program.sequence('loss', 'h')).toBe('h&a loss d h&a e')
  })

  test('together, what several steps write together', () => {
    const program = new Program().run('h', 'x').run('h', 'h').run('g', 'h').run('loss', 'g').run('d', 'g h')
    expect(program.sequence('loss', '')).toBe('h h g loss h h g d')
    expect(program.sequence('loss', 'h')).toBe('h h g loss g d')
    const added = new Program().run('h', 'x').run('h', 'x', 'add').run('g', 'x').run('loss', 'g h').run('d', 'h')
    expect(added.sequence('loss', '')).toBe('h h g loss h h d')
  })

  test('a loop with what it starts from', () => {
    const program = new Program().run('carry', 'x').loop('carry', 'carry x').run('loss', 'carry').run('d', 'carry')
    expect(program.sequence('loss', '')).toBe('carry [carry] loss carry [carry] d')
  })

  test('never what read something that was changed later', () => {
    const program = new Program().run('h', 'x').run('g', 'h').run('h', 'x', 'add').run('loss', 'g h').run('d', 'g h')
    expect(program.sequence('loss', '')).toBe('h g h loss h h d')
  })

  test('never a result, nor what writes to a region that the caller sees', () => {
    const program = new Program()
    program.buffer('seen', 'gradient')
    program.run('h', 'x').run('s seen', 'h').run('loss', 's').run('d', 's h loss')
    expect(program.sequence('loss', '')).toBe('h s&seen loss h d')
  })
})

describe('liveness', () => {
  test('a buffer that is computed again is dead in between', () => {
    const program = chain(4)
    const { steps, results } = program.lifetime('loss')
    const kept = new Set([program.buffer('h2'), program.buffer('h4')])
    const again = withReruns(steps, forwardPass({ steps, results }), kept)
    expect(program.show(again)).toBe('h1 h2 h3 h4 loss d4 h3 d3 d2 h1 d1')
    const live = liveIntervals({ steps: again, results })
    const intervals = (name: string) => live.get(program.buffer(name))
    expect(intervals('h1')).toEqual([
      [0, 1],
      [9, 10],
    ])
    expect(intervals('h2')).toEqual([[1, 8]])
    expect(intervals('h3')).toEqual([
      [2, 3],
      [6, 7],
    ])
    expect(intervals('loss')).toEqual([[4, Infinity]])
  })

  test('an update in place, an addition and a write of a part go on with the life of what they change', () => {
    const program = new Program().run('h', 'x').run('h', 'h').run('h', 'x', 'add')
    const part: Write = {
      ...{ kind: 'write', over: [], value: { kind: 'literal', value: 0 }, mode: 'store' },
      target: { buffer: program.buffer('h'), address: combine(2, [axisIndex(b)], [4]) },
    }
    program.steps.push({ parallel: [b], sequential: [], stages: [part], purpose: { kind: 'compute', nodes: [] } })
    expect(program.steps.map((step) => effectsOf(step).needs.has(program.buffer('h')))).toEqual([
      false,
      true,
      true,
      true,
    ])
    expect(liveIntervals(program.lifetime('h')).get(program.buffer('h'))).toEqual([[0, Infinity]])
  })
})

describe('memory', () => {
  const program = chain(9)
  const stored = program.lifetime('loss')
  const kept = new Set(['h3', 'h6', 'h9'].map((name) => program.buffer(name)))
  const again = { ...stored, steps: withReruns(stored.steps, forwardPass(stored), kept) }
  const place = (lifetime: Lifetime) => planMemory([], [lifetime], [program.buffer('x')], [], [], 4)

  test('is shared by what is computed again and what is alive only in between', () => {
    // Of 16 elements each: x, loss, h1 … h9 and d9; or x, loss, two that are kept, two of the last segment, d9 and d8.
    expect(place(stored).length).toBe(16 * 12)
    expect(place(again).length).toBe(16 * 8)
    checkPrograms([again], place(again))
  })

  test('planned for second runs is refused when they are left out, or out of place', () => {
    expect(() => checkPrograms([stored], place(again))).toThrow('overlap in memory while both are needed')
    const early = again.steps.toSpliced(again.steps.lastIndexOf(stored.steps[0]!), 1)
    expect(() => checkPrograms([{ ...again, steps: early }], place(again))).toThrow('overlap in memory')
    expect(() => checkPrograms([{ ...stored, steps: stored.steps.slice(1) }], place(stored))).toThrow(
      'reads h1 before it is written',
    )
  })
})

describe('operations', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', 5])
  const W = parameter(graph, 'W', [7, 5])
  const β = parameter(graph, 'b', [7])
  const product = contract(x, 'bi', W, 'oi', 'bo')
  const along = (node: Node) => broadcast(node, product.shape, [1])
  test.each<[string, Node]>([
    ['a layer', tanh(add(product, along(β)))],
    ['a sum', sum(multiply(product, product), [0, 1])],
    ['what is the same for every sample', multiply(product, along(exp(multiply(β, 2))))],
  ])('of %s are counted as in the graph', (_, node) => {
    const steps = lowerNodes({ main: [node] }).programs.main
    expect(steps.reduce((total, step) => total + operationsOf(step, 6), 0)).toBe(countOperations([node], 6))
  })
})
