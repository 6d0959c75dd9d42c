import { describe, expect, test } from 'vitest'
import type { PointwiseOp } from '../../../src/graph/op.ts'
import type { Buffer } from '../../../src/loops/notation/kernel.ts'
import type { Local, Statement, Value, Variable } from '../../../src/loops/routine/statement.ts'
import { printBody } from '../../../src/targets/typescript/routine.ts'

const buffer: Buffer = { name: 'x', role: 'activation', batched: true, size: 12 }
const valued = (content: object): Value => ({ id: 0, depth: 0, lanes: 1, ...content }) as Value
const literal = (value: number) => valued({ kind: 'literal', value })
const of = (local: Local) => valued({ kind: 'local', local })
const at = (offset: number, ...terms: readonly (readonly [Variable, number])[]) => ({ base: buffer, offset, terms })
const load = (offset: number) => valued({ kind: 'load', address: at(offset) })
const apply = (op: PointwiseOp, ...operands: readonly Value[]) => valued({ kind: 'apply', op, operands })
const named = (label: string): Local => ({ label, depth: 0, lanes: 1 })
const [t, s] = [named('t'), named('s')]
const declared = (local: Local, value: Value, mutable = false): Statement => ({ kind: 'let', local, value, mutable })
const stored = (value: Value): Statement => ({ kind: 'store', address: at(0), value })

const lines = (precision: 'f32' | 'f64', ...body: readonly Statement[]) =>
  printBody({ body, buffers: [buffer] }, [0], { math: 'engine', precision }).split('\n')

describe('in single precision what is compared is rounded, unless it was stored', () => {
  const sum = apply('add', load(1), load(2))
  const compared = (a: Value, b: Value, op: PointwiseOp = 'less') => stored(apply('select', apply(op, a, b), a, b))
  const condition = (...body: readonly Statement[]) => {
    const last = lines('f32', ...body).at(-1)!
    return last.slice('arena[0] = '.length, last.indexOf(' ? '))
  }
  const [one, two] = ['arena[1]', 'arena[2]']
  const rounded = `Math.fround(${one} + ${two})`

  test.each<[condition: string, ...body: Statement[]]>([
    [`${one} < ${two}`, compared(load(1), load(2))],
    [`${rounded} < ${one}`, compared(sum, load(1))],
    [`${one} < ${rounded}`, compared(load(1), sum)],
    [`${rounded} <= ${one}`, compared(sum, load(1), 'lessEqual')],
    [`${rounded} === ${one}`, compared(sum, load(1), 'equal')],
    [`${rounded} !== ${one}`, compared(sum, load(1), 'notEqual')],
    // A number that users have written is compared with what is computed.
    [`${one} + ${two} < 0.1`, compared(sum, literal(0.1))],
    [`0.1 < ${one} + ${two}`, compared(literal(0.1), sum)],
    // Locals of what was stored, and others.
    [`t0 < ${two}`, declared(t, load(1)), compared(of(t), load(2))],
    [`Math.fround(t0) < ${two}`, declared(t, sum), compared(of(t), load(2))],
    [`Math.fround(t0) < ${two}`, declared(t, load(1), true), compared(of(t), load(2))],
    // Choices among what was stored, with another sign or none.
    [`-${one} < ${two}`, compared(apply('negate', load(1)), load(2))],
    [`Math.abs(${one}) < ${two}`, compared(apply('abs', load(1)), load(2))],
    [`Math.max(${one}, ${two}) < ${two}`, compared(apply('maximum', load(1), load(2)), load(2))],
    [`Math.min(${one}, 0.5) < ${two}`, compared(apply('minimum', load(1), literal(0.5)), load(2))],
    [`Math.fround(Math.min(${one}, 0.1)) < ${two}`, compared(apply('minimum', load(1), literal(0.1)), load(2))],
    [`Math.fround(Math.max(${one} + ${two}, ${two})) < ${two}`, compared(apply('maximum', sum, load(2)), load(2))],
    [
      `Math.fround(Math.max(${one}, learningRate)) < ${two}`,
      compared(apply('maximum', load(1), valued({ kind: 'uniform', name: 'learningRate' })), load(2)),
    ],
    [`Math.fround(Math.exp(${one})) < ${two}`, compared(apply('exp', load(1)), load(2))],
    [
      `Math.max(${one}, Math.abs(${two})) < ${two}`,
      compared(apply('maximum', load(1), apply('abs', load(2))), load(2)),
    ],
  ])('%s', (text, ...body) => {
    expect(condition(...body)).toBe(text)
    expect(lines('f64', ...body).join('\n')).not.toContain('fround')
  })

  test('so are choices by a comparison of what was not', () => {
    const chosen = (a: Value) => apply('select', apply('less', sum, literal(0)), a, load(2))
    const [line] = lines('f32', stored(apply('less', chosen(load(1)), load(1))))
    expect(line).toBe(`arena[0] = (${one} + ${two} < 0 ? ${one} : ${two}) < ${one}`)
    expect(lines('f32', stored(apply('less', chosen(sum), load(1))))[0]).toBe(
      `arena[0] = Math.fround(${one} + ${two} < 0 ? ${one} + ${two} : ${two}) < ${one}`,
    )
  })
})

