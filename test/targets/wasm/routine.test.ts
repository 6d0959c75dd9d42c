import { describe, expect, test } from 'vitest'
import type { PointwiseOp } from '../../../src/graph/op.ts'
import type { Buffer, Kernel } from '../../../src/loops/notation/kernel.ts'
import type { Uniform } from '../../../src/loops/notation/uniforms.ts'
import type { Call } from '../../../src/loops/routine/routine.ts'
import type { Address, Local, Statement, Value, Variable } from '../../../src/loops/routine/statement.ts'
import { assemble } from '../../../src/targets/wasm/assemble.ts'
import { printModule } from '../../../src/targets/wasm/module.ts'
import { engine } from '../../support/webAssembly.ts'

/*
 * Statements as the engine runs them: what they leave in a buffer of 12 numbers that were 100, 101, 102 …
 */

const size = 12
const buffer: Buffer = { name: 'x', role: 'activation', batched: true, size }
const initial = Array.from({ length: size }, (_, k) => 100 + k)

type Terms = Address['terms']

const valued = (content: object, lanes = 1): Value => ({ id: 0, depth: 0, lanes, ...content }) as Value
const literal = (value: number) => valued({ kind: 'literal', value })
const uniform = (name: Uniform) => valued({ kind: 'uniform', name })
const of = (local: Local) => valued({ kind: 'local', local }, local.lanes)
const at = (offset: number, ...terms: Terms): Address => ({ base: buffer, offset, terms })
const load = (offset: number, lanes = 1) => valued({ kind: 'load', address: at(offset) }, lanes)
const indexOf = (offset: number, ...terms: Terms) => valued({ kind: 'index', offset, terms })
const apply = (op: PointwiseOp, ...operands: readonly Value[]) =>
  valued({ kind: 'apply', op, operands }, operands[0]!.lanes)
const choice = (condition: Value, a: Value, b: Value) =>
  valued({ kind: 'apply', op: 'select', operands: [condition, a, b] }, a.lanes)
const stored = (address: Address, value: Value): Statement => ({ kind: 'store', address, value })
const local = (label: string, depth = 0, lanes = 1): Local => ({ label, depth, lanes })
const from = (base: Local, offset: number, ...terms: Terms): Address => ({ base, offset, terms })

const [i, j]: [Variable, Variable] = [
  { label: 'i', depth: 1 },
  { label: 'i', depth: 2 },
]

const loop = (range: object, ...body: readonly Statement[]): Statement =>
  ({ kind: 'for', variable: i, from: 0, below: 3, step: 1, body, ...range }) as Statement

const all = { from: 0, below: Infinity }

type Precision = 'f32' | 'f64'
type Arguments = Partial<Readonly<Record<Uniform, number>>>

/** A module whose function `run` takes where the arena begins, and then the arguments. */
function printed(precision: Precision, names: readonly Uniform[], body: readonly Statement[], more?: Partial<Call>) {
  const routine = { body, starts: [0], buffers: [buffer], uniforms: names, choice: '' }
  const call = { routine, bases: [0], kernel: {} as Kernel, within: all, ...more }
  const program = { name: 'run', parameters: names, actions: [call] }
  return printModule([program], () => ({ name: 'kernel', equations: [] }), precision).wat
}

/** The numbers that are no longer what they were, by their places. */
async function changed(wat: string, precision: Precision, given: Arguments = {}, arena = 0) {
  const memory = new engine.Memory({ initial: 1, maximum: 1 })
  const numbers = new (precision === 'f32' ? Float32Array : Float64Array)(memory.buffer, arena, size)
  numbers.set(initial)
  const { exports } = new engine.Instance(new engine.Module(await assemble(wat)), { tapeless: { memory } })
  ;(exports as { run: (...all: readonly number[]) => void }).run(arena, ...Object.values(given))
  return Object.fromEntries([...numbers.entries()].filter(([k, value]) => value !== initial[k]))
}

