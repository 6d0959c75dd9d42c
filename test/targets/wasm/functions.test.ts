import { describe, expect, test } from 'vitest'
import { isPointwise, pointwise, pointwiseRow, type PointwiseOp } from '../../../src/graph/op.ts'
import { isPortable, portableFunctions } from '../../../src/graph/elementary/index.ts'
import { exponentOf } from '../../../src/runtime/exponentOf.ts'
import { nearest } from '../../../src/runtime/nearest.ts'
import { noise } from '../../../src/runtime/noise.ts'
import { powerOfTwo } from '../../../src/runtime/powerOfTwo.ts'
import { reducedAngle } from '../../../src/runtime/reducedAngle.ts'
import { printPortable } from '../../../src/targets/typescript/mathematics.ts'
import { assemble } from '../../../src/targets/wasm/assemble.ts'
import { Functions } from '../../../src/targets/wasm/functions.ts'
import { constant, isVector, numbersOf, valueType, type Kind } from '../../../src/targets/wasm/types.ts'
import {
  exportName,
  get,
  i32,
  lines,
  memory,
  parameter,
  printWat,
  set,
  type Wat,
} from '../../../src/targets/wasm/wat.ts'
import { operandsOf } from '../../graph/elementary/operands.ts'
import { errorOf } from '../../graph/elementary/oracle.ts'
import { rounded } from '../../../src/verify/rounded.ts'
import { engine } from '../../support/webAssembly.ts'

/*
 * Each op as WebAssembly computes it: alone and in lanes, in both precisions. A module has an exported loop over operands that lie in
 * memory side by side. Each test makes its own, so that what is wrong with an op fails the tests of that op.
 */

const ops = Object.keys(pointwise).filter(isPointwise)
const transcendental = ops.filter(isPortable)
/** Defined for some operands alone. */
const partial: ReadonlySet<PointwiseOp> = new Set(['noise', 'powerOfTwo', 'exponentOf', 'reducedAngle'] as const)
const kinds = ['f32', 'f64', 'f32x4', 'f64x2'] as const

/** Bytes from one operand's numbers to the next one's, and to the results. */
const room = 2 ** 17
const results = 3 * room

function moduleOf(op: PointwiseOp, kind: Kind): string {
  const functions = new Functions()
  const at = get('at')
  const type = valueType(kind)
  const operands = Array.from({ length: pointwiseRow(op).arity }, (_, k) =>
    memory(`${type}.load`, { offset: k * room, address: at }),
  )
  const result = applied(functions, op, kind, operands)
  const turn = lines([
    memory(`${type}.store`, { offset: results, address: at }, [result]),
    set('at', ['i32.add', at, i32(isVector(kind) ? 16 : numbersOf(kind).bytes)]),
    ['br_if', '$next', ['i32.lt_u', at, get('end')]],
  ])
  const loop = lines([
    ['local', '$at', 'i32'],
    ['loop', '$next', ...turn],
  ])
  const run: Wat = ['func', exportName('run'), parameter('end', 'i32'), ...loop]
  // Formulas use others, so that all are printed before the imports are known.
  const printed = functions.print().flat()
  const imports = functions.imports.map((name): Wat => {
    const ofDoubles: Wat[] = [
      ['param', 'f64', 'f64'],
      ['result', 'f64'],
    ]
    return ['import', '"tapeless"', `"${name}"`, ['func', `$${name}`, ...ofDoubles]]
  })
  const memories: Wat = ['memory', exportName('memory'), '8']
  return printWat(['module', ...lines([...imports, memories]), ...printed, { line: run }])
}

/** Truth values are made numbers; a condition is a number that isn't 0. */
function applied({ apply }: Functions, op: PointwiseOp, kind: Kind, operands: readonly Wat[]): Wat {
  const [first, ...others] = operands
  const given = op === 'select' ? [apply('notEqual', kind, [first!, constant(kind, 0)]), ...others] : operands
  const result = apply(op, kind, given)
  const isTruth = pointwiseRow(op).element === 'truth'
  return isTruth ? apply('select', kind, [result, constant(kind, 1), constant(kind, 0)]) : result
}

function precisionOf(kind: Kind): 'f32' | 'f64' {
  return numbersOf(kind).scalar
}

/** What WebAssembly makes of each row of operands. */
async function compute(op: PointwiseOp, kind: Kind, rows: readonly (readonly number[])[]): Promise<number[]> {
  const module = new engine.Module(await assemble(moduleOf(op, kind)))
  const { exports } = new engine.Instance(module, { tapeless: { noise, reducedAngle } }) as {
    exports: { run: (end: number) => void; memory: { buffer: ArrayBuffer } }
  }
  const Numbers = precisionOf(kind) === 'f32' ? Float32Array : Float64Array
  const { buffer } = exports.memory
  const bytes = rows.length * Numbers.BYTES_PER_ELEMENT
  expect(bytes).toBeLessThan(room)
  rows[0]!.forEach((_, k) => new Numbers(buffer, k * room, rows.length).set(rows.map((row) => row[k]!)))
  exports.run(bytes)
  return [...new Numbers(buffer, results, rows.length)]
}

