import { expect, test, vi } from 'vitest'
import { copySamples, countSamples } from '../../src/runtime/arguments.ts'
import { countWhole } from '../../src/runtime/wholeNumbers.ts'

// A module's own: most ignore no class number.
vi.mock('../../src/runtime/module.ts', () => ({
  isIgnored: () => false,
  network: { name: 'iris' },
  overflow: 2 ** 128 - 2 ** 103,
}))

test('counts the samples of flat arrays of numbers', () => {
  expect(countSamples('x', [1, 2, 3, 4], 2)).toBe(2)
  expect(countSamples('x', new Float32Array(6), 2)).toBe(3)
  expect(countSamples('x', Int8Array.of(1, 2), 1, 2)).toBe(2)
  expect(countSamples('x', { length: 1, 0: 5 }, 1)).toBe(1)
  expect(countSamples('x', [], 3)).toBe(0)
  // Their sum overflows, and yet each is finite.
  expect(countSamples('x', new Float64Array(8).fill(1e308), 2)).toBe(4)
})

test.each([
  ['nested arrays', [[1, 2]], 'an Array at x[0], place 0 of sample 0: write x.flat()'],
  ['a hole', [1, , 3, 4], 'undefined at x[1], place 1 of sample 0'], // eslint-disable-line no-sparse-arrays
  ['strings', ['5.1', '2'], "'5.1' at x[0], place 0 of sample 0: write Array.from(x, Number)"],
  ['null', [1, 2, 3, null], 'null at x[3], place 1 of sample 1'],
  ['a BigInt array', BigInt64Array.of(1n, 2n), 'a BigInt at x[0], place 0 of sample 0'],
  ['a string', '12', "'12'"],
  ['a number', 3, '3'],
  ['a function', () => 1, 'a Function'],
  ['nothing', undefined, 'undefined'],
  ['null for all', null, 'null'],
  ['a record', { a: [1, 2], b: 3 }, '{ a,b }'],
  ['an object without a class', Object.create(null), '{  }'],
  ['a promise', Promise.resolve([1, 2]), 'a Promise: write await x'],
  ['a Set', new Set([1, 2]), 'a Set'],
  ['an ArrayBuffer', new ArrayBuffer(16), 'an ArrayBuffer'],
  ['a DataView', new DataView(new ArrayBuffer(16)), 'a DataView'],
])('refuses %s with a TypeError', (_, values, got) => {
  const count = () => countSamples('x', values as never, 2, undefined, '2 numbers a sample')
  expect(count).toThrow(new TypeError(`iris: expected x: a flat array, 2 numbers a sample, got ${got}`))
  const countWholes = () => countWhole('x', values as never, 2, undefined, '2 classes from 0 to 8 a sample', 9)
  expect(countWholes).toThrow(TypeError)
  expect(countWholes).toThrow(`x: a flat array, 2 classes from 0 to 8 a sample, got ${got}`)
})

const numbers = 'a flat array, 2 numbers a sample'
const classes = 'a flat array, a class from 0 to 4 a sample'

test.each([
  ['parts of samples', [1, 2, 3], 2, undefined, undefined, `${numbers}, got 3`],
  ['another number of samples', [1, 2, 3, 4], 2, 3, undefined, `${numbers}, 6 in all, got 4`],
  ['parts of samples among a number of them', [1, 2, 3], 2, 2, undefined, `${numbers}, 4 in all, got 3`],
  ['NaN', [1, 2, 3, NaN], 2, undefined, undefined, `${numbers}, got NaN at y[3], place 1 of sample 1`],
  [
    'what is infinite',
    [1, -Infinity],
    2,
    undefined,
    undefined,
    `${numbers}, got -Infinity at y[1], place 1 of sample 0`,
  ],
  ['a class out of range', [0, 5], 1, 2, 5, `${classes}, 2 in all, got 5 at y[1], place 0 of sample 1`],
  ['a negative class', [-1], 1, 2, 5, 'got -1 at y[0]'],
  ['a class that is not whole', [1.5], 1, 1, 5, 'got 1.5 at y[0]'],
  ['NaN for a class', [NaN], 1, 1, 5, 'got NaN at y[0]'],
  [
    'one-hot rows for classes',
    [0, 0, 1, 0, 0, 1, 0, 0, 0, 0],
    ...([1, 2, 5] as const),
    `${classes}, 2 in all, got 10: one-hot rows need targets: probabilities in the spec`,
  ],
])('refuses %s with a RangeError', (_, values, size, samples, below, message) => {
  const held = below ? `a class from 0 to ${below - 1} a sample` : `${size} numbers a sample`
  const count = () =>
    below === undefined
      ? countSamples('y', values, size, samples, held)
      : countWhole('y', values, size, samples, held, below)
  expect(count).toThrow(RangeError)
  expect(count).toThrow(message)
})

