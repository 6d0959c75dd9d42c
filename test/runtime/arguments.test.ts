import { expect, test, vi } from 'vitest'
import { copySamples, countSamples } from '../../src/runtime/arguments.ts'

// A module's own: most ignore no class number.
vi.mock('../../src/runtime/module.ts', () => ({ isIgnored: () => false }))

test('counts the samples of flat arrays of numbers', () => {
  expect(countSamples('x', [1, 2, 3, 4], 2)).toBe(2)
  expect(countSamples('x', new Float32Array(6), 2)).toBe(3)
  expect(countSamples('x', Int8Array.of(1, 2), 1, 2)).toBe(2)
  expect(countSamples('x', { length: 1, 0: 5 }, 1)).toBe(1)
  expect(countSamples('x', [], 3)).toBe(0)
  expect(countSamples('x', [NaN, Infinity], 2)).toBe(1)
})

test.each([
  ['nested arrays', [[1, 2]], 'got object at 0'],
  ['a hole', [1, , 3, 4], 'got undefined at 1'], // eslint-disable-line no-sparse-arrays
  ['strings', ['1', '2'], 'got string at 0'],
  ['null', [1, null], 'got object at 1'],
  ['a BigInt array', BigInt64Array.of(1n, 2n), 'got bigint at 0'],
  ['a string', '12', 'got string'],
  ['a number', 3, 'got number'],
  ['a function', () => 1, 'got function'],
  ['nothing', undefined, 'got undefined'],
  ['a record', { x: [1, 2] }, 'got object'],
  ['a DataView', new DataView(new ArrayBuffer(16)), 'got object'],
])('refuses %s with a TypeError', (_, values, got) => {
  const count = () => countSamples('x', values as never, 2)
  expect(count).toThrow(TypeError)
  expect(count).toThrow(`expected x: flat samples of 2 numbers, ${got}`)
})

test.each([
  ['parts of samples', [1, 2, 3], 2, undefined, undefined, 'flat samples of 2 numbers, got 3 numbers'],
  ['another number of samples', [1, 2, 3, 4], 2, 3, undefined, 'flat samples of 2 numbers, got 2 samples, not 3'],
  ['a class out of range', [0, 5], 1, 2, 5, 'flat samples of 1 whole numbers below 5, got 5 at 1'],
  ['a negative class', [-1], 1, 1, 5, 'got -1 at 0'],
  ['a class that is not whole', [1.5], 1, 1, 5, 'got 1.5 at 0'],
  ['NaN for a class', [NaN], 1, 1, 5, 'got NaN at 0'],
])('refuses %s with a RangeError', (_, values, size, samples, below, message) => {
  const count = () => countSamples('y', values, size, samples, below)
  expect(count).toThrow(RangeError)
  expect(count).toThrow(message)
})

test('checks every class number of a typed array before it is rounded', () => {
  expect(() => countSamples('y', Float64Array.of(0, 1, 1.000000001), 1, 3, 2)).toThrow(RangeError)
  expect(countSamples('y', Uint8Array.of(0, 1, 1), 1, 3, 2)).toBe(3)
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
