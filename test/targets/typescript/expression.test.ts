import { compileFunction } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { atom, type Printed } from '../../../src/base/text.ts'
import { add, constant, extent, multiply, select, less, uniform } from '../../../src/graph/build.ts'
import { isPortable } from '../../../src/graph/elementary/index.ts'
import { Interner } from '../../../src/graph/node.ts'
import { pointwise, pointwiseRow, type PointwiseOp } from '../../../src/graph/op.ts'
import { erf } from '../../../src/runtime/erf.ts'
import { exponentOf } from '../../../src/runtime/exponentOf.ts'
import { nearest } from '../../../src/runtime/nearest.ts'
import { noise } from '../../../src/runtime/noise.ts'
import { gaussian, normalCdf } from '../../../src/runtime/normal.ts'
import { powerOfTwo } from '../../../src/runtime/powerOfTwo.ts'
import { reducedAngle } from '../../../src/runtime/reducedAngle.ts'
import { sigmoid } from '../../../src/runtime/sigmoid.ts'
import { softplus } from '../../../src/runtime/softplus.ts'
import { printApplication, printNumber, printScalar } from '../../../src/targets/typescript/expression.ts'
import { functionsFor, printPortable } from '../../../src/targets/typescript/mathematics.ts'
import { rounded } from '../../../src/verify/rounded.ts'

const graph = new Interner()
const [a, b] = [uniform(graph, 'a'), uniform(graph, 'b')]
const names = { a: 'state.a', b: 'arena[3]' }

test.each([
  [add(a, add(b, 1)), 'state.a + (arena[3] + 1)'],
  [multiply(add(a, b), -2), '(state.a + arena[3]) * -2'],
  [select(less(a, 0), b, constant(graph, 1)), 'state.a < 0 ? arena[3] : 1'],
])('a scalar keeps its order: case %#', (scalar, text) => {
  expect(printScalar(scalar, names, 'engine').text).toBe(text)
})

test('a scalar has nothing but operations on constants and numbers with a name', () => {
  expect(() => printScalar(uniform(graph, 'c'), names, 'engine')).toThrow('nothing says how to write c')
  expect(() => printScalar(extent(graph), names, 'engine')).toThrow('extent')
})

const runtime = {
  ...{ sigmoid, softplus, erf, gaussian, normalCdf },
  ...{ noise, nearest, powerOfTwo, exponentOf, reducedAngle },
}
const letters = ['a', 'b', 'c', 'd', 'e']
/** Equal ones beside one another, for comparisons. */
const operandLists = [
  [0.7, 0.7, -2, 3, 0.25],
  [-0.4, 2.5, 1.5, -1, 4],
  [3, 0, 1, -0.5, -0.5],
]

/** The value of an expression of the runtime's functions and the operands a, b … */
function valueOf({ text }: Printed, operands: readonly number[]): number {
  const run = compileFunction(`return ${text}`, [...letters, ...Object.keys(runtime)]) as (...all: unknown[]) => unknown
  return Number(run(...operands, ...Object.values(runtime)))
}

const ops = Object.keys(pointwise) as PointwiseOp[]
/** What the graph means by an op of the first operands. Small powers are products there, and none when they are printed. */
const resultOf = (op: PointwiseOp, operands: readonly number[]): number => {
  const { arity, evaluate } = pointwiseRow(op)
  return op === 'power' ? Math.pow(operands[0]!, operands[1]!) : evaluate(...operands.slice(0, arity))
}
const print = (op: PointwiseOp, ...operands: readonly Printed[]) => printApplication(op, operands, 'engine')
const lettersFrom = (first: number, op: PointwiseOp) =>
  letters.slice(first, first + pointwiseRow(op).arity).map((letter) => atom(letter))

