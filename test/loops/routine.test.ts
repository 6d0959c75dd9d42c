import { describe, expect, test } from 'vitest'
import { apply, constant, input, tanh, uniform } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import type { Axis, Buffer, Kernel, Lookup } from '../../src/loops/notation/kernel.ts'
import { checkRoutine } from '../../src/loops/routine/check.ts'
import { writeFormula } from '../../src/loops/routine/formula.ts'
import { writeRoutine } from '../../src/loops/routine/routine.ts'
import { stride } from '../../src/loops/routine/scalar.ts'
import { sizeOf } from '../../src/loops/routine/size.ts'
import { callersBounds, type Local, type Statement, type Value } from '../../src/loops/routine/statement.ts'
import { BlockWriter } from '../../src/loops/routine/values.ts'
import { typescriptCosts } from '../../src/targets/typescript/costs.ts'
import { lowerNodes } from './lowered.ts'

const buffer: Buffer = { name: 'h', role: 'activation', batched: true, size: 3 }
const other: Buffer = { ...buffer, name: 'other' }
const at = (label: string, depth = 0): Local => ({ label, depth, lanes: 1 })
const valued = (content: object): Value => ({ id: 0, depth: 0, lanes: 1, ...content }) as Value
const one = valued({ kind: 'literal', value: 1 })
const of = (local: Local) => valued({ kind: 'local', local })
const applied = (...operands: readonly Value[]) => valued({ kind: 'apply', op: 'add', operands })
const variable = { label: 'k', depth: 1 }
const address = (terms: readonly (readonly [typeof variable, number])[] = [], base: Buffer | Local = buffer) => ({
  base,
  offset: 0,
  terms,
})
const declared = (local: Local, mutable = false, value = one): Statement => ({ kind: 'let', local, value, mutable })
const stored = (value: Value, where = address()): Statement => ({ kind: 'store', address: where, value })
const loop = (...body: readonly Statement[]): Statement => ({ kind: 'for', variable, from: 0, below: 3, step: 1, body })

describe('statements are checked', () => {
  const check = (...body: readonly Statement[]) => checkRoutine({ body, buffers: [buffer] })
  const t = at('t')
  const pointer = (local: Local): Statement => ({ kind: 'pointer', local, address: address() })

  test('what is declared around its use passes', () => {
    check(declared(t, true), { kind: 'assign', local: t, value: one }, loop(stored(of(t), address([[variable, 1]]))))
    check(pointer(t), stored(one, address([], t)))
    check({ kind: 'lookup', local: t, address: address() }, stored(one, address([[t, 2]])))
    // The time is the caller's.
    check(stored(valued({ kind: 'index', offset: 0, terms: [[{ label: 'time', depth: 0 }, 1]] })))
  })

  test.each<[claim: string, message: string, body: readonly Statement[]]>([
    ['a local before it is declared', 't is used', [stored(of(t)), declared(t)]],
    ['a local after its block', 't is used', [loop(declared(t)), stored(of(t))]],
    ['a local that is an operand', 't is used', [stored(applied(one, of(t)))]],
    ['a local that is spread over lanes', 't is used', [stored(valued({ kind: 'splat', operand: of(t) }))]],
    ['a pointer', 't is used', [stored(one, address([], t))]],
    ['a pointer that is read', 't is used', [stored(valued({ kind: 'load', address: address([], t) }))]],
    ['a variable outside its loop', 'k is used', [loop(), stored(one, address([[variable, 1]]))]],
    ['an index outside its loop', 'k is used', [stored(valued({ kind: 'index', offset: 0, terms: [[variable, 1]] }))]],
    ['a loop from a variable of no loop', 'k is used', [{ ...loop(), from: variable } as Statement]],
    ['an assignment to what is constant', "t isn't a mutable", [declared(t), { kind: 'assign', local: t, value: one }]],
    ['an assignment to a pointer', "t isn't a mutable", [pointer(t), { kind: 'assign', local: t, value: one }]],
    ['an assignment to nothing', "t isn't a mutable", [{ kind: 'assign', local: t, value: one }]],
    ['a buffer that the routine has not', 'other is no buffer', [stored(one, address([], other))]],
    [
      'a pointer into such a buffer',
      'other is no buffer',
      [{ kind: 'pointer', local: t, address: address([], other) }],
    ],
  ])('%s is found', (_, message, body) => {
    expect(() => check(...body)).toThrow(message)
  })
})

test('lanes lie as far apart as their axis says, and nobody knows how far where they look up where they lie', () => {
  const [lane, row]: [Axis, Axis] = [
    { label: 'lane', extent: 4 },
    { label: 'row', extent: 3 },
  ]
  const affine = (...terms: readonly (readonly [Axis | Lookup, number])[]) => ({ constant: 0, terms: new Map(terms) })
  const lookup = (by: Axis): Lookup => ({ access: { buffer, address: affine([by, 1]) }, below: 5 })
  const element = { positions: new Map(), reduced: new Map(), lanes: { axis: lane, count: 4 } }
  const strides = (...terms: readonly (readonly [Axis | Lookup, number])[]) => stride(affine(...terms), element)
  expect(strides([row, 5], [lane, 3])).toBe(3)
  expect(strides([row, 5])).toBe(0)
  expect(strides([lookup(row), 5], [lane, 1])).toBe(1)
  expect(strides([lookup(lane), 5])).toBeUndefined()
  expect(strides([lookup(row), 5], [lookup(lane), 5], [lane, 1])).toBeUndefined()
  expect(stride(affine([lane, 3]), { positions: new Map(), reduced: new Map() })).toBe(0)
})