test.each([Float32Array, Float64Array])('finds what is NaN or infinite anywhere in a %o', (Elements) => {
  for (let length = 1; length < 12; length++)
    for (let at = 0; at < length; at++)
      for (const value of [NaN, Infinity, -Infinity]) {
        const values = new Elements(length).fill(1)
        values[at] = value
        const count = () => countSamples('x', values, 1, undefined, 'a number a sample')
        expect(count).toThrow(`got ${value} at x[${at}], place 0 of sample ${at}`)
        // Of opposite infinities the sum is NaN.
        values[(at + 1) % length] = -value
        expect(count).toThrow(RangeError)
      }
})

const tooLarge = (value: number, i: number) =>
  `got ${value} at x[${i}], place 0 of sample ${i}, too large for single precision`

test.each([
  ['a plain array', (...values: number[]) => values],
  ['a Float64Array', (...values: number[]) => Float64Array.from(values)],
])('refuses what single precision takes for infinite in %s, and nothing less', (_, array) => {
  const largest = 2 ** 128 - 2 ** 103
  const count = (values: ArrayLike<number>) => countSamples('x', values, 1, undefined, 'a number a sample')
  for (const value of [1e39, -1e39, largest]) {
    // Their sum is 0.
    expect(() => count(array(1, value, -value))).toThrow(tooLarge(value, 1))
    expect(Math.abs(Math.fround(value))).toBe(Infinity)
  }
  const below = largest - 2 ** 75
  expect(count(array(below, -below, 1))).toBe(3)
  expect(Math.fround(below)).toBeLessThan(Infinity)
})

test('takes tensors as they are', () => {
  expect(countSamples('linear0.weight', [NaN, 1e39], 2, 1)).toBe(1)
  expect(() => countSamples('linear0.weight', [1], 2, 1)).toThrow('linear0.weight: a flat array, 2 numbers, got 1')
})

test('checks every class number of a typed array before it is rounded', () => {
  expect(() => countWhole('y', Float64Array.of(0, 1, 1.000000001), 1, 3, 'a class from 0 to 1 a sample', 2)).toThrow(
    RangeError,
  )
  expect(countWhole('y', Uint8Array.of(0, 1, 1), 1, 3, 'a class from 0 to 1 a sample', 2)).toBe(3)
})

test.each([
  ['a typed array', Float64Array.of(1, 2, 3, 4, 5, 6)],
  ['a plain array', [1, 2, 3, 4, 5, 6]],
])('copies all samples, some, and some in an order, from %s', (_, values) => {
  const arena = new Float64Array(8)
  copySamples(arena, 1, values, 2, 0, 3)
  expect([...arena]).toEqual([0, 1, 2, 3, 4, 5, 6, 0])
  arena.fill(0)
  copySamples(arena, 1, values, 2, 1, 2)
  expect([...arena]).toEqual([0, 3, 4, 5, 6, 0, 0, 0])
  copySamples(arena, 1, values, 2, 1, 2, Uint32Array.of(1, 2, 0))
  expect([...arena]).toEqual([0, 5, 6, 1, 2, 0, 0, 0])
})
