import { expect, test } from 'vitest'
import { noise } from '../../src/runtime/noise.ts'
import { stepKey } from '../../src/runtime/random.ts'

/** Threefry-2x32 as figure 3 of the paper has it, with any number of rounds. */
function threefry(rounds: number, [k0, k1]: Words, [c0, c1]: Words): Words {
  const keys = [k0, k1, 0x1bd11bda ^ k0 ^ k1]
  let [a, b] = [(c0 + k0) | 0, (c1 + k1) | 0]
  for (let round = 0; round < rounds;) {
    const rotation = [13, 15, 26, 6, 17, 29, 16, 24][round % 8]!
    a = (a + b) | 0
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a
    if (++round % 4 > 0) continue
    a = (a + keys[(round / 4) % 3]!) | 0
    b = (b + keys[(round / 4 + 1) % 3]! + round / 4) | 0
  }
  return [a >>> 0, b >>> 0]
}
type Words = [number, number]

/** In Random123's kat_vectors: rounds, counter, key, result. */
const knownAnswers = [
  [13, '00000000 00000000', '00000000 00000000', '9d1c5ec6 8bd50731'],
  [13, 'ffffffff ffffffff', 'ffffffff ffffffff', 'fd36d048 2d17272c'],
  [13, '243f6a88 85a308d3', '13198a2e 03707344', 'ba3e4725 f27d669e'],
  [20, '243f6a88 85a308d3', '13198a2e 03707344', 'c4923a9c 483df7a0'],
] as const

const words = (text: string) => text.split(' ').map((word) => parseInt(word, 16)) as Words

test.each(knownAnswers)('%i rounds of counter %s and key %s', (rounds, counter, key, result) => {
  expect(threefry(rounds, words(key), words(counter))).toEqual(words(result))
})

test('noise is 13 rounds of both numbers’ low and high words', () => {
  const split = (value: number): Words => [value % 2 ** 32, Math.floor(value / 2 ** 32)]
  const numbers = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 0x1234_5678_9abc, 2 ** 52 + 2 ** 31]
  for (const key of numbers)
    for (const counter of numbers) {
      const [a, b] = threefry(13, split(key), split(counter))
      expect(noise(key, counter), `${key} ${counter}`).toBe((a * 2 ** 21 + (b >>> 11)) / 2 ** 53)
    }
})

test('noise fills [0, 1) evenly along the counter, along the key, and for neighbours together', () => {
  const draws = 160_000
  const sequences: [string, (i: number) => number][] = [
    ['counters', (i) => noise(123_456_789_012, i)],
    ['streams', (i) => noise(7, 2 ** 32 * i)],
    ['keys', (i) => noise(i, 5)],
    ['steps', (i) => noise(stepKey(3, i), 0)],
    ['neighbours', (i) => (noise(9, i) + noise(9, i + 1)) % 1],
  ]
  for (const [name, draw] of sequences) {
    const counts = new Array<number>(16).fill(0)
    for (let i = 0; i < draws; i++) counts[Math.floor(draw(i) * 16)]!++
    expect(Object.keys(counts), name).toHaveLength(16)
    const even = draws / 16
    // 15 degrees of freedom: 37.7 is passed once in a thousand.
    expect(
      counts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0),
      name,
    ).toBeLessThan(37.7)
  }
})

test('the key of a step is a whole number below 2^53 that seed and step fix', () => {
  const keys = [0, 1, 2 ** 53 - 1].flatMap((seed) => [0, 1, 2 ** 31].map((steps) => stepKey(seed, steps)))
  for (const key of keys) expect(Number.isSafeInteger(key)).toBe(true)
  expect(new Set(keys).size).toBe(keys.length)
})
