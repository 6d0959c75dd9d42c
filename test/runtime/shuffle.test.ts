import { expect, test } from 'vitest'
import { permutation } from '../../src/runtime/shuffle.ts'

test.each([0, 1, 2, 3, 100])('a permutation of %i holds each number once', (count) => {
  const order = permutation(count, 11, 4)
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
})

test('an order is fixed by the seed and the epoch, and differs between them', () => {
  expect(permutation(50, 1, 2)).toEqual(permutation(50, 1, 2))
  expect(permutation(50, 1, 2)).not.toEqual(permutation(50, 1, 3))
  expect(permutation(50, 1, 2)).not.toEqual(permutation(50, 2, 2))
})

test('all orders of three come equally often', () => {
  const counts = new Map<string, number>()
  const epochs = 6000
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(3, 0, epoch).join()
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(6)
  // Five standard deviations of a count with p = 1/6.
  const tolerance = 5 * Math.sqrt(epochs * (1 / 6) * (5 / 6))
  for (const count of counts.values()) expect(Math.abs(count - epochs / 6)).toBeLessThan(tolerance)
})
