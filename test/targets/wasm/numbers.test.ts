import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assemble } from '../../../src/targets/wasm/assemble.ts'
import { constant } from '../../../src/targets/wasm/types.ts'
import { printWat } from '../../../src/targets/wasm/wat.ts'
import { engine } from '../../support/webAssembly.ts'

/** Numbers beyond all of single precision, half way between two of it, at its least; and random ones. */
const numbers = [
  ...[0, -0, 0.1, NaN, Infinity, -Infinity, 1e39, -1e300, 5e-324, 1 + 2 ** -24, -1 - 3 * 2 ** -24, 16_777_217],
  ...[
    2 ** 128 - 2 ** 104,
    2 ** 128 - 2 ** 103,
    2 ** 128 - 2 ** 102,
    2 ** -149,
    2 ** -150,
    3 * 2 ** -150,
    5 * 2 ** -150,
  ],
  ...fc.sample(fc.double(), { numRuns: 300, seed: 1 }),
  ...fc.sample(fc.float({ noNaN: true }), { numRuns: 300, seed: 1 }).map((value) => value * (1 + 2 ** -25)),
  // Half way to the next one.
  ...fc.sample(fc.integer({ min: 2 ** 23, max: 2 ** 24 }), { numRuns: 300, seed: 1 }).map((n) => (n + 0.5) * 2 ** -60),
]

test.each([
  ['f32', Math.fround],
  ['f64', Number],
] as const)('literals of %s are numbers as they round', async (kind, round) => {
  const functions = numbers.map(
    (value, k) => `(func (export "${k}") (result ${kind}) ${printWat(constant(kind, value))})`,
  )
  const { exports } = new engine.Instance(new engine.Module(await assemble(`(module ${functions.join('\n')})`)), {})
  const found = numbers.map((_, k) => (exports as Record<string, () => number>)[k]!())
  expect(found).toEqual(numbers.map((value) => round(value)))
})