describe.each(['f32', 'f64'] as const)('in %s', (precision) => {
  const lanes = precision === 'f32' ? 4 : 2
  const wat = (given: Arguments, ...body: readonly Statement[]) =>
    printed(precision, Object.keys(given) as Uniform[], body)
  const run = (...body: readonly Statement[]) => changed(wat({}, ...body), precision)
  const runWith = (given: Arguments, ...body: readonly Statement[]) => changed(wat(given, ...body), precision, given)

  describe('an address', () => {
    test('counts from where the arena begins', async () => {
      const text = wat({}, stored(at(2), literal(1)), loop({}, stored(at(5, [i, 2]), literal(2))))
      expect(await changed(text, precision, {}, 256)).toEqual({ 2: 1, 5: 2, 7: 2, 9: 2 })
    })

    test('may count backwards', async () => {
      expect(await run(loop({}, stored(at(2, [i, -1]), indexOf(0, [i, 1]))))).toEqual({ 2: 0, 1: 1, 0: 2 })
    })

    test('may begin before its buffer, where no loop gets to', async () => {
      expect(await run(loop({ from: 1, below: 4 }, stored(at(-1, [i, 1]), literal(1))))).toEqual({ 0: 1, 1: 1, 2: 1 })
    })

    test('may count from a pointer to before the arena', async () => {
      const place = local('at', 1)
      const pointer: Statement = { kind: 'pointer', local: place, address: at(0, [i, -1]) }
      expect(await run(loop({}, pointer, stored(from(place, 2), literal(1))))).toEqual({ 0: 1, 1: 1, 2: 1 })
    })

    test('may count from what was looked up in the same turn', async () => {
      const [row, place] = [local('row', 1), local('at', 1)]
      const order = [4, 8, 5].map((index, k) => stored(at(k), literal(index)))
      const gather = loop(
        {},
        { kind: 'lookup', local: row, address: at(0, [i, 1]) },
        { kind: 'pointer', local: place, address: at(1, [i, 1], [row, 1]) },
        stored(from(place, 0), indexOf(0, [i, 1])),
      )
      expect(await run(...order, gather)).toEqual({ 0: 4, 1: 8, 2: 5, 5: 0, 10: 1, 8: 2 })
    })
  })

  describe('a loop', () => {
    const counted = stored(at(0, [i, 1]), apply('add', valued({ kind: 'load', address: at(0, [i, 1]) }), literal(10)))
    const once = (...places: readonly number[]) => Object.fromEntries(places.map((k) => [k, initial[k]! + 10]))

    test('over parts of an axis runs through each index once, and not beyond the last', async () => {
      const within = stored(at(0, [j, 1]), apply('add', valued({ kind: 'load', address: at(0, [j, 1]) }), literal(10)))
      const part = loop({ variable: j, from: i, below: 10, span: 4 }, within)
      expect(await run(loop({ below: 10, step: 4 }, part))).toEqual(once(0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
    })

    test.each([
      [0, []],
      [3, []],
      [4, [0]],
      [11, [0, 4]],
    ] as const)("takes whole steps of the caller's %i", async (n, places) => {
      const below = { wholeSteps: 4, range: { from: 0, below: 'n' } }
      expect(await runWith({ n }, loop({ below, step: 4 }, counted))).toEqual(once(...places))
    })

    test.each([
      [1, 11, [1, 5]],
      [1, 4, []],
      [2, 6, [2]],
      [5, 3, []],
    ] as const)(
      'takes whole steps of the stretch from %i to %i, counted from its start',
      async (first, end, places) => {
        const below = { wholeSteps: 4, range: { from: 'first', below: 'end' } }
        const over = loop({ from: 'first', below, step: 4 }, counted)
        expect(await runWith({ first, end }, over)).toEqual(once(...places))
      },
    )
  })

  describe('a vector', () => {
    const everywhere = (operand: Value) => valued({ kind: 'splat', operand }, lanes)
    const beside = (...operands: readonly Value[]) => valued({ kind: 'lanes', operands }, lanes)
    const placed = (numbers: readonly number[]) => Object.fromEntries(numbers.slice(0, lanes).map((x, k) => [k, x]))

    test.each([
      ['less', [1, 1, 1, 1]],
      ['equal', [104, 105, 106, 107]],
    ] as const)('is chosen by a comparison of numbers in all lanes: %s', async (op, meant) => {
      const condition = everywhere(apply(op, load(10), load(11)))
      expect(await run(stored(at(0), choice(condition, everywhere(literal(1)), load(4, lanes))))).toEqual(placed(meant))
    })

    test('has numbers of all kinds in its lanes', async () => {
      const sum = apply('add', load(5), literal(1))
      const operands = [literal(-3), load(5), sum, uniform('learningRate')].slice(0, lanes)
      const numbers = [-3, 105, 106, 0.5].slice(0, lanes)
      const both = [stored(at(0), beside(...operands)), stored(at(6), beside(...operands.toReversed()))]
      const reversed = Object.fromEntries(numbers.toReversed().map((x, k) => [6 + k, x]))
      expect(await runWith({ learningRate: 0.5 }, ...both)).toEqual({ ...placed(numbers), ...reversed })
    })

    test('of known numbers is one constant', async () => {
      const known = stored(at(0), beside(...[1, 2, 3, 4].slice(0, lanes).map(literal)))
      const shape = precision === 'f32' ? 'f32x4 1 2 3 4' : 'f64x2 1 2'
      expect(wat({}, known)).toContain(`(v128.store (local.get $arena) (v128.const ${shape}))`)
      expect(await run(known)).toEqual(placed([1, 2, 3, 4]))
    })

    test('is stored whole from a local, or a lane of it', async () => {
      const t = local('t', 0, lanes)
      const given: Statement = { kind: 'let', local: t, value: load(4, lanes), mutable: false }
      const lane: Statement = { kind: 'store', address: at(11), value: of(t), lane: 1 }
      expect(await run(given, stored(at(0), of(t)), lane)).toEqual({ ...placed([104, 105, 106, 107]), 11: 105 })
    })
  })

  describe('a number', () => {
    test("is chosen by a comparison of the caller's doubles", async () => {
      const chosen = choice(apply('less', uniform('learningRate'), uniform('t')), literal(1), load(7))
      expect(await runWith({ learningRate: 0.5, t: 2 }, stored(at(0), chosen))).toEqual({ 0: 1 })
      expect(await runWith({ learningRate: 2, t: 0.5 }, stored(at(0), chosen))).toEqual({ 0: 107 })
    })

    test('of doubles alone is rounded last', async () => {
      const tiny = 2 ** -40
      const difference = apply('subtract', literal(1), apply('subtract', literal(1), uniform('learningRate')))
      expect(await runWith({ learningRate: tiny }, stored(at(0), difference))).toEqual({ 0: tiny })
    })

    test('that counts is an index beyond an i32, or a constant where nothing varies', async () => {
      const start = 3 * 2 ** 32
      expect(await run(loop({}, stored(at(0, [i, 1]), indexOf(start, [i, 2 ** 10]))))).toEqual({
        0: start,
        1: Math.fround(start + 2 ** 10),
        2: start + 2 ** 11,
      })
      expect(wat({}, stored(at(0), indexOf(5)))).toContain(`(local.get $arena) (${precision}.const 5))`)
    })
  })

  describe('a call', () => {
    const [first, end]: ['first', 'end'] = ['first', 'end']
    const mark = loop({ from: first, below: end }, stored(at(0, [i, 1]), literal(1)))
    const marked = (from: number, below: number) =>
      Object.fromEntries(Array.from({ length: Math.max(0, below - from) }, (_, k) => [from + k, 1]))

    test.each([
      [{ from: 3, below: 7 }, 0, 12, marked(3, 7)],
      [{ from: 3, below: 7 }, 4, 6, marked(4, 6)],
      [{ from: 3, below: 7 }, 5, 12, marked(5, 7)],
      [{ from: 3, below: 7 }, 0, 4, marked(3, 4)],
      [{ from: 3, below: 7 }, 8, 12, {}],
      [{ from: 0, below: 7 }, 2, 12, marked(2, 7)],
      [{ from: 3, below: Infinity }, 0, 12, marked(3, 12)],
      [{ from: 0, below: Infinity }, 2, 11, marked(2, 11)],
    ])('within %o runs over what of it lies from %i to %i', async (within, from, below, meant) => {
      const text = printed(precision, [first, end], [mark], { within })
      expect(await changed(text, precision, { first: from, end: below })).toEqual(meant)
    })

    test('compares nothing where all elements are its own', () => {
      expect(printed(precision, [first, end], [mark], { within: all })).not.toContain('select')
    })

    test('that has a number of elements of its own runs over these', async () => {
      const text = printed(precision, ['n'], [loop({ below: 'n' }, stored(at(0, [i, 1]), literal(1)))], { count: 5 })
      expect(await changed(text, precision, { n: 9 })).toEqual(marked(0, 5))
    })
  })
})

test('wide doubles stay doubles in single precision until they are stored', () => {
  const product = apply('multiply', uniform('learningRate'), uniform('t'))
  const text = printed('f32', ['learningRate', 't'], [stored(at(0), apply('add', load(1), product))])
  expect(text).toContain('(f32.demote_f64 (f64.mul (local.get $learningRate) (local.get $t)))')
})
