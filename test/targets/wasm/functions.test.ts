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
import { operations } from '../../../src/targets/wasm/operations.ts'
import { isVector, numbers, valueType, type Kind } from '../../../src/targets/wasm/types.ts'
import { operandsOf } from '../../graph/elementary/operands.ts'
import { errorOf } from '../../graph/elementary/oracle.ts'
import { rounded } from '../../graph/elementary/rounded.ts'
import { engine } from '../../support/webAssembly.ts'

/*
 * Each op as WebAssembly computes it: alone and in lanes, in both precisions. The module has an exported loop for each, over operands
 * that lie in memory side by side.
 */

const ops = Object.keys(pointwise).filter(isPointwise)
const transcendental = ops.filter(isPortable)
/** Defined for some operands alone. */
const partial: ReadonlySet<PointwiseOp> = new Set(['noise', 'powerOfTwo', 'exponentOf', 'reducedAngle'] as const)
const kinds = ['f32', 'f64', 'f32x4', 'f64x2'] as const

/** Bytes from one operand's numbers to the next one's, and to the results. */
const room = 2 ** 17
const results = 3 * room

const wat = ((): string => {
  const functions = new Functions()
  const loops = kinds.flatMap((kind) =>
    ops.map((op) => {
      const type = valueType(kind)
      const load = (k: number) => `(${type}.load offset=${k * room} (local.get $at))`
      const operands = Array.from({ length: pointwiseRow(op).arity }, (_, k) => load(k))
      return `(func (export "${op}_${kind}") (param $end i32) (local $at i32)
        (loop $next
          (${type}.store offset=${results} (local.get $at) ${applied(functions, op, kind, operands)})
          (local.set $at (i32.add (local.get $at) (i32.const ${isVector(kind) ? 16 : numbers[precisionOf(kind)].bytes})))
          (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))`
    }),
  )
  const imports = functions.imports.map(
    (name) => `(import "tapeless" "${name}" (func $${name} (param f64 f64) (result f64)))`,
  )
  return ['(module', ...imports, `(memory (export "memory") 8)`, ...functions.print(), ...loops, ')'].join('\n')
})()

/** Truth values are made numbers; a condition is a number that isn't 0. */
function applied(functions: Functions, op: PointwiseOp, kind: Kind, operands: readonly string[]): string {
  const constant = (x: number) =>
    isVector(kind) ? `(${kind}.splat (${kind.slice(0, 3)}.const ${x}))` : `(${kind}.const ${x})`
  const given =
    op === 'select' ? [operations.notEqual!(kind, operands[0]!, constant(0)), ...operands.slice(1)] : operands
  const spelling = operations[op]
  const result = spelling ? spelling(kind, ...given) : `(call ${functions.nameOf(op, kind)} ${given.join(' ')})`
  return pointwiseRow(op).element === 'truth' ? operations.select!(kind, result, constant(1), constant(0)) : result
}

function precisionOf(kind: Kind): 'f32' | 'f64' {
  return kind.startsWith('f32') ? 'f32' : 'f64'
}

const { exports } = new engine.Instance(new engine.Module(await assemble(wat)), {
  tapeless: { noise, reducedAngle },
}) as { exports: Readonly<Record<string, (end: number) => void>> & { memory: { buffer: ArrayBuffer } } }

/** What WebAssembly makes of each row of operands. */
function compute(op: PointwiseOp, kind: Kind, rows: readonly (readonly number[])[]): number[] {
  const Numbers = precisionOf(kind) === 'f32' ? Float32Array : Float64Array
  const { buffer } = exports.memory
  const bytes = rows.length * Numbers.BYTES_PER_ELEMENT
  expect(bytes).toBeLessThan(room)
  rows[0]!.forEach((_, k) => new Numbers(buffer, k * room, rows.length).set(rows.map((row) => row[k]!)))
  exports[`${op}_${kind}`]!(bytes)
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

  test.each(transcendental)('%s has the bits of its formula, which is within 2 units of the last place', (op) => {
    const formula = rounded(op, precision)
    const finite = operandsOf(op, precision)
    const rows = [...finite, ...specialRows(pointwiseRow(op).arity).map((row) => row.map(round))]
    const actual = compute(op, kind, rows)
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
  test.each(exact)('%s of special values is what the op means', (op) => {
    const rows = specialRows(pointwiseRow(op).arity)
      .map((row) => row.map(round))
      .filter(([condition]) => op !== 'select' || !Number.isNaN(condition))
    const meant = rows.map((row) => round(pointwiseRow(op).evaluate(...row)))
    expectSame(op, rows, compute(op, kind, rows), meant)
  })

  test('numbers are taken apart and put together at all exponents', () => {
    const [least, most] = precision === 'f32' ? [-126, 127] : [-1022, 1023]
    const exponents = Array.from({ length: most - least + 1 }, (_, k) => [least + k])
    const powers = exponents.map(([k]) => 2 ** k!)
    expectSame('powerOfTwo', exponents, compute('powerOfTwo', kind, exponents), powers)
    const rows = powers.flatMap((x) => [[x], [round(1.7 * x)]])
    const meant = exponents.flatMap(([k]) => [k!, k!])
    expectSame('exponentOf', rows, compute('exponentOf', kind, rows), meant)
  })

  test('noise and large angles are those of the host', () => {
    const counters = Array.from({ length: 40 }, (_, k) => [7, 3 * k])
    const drawn = counters.map(([key, counter]) => round(noise(key!, counter!)))
    expectSame('noise', counters, compute('noise', kind, counters), drawn)
    const angles = [1e30, -3e7, 12345.678, 1024, 5e5].flatMap((x) => [0, 1].map((part) => [round(x), part]))
    const reduced = angles.map(([x, part]) => round(reducedAngle(x!, part!)))
    expectSame('reducedAngle', angles, compute('reducedAngle', kind, angles), reduced)
  })
})

test('doubles have the bits of what TypeScript modules compute', () => {
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
    for (const kind of ['f64', 'f64x2'] as const) expectSame(op, rows, compute(op, kind, rows), meant)
  }
})