const special = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  NaN,
  2,
  -3,
  0.5,
  -0.5,
  2.5,
  2 ** 100,
  2 ** -100,
  2 ** -149,
  -(2 ** -140),
]

function expectSame(op: PointwiseOp, rows: readonly (readonly number[])[], actual: number[], meant: number[]): void {
  const at = meant.findIndex((value, k) => !Object.is(value, actual[k]))
  const wrong = at < 0 ? '' : `${op}(${rows[at]!.join(', ')}) is ${actual[at]}, not ${meant[at]}`
  expect(wrong).toBe('')
}

/** All ways to choose as many of the special values. */
function specialRows(arity: number): number[][] {
  return arity === 0 ? [[]] : specialRows(arity - 1).flatMap((row) => special.map((x) => [...row, x]))
}

describe.each(kinds)('in %s', (kind) => {
  const precision = precisionOf(kind)
  const round = precision === 'f32' ? Math.fround : Number

  test.each(transcendental)('%s has the bits of its formula, which is within 2 units of the last place', async (op) => {
    const formula = rounded(op, precision)
    const finite = operandsOf(op, precision)
    const rows = [...finite, ...specialRows(pointwiseRow(op).arity).map((row) => row.map(round))]
    const actual = await compute(op, kind, rows)
    expectSame(
      op,
      rows,
      actual,
      rows.map((row) => formula(...row)),
    )
    const { error } = portableFunctions([op], precision)[0]!
    expect(error).toBeLessThan(2.5)
    for (let k = 0; k < finite.length; k += 50)
      expect(errorOf(op, finite[k]!, actual[k]!, precision)).toBeLessThanOrEqual(error)
  })

  const exact = ops.filter((op) => !isPortable(op) && !partial.has(op))
  test.each(exact)('%s of special values is what the op means', async (op) => {
    const rows = specialRows(pointwiseRow(op).arity)
      .map((row) => row.map(round))
      .filter(([condition]) => op !== 'select' || !Number.isNaN(condition))
    const meant = rows.map((row) => round(pointwiseRow(op).evaluate(...row)))
    expectSame(op, rows, await compute(op, kind, rows), meant)
  })

  test('numbers are taken apart and put together at all exponents', async () => {
    const [least, most] = precision === 'f32' ? [-126, 127] : [-1022, 1023]
    const exponents = Array.from({ length: most - least + 1 }, (_, k) => [least + k])
    const powers = exponents.map(([k]) => 2 ** k!)
    expectSame('powerOfTwo', exponents, await compute('powerOfTwo', kind, exponents), powers)
    const rows = powers.flatMap((x) => [[x], [round(1.7 * x)]])
    const meant = exponents.flatMap(([k]) => [k!, k!])
    expectSame('exponentOf', rows, await compute('exponentOf', kind, rows), meant)
  })

  test('noise and large angles are those of the host', async () => {
    // Both words of each count, up to the greatest whole numbers; single precision has these too.
    const far = [2 ** 52 + 2 ** 30, 5 * 2 ** 32 + 2 ** 12, 2 ** 31, (2 ** 24 - 1) * 2 ** 29]
    const counters = [
      ...Array.from({ length: 40 }, (_, k) => [7, 3 * k]),
      ...far.flatMap((key) => far.map((counter) => [key, counter])),
    ]
    const drawn = counters.map(([key, counter]) => round(noise(key!, counter!)))
    expectSame('noise', counters, await compute('noise', kind, counters), drawn)
    const angles = [1e30, -3e7, 12345.678, 1024, 5e5].flatMap((x) => [0, 1].map((part) => [round(x), part]))
    const reduced = angles.map(([x, part]) => round(reducedAngle(x!, part!)))
    expectSame('reducedAngle', angles, await compute('reducedAngle', kind, angles), reduced)
  })
})

test('doubles have the bits of what TypeScript modules compute', async () => {
  const printed = printPortable()
  const texts = printed.map(({ text }) => text.replaceAll(/: number\b/g, ''))
  const names = printed.map(({ name }) => name)
  const given = { nearest, powerOfTwo, exponentOf, reducedAngle }
  const made = new Function(...Object.keys(given), `${texts.join('\n')}\nreturn { ${names.join()} }`)(
    ...Object.values(given),
  ) as Readonly<Record<string, (...operands: readonly number[]) => number>>
  for (const op of transcendental) {
    const rows = [...operandsOf(op, 'f64'), ...specialRows(pointwiseRow(op).arity)]
    const meant = rows.map((row) => made[op === 'power' ? 'pow' : op]!(...row))
    for (const kind of ['f64', 'f64x2'] as const) expectSame(op, rows, await compute(op, kind, rows), meant)
  }
})

test('an op that has neither an instruction nor a formula is a fault', () => {
  const functions = new Functions({})
  functions.apply('add', 'f32', [constant('f32', 1), constant('f32', 2)])
  expect(() => functions.print()).toThrow('WebAssembly has no add')
})