describe('the size of a routine', () => {
  const sizes = {
    routine: 1,
    loop: 10,
    assignment: 100,
    lookup: 1_000,
    term: 10_000,
    op: 100_000,
    load: 1_000_000,
    index: 10_000_000,
    name: 100_000_000,
    largest: Infinity,
  }
  const load = valued({ kind: 'load', address: address() })
  const index = valued({ kind: 'index', offset: 0, terms: [] })

  test.each<[expected: number, body: readonly Statement[]]>([
    [0, []],
    [10, [loop()]],
    [20 + 1_000_100, [loop(loop(stored(load)))]],
    [1_000_000, [declared(at('t'), false, load)]],
    [1_000_100, [declared(at('t'), true, load)]],
    [10_000_100, [{ kind: 'assign', local: at('t'), value: index }]],
    [
      20_000,
      [
        {
          kind: 'pointer',
          local: at('t'),
          address: address([
            [variable, 1],
            [variable, 2],
          ]),
        },
      ],
    ],
    [1_000, [{ kind: 'lookup', local: at('t'), address: address([[variable, 1]]) }]],
    [300_000_300, [stored(one), stored(of(at('t'))), stored(valued({ kind: 'uniform', name: 'n' }))]],
    [2_200_100, [stored(applied(load, applied(load)))]],
    [1_100_100, [stored(valued({ kind: 'splat', operand: load }))]],
    [2_100_100, [stored(valued({ kind: 'lanes', operands: [load, load] }))]],
    [2_100_100, [stored(valued({ kind: 'interleave', operands: [load, load], half: 0 }))]],
  ])('%#: %d', (expected, body) => {
    expect(sizeOf({ body }, sizes)).toBe(1 + expected)
  })

  test('sets whether loops are written out, or a kernel is refused', () => {
    const graph = new Interner()
    const [kernel] = lowerNodes({ main: [tanh(input(graph, 'x', ['batch', 6]))] }).programs.main as Kernel[]
    const costs = (largest: number) => ({ ...typescriptCosts, sizes: { ...typescriptCosts.sizes, largest } })
    const sizeUnder = (largest: number) => sizeOf(writeRoutine(kernel!, costs(largest), 8), typescriptCosts.sizes)
    const [whole, plain] = [sizeUnder(Infinity), sizeUnder(sizeUnder(Infinity) - 1)]
    expect(plain).toBeLessThan(whole)
    expect(sizeUnder(whole)).toBe(whole)
    expect(sizeUnder(plain)).toBe(plain)
    expect(() => sizeUnder(plain - 1)).toThrow(`a kernel of ${plain} bytes of code is too large`)
  })
})

describe('values', () => {
  const graph = new Interner()

  test('that are equal are one', () => {
    const writer = new BlockWriter(new Set([buffer]))
    const load = (offset: number, lanes = 1, from = other) => writer.load(from, offset, [], lanes)
    expect(load(0)).toBe(load(0))
    expect(load(0)).not.toBe(load(1))
    expect(load(0)).not.toBe(load(0, 4))
    expect(writer.literal(0)).not.toBe(writer.literal(-0))
    expect(writer.literal(-0)).toMatchObject({ kind: 'literal', value: -0 })
    expect(writer.index(2, [])).toBe(writer.literal(2))
    expect(writer.lanes([load(0), load(0)])).toBe(writer.widen(load(0), 2))
    expect(writer.lanes([load(0), load(1)])).toMatchObject({ kind: 'lanes', operands: [load(0), load(1)] })
    expect(writer.lanes([load(0), load(1)])).toBe(writer.lanes([load(0), load(1)]))
    expect(writer.lanes([load(0), load(1)])).not.toBe(writer.lanes([load(1), load(0)]))
  })

  test('of a buffer that is written are others after each store', () => {
    const writer = new BlockWriter(new Set([buffer]))
    const loads = [0, 1, 2].map(() => {
      const load = writer.load(buffer, 0, [])
      expect(writer.load(buffer, 0, [])).toBe(load)
      writer.store(buffer, 0, [], writer.literal(1))
      return load
    })
    expect(new Set(loads).size).toBe(3)
  })

  test('that are more than 48 ops deep are written in parts', () => {
    const tower = (height: number) =>
      Array.from({ length: height }).reduce<Node>((inner) => apply('sin', inner), uniform(graph, 'x'))
    expect(writeFormula(tower(47)).body).toEqual([])
    expect(writeFormula(tower(48)).body).toHaveLength(1)
    expect(writeFormula(tower(95)).body).toHaveLength(1)
    expect(writeFormula(tower(96)).body).toHaveLength(2)
  })

  test('of a formula are of constants, uniforms and parameters', () => {
    const x = uniform(graph, 'x')
    const sum = apply('add', x, constant(graph, 2))
    const parameter = { label: 'x', depth: 0, lanes: 4 }
    expect(writeFormula(sum).result).toMatchObject({
      lanes: 1,
      operands: [{ kind: 'uniform', name: 'x' }, { value: 2 }],
    })
    const { result } = writeFormula(sum, [{ ...parameter, label: 'y' }, parameter])
    expect(result).toMatchObject({ lanes: 4, operands: [{ kind: 'local', local: parameter }, { kind: 'splat' }] })
    expect(() => writeFormula(input(graph, 'h', []))).toThrow('a formula of scalars has input')
  })

  test('of bounds: the caller says first, end and n', () => {
    const range = { from: 'first', below: 'end' } as const
    expect([3, 'n', { wholeSteps: 2, range }, variable].map((bound) => callersBounds(bound as 'n'))).toEqual([
      [],
      ['n'],
      ['first', 'end'],
      [],
    ])
    expect(callersBounds({ wholeSteps: 2, range: { from: 0, below: 'n' } })).toEqual(['n'])
  })
})