describe('an op means in JavaScript what it means in the graph', () => {
  test.each(ops)('%s', (op) => {
    const printed = print(op, ...lettersFrom(0, op))
    for (const operands of operandLists) expect(valueOf(printed, operands)).toBe(resultOf(op, operands))
  })

  test.each(ops)('%s of other operations', (outer) => {
    const { arity, condition } = pointwiseRow(outer)
    for (let position = 0; position < arity; position++) {
      const element = condition && position === 0 ? 'truth' : 'real'
      for (const inner of ops.filter((op) => pointwiseRow(op).element === element)) {
        const operands = lettersFrom(0, outer).with(position, print(inner, ...lettersFrom(2, inner)))
        const text = print(outer, ...operands)
        for (const values of operandLists) {
          const within = resultOf(inner, values.slice(2))
          expect(valueOf(text, values), text.text).toBe(resultOf(outer, values.with(position, within)))
        }
      }
    }
  })
})

describe('brackets stand where JavaScript needs them', () => {
  const [x, y] = [atom('x'), atom('y')]
  const sum = print('add', x, y)
  const choice = print('select', print('less', x, y), x, y)
  test.each([
    [print('subtract', print('subtract', x, y), print('subtract', x, y)), 'x - y - (x - y)'],
    [print('divide', print('multiply', x, y), print('multiply', x, y)), 'x * y / (x * y)'],
    [print('add', print('multiply', x, y), print('multiply', x, y)), 'x * y + x * y'],
    [print('multiply', sum, sum), '(x + y) * (x + y)'],
    [print('negate', x), '-x'],
    [print('negate', print('negate', x)), '-(-x)'],
    [print('negate', sum), '-(x + y)'],
    [print('multiply', print('negate', x), print('negate', y)), '-x * -y'],
    [print('subtract', x, printNumber(-2)), 'x - -2'],
    [print('negate', printNumber(-2)), '-(-2)'],
    [print('negate', printNumber(-0)), '-(-0)'],
    [print('negate', printNumber(2)), '-2'],
    [print('negate', printNumber(0)), '-0'],
    [print('exp', sum), 'Math.exp(x + y)'],
    [print('add', choice, x), '(x < y ? x : y) + x'],
    [print('select', print('equal', sum, x), sum, choice), 'x + y === x ? x + y : x < y ? x : y'],
    [print('select', print('lessEqual', x, y), choice, x), 'x <= y ? (x < y ? x : y) : x'],
    [print('select', print('notEqual', x, y), x, y), 'x !== y ? x : y'],
  ])('case %#: %o', ({ text }, expected) => {
    expect(text).toBe(expected)
  })
})

describe('functions', () => {
  test('are those that the spelling of an op calls, each once, of the runtime or portable', () => {
    const applied = ['add', 'sigmoid', 'exp', 'power', 'sigmoid', 'nearest', 'sqrt'] as const
    expect(functionsFor(applied, 'engine')).toEqual(['sigmoid', 'nearest'])
    expect(functionsFor(applied, 'portable')).toEqual(['sigmoid', 'exp', 'pow', 'nearest'])
    const written = applied.map((op) => printApplication(op, lettersFrom(0, op), 'portable').text)
    expect(written).toEqual(['a + b', 'sigmoid(a)', 'exp(a)', 'pow(a, b)', 'sigmoid(a)', 'nearest(a)', 'Math.sqrt(a)'])
  })

  test('that are portable compute what their formulas say', () => {
    const printed = printPortable()
    const own = printed.map(({ name }) => name)
    expect(own.map((name) => (name === 'pow' ? 'power' : name)).sort()).toEqual(ops.filter(isPortable).sort())
    const asked = new Set(printed.flatMap(({ text }) => text.match(/Math\.\w+/g) ?? []))
    expect([...asked].sort()).toEqual(['Math.abs', 'Math.max', 'Math.min'])
    const script = printed.map(({ text }) => text.replaceAll(': number', '')).join('\n')
    const given = Object.entries(runtime).filter(([name]) => !own.includes(name))
    const all = compileFunction(
      `${script}\nreturn { ${own.join()} }`,
      given.map(([name]) => name),
    )(...given.map(([, run]) => run)) as Record<string, (...operands: readonly number[]) => number>
    for (const op of ops.filter(isPortable)) {
      const meaning = rounded(op, 'f64')
      for (const [x, y] of [...operandLists, [900, 0.5]] as [number, number][])
        expect(all[op === 'power' ? 'pow' : op]!(Math.abs(x), y)).toBe(meaning(Math.abs(x), y))
    }
  })
})