describe('statements', () => {
  const [i, j]: [Variable, Variable] = [
    { label: 'i', depth: 1 },
    { label: 'i', depth: 2 },
  ]
  const loop = (content: object, ...body: readonly Statement[]): Statement =>
    ({ kind: 'for', variable: i, from: 0, below: 3, step: 1, body, ...content }) as Statement

  test.each<[lines: string[], ...body: Statement[]]>([
    [
      ['let s0 = 0', 's0 += arena[1]'],
      declared(s, literal(0), true),
      { kind: 'assign', local: s, value: apply('add', of(s), load(1)) },
    ],
    [
      ['let s0 = 0', 's0 = arena[1] + s0'],
      declared(s, literal(0), true),
      { kind: 'assign', local: s, value: apply('add', load(1), of(s)) },
    ],
    [
      ['let s0 = 0', 's0 = s0 * arena[1]'],
      declared(s, literal(0), true),
      { kind: 'assign', local: s, value: apply('multiply', of(s), load(1)) },
    ],
    [
      ['let s0 = 0', 'let t0 = 1', 's0 = t0 + arena[1]'],
      declared(s, literal(0), true),
      declared(t, literal(1), true),
      { kind: 'assign', local: s, value: apply('add', of(t), load(1)) },
    ],
    [
      ['const t0 = arena[3] | 0', 'arena[0] = 2 * t0 - 1'],
      { kind: 'lookup', local: t, address: at(3) },
      stored(valued({ kind: 'index', offset: -1, terms: [[t, 2]] })),
    ],
    [['arena[0] = 5'], stored(valued({ kind: 'index', offset: 5, terms: [] }))],
    [
      ['arena[0] = (time + 1) * 2'],
      stored(
        apply('multiply', valued({ kind: 'index', offset: 1, terms: [[{ label: 'time', depth: 0 }, 1]] }), literal(2)),
      ),
    ],
    [['arena[0] = learningRate'], stored(valued({ kind: 'uniform', name: 'learningRate' }))],
    [
      ['const t0 = 4 * time + 2', 'arena[t0 - 3] = 1'],
      { kind: 'pointer', local: t, address: at(2, [{ label: 'time', depth: 0 }, 4]) },
      { kind: 'store', address: { base: t, offset: -3, terms: [] }, value: literal(1) },
    ],
    [
      ['for (let i0 = 0; i0 < n; i0 += 2) {', 'arena[i0] = 1', '}'],
      loop({ below: 'n', step: 2 }, { kind: 'store', address: at(0, [i, 1]), value: literal(1) }),
    ],
    [['for (let i0 = first; i0 < end; i0++) {', '}'], loop({ from: 'first', below: 'end' })],
    [
      ['for (let i0 = 0; i0 < n - n % 4; i0 += 4) {', '}'],
      loop({ below: { wholeSteps: 4, range: { from: 0, below: 'n' } }, step: 4 }),
    ],
    [
      ['for (let i0 = first; i0 < end - (end - first) % 4; i0 += 4) {', '}'],
      loop({ from: 'first', below: { wholeSteps: 4, range: { from: 'first', below: 'end' } }, step: 4 }),
    ],
    [
      [
        'for (let i0 = 0; i0 < 300; i0 += 256) {',
        'for (let i1 = i0, end0 = Math.min(i0 + 256, 300); i1 < end0; i1++) {',
        '}',
        '}',
      ],
      loop({ below: 300, step: 256 }, loop({ variable: j, from: i, below: 300, span: 256 })),
    ],
  ])('%#: %j', (expected, ...body) => {
    expect(lines('f64', ...body)).toEqual(expected)
  })

  test.each(['splat', 'lanes', 'interleave'])('have no lanes: %s', (kind) => {
    expect(() => lines('f64', stored(valued({ kind, operand: load(0), operands: [load(0), load(1)] })))).toThrow(
      'TypeScript has no vector lanes',
    )
  })
})
