import { expect, test } from 'vitest'
import { randomNormal, randomUniform, threefry } from '../../src/runtime/random.ts'

/** The known answers of threefry2x32 with 20 rounds in Random123's kat_vectors: counter, key, result. */
const knownAnswers = [
  ['00000000 00000000', '00000000 00000000', '6b200159 99ba4efe'],
  ['ffffffff ffffffff', 'ffffffff ffffffff', '1cb996fc bb002be7'],
  ['243f6a88 85a308d3', '13198a2e 03707344', 'c4923a9c 483df7a0'],
]

const words = (text: string) => text.split(' ').map((word) => parseInt(word, 16)) as [number, number]

test.each(knownAnswers)('threefry of counter %s and key %s', (counter, key, result) => {
  expect(threefry(...words(key!), ...words(counter!))).toEqual(words(result!))
})

test('a number depends on seed, stream and counter, and on nothing else', () => {
  const draws = new Map<number, string>()
  for (const seed of [0, 1, 2 ** 32, 2 ** 53 - 1]) {
    for (const stream of [0, 1, 2 ** 32 - 1]) {
      for (const counter of [0, 1, 2 ** 31]) {
        const draw = randomUniform(seed, stream, counter)
        expect(randomUniform(seed, stream, counter)).toBe(draw)
        expect(draws.get(draw)).toBeUndefined()
        draws.set(draw, `${seed} ${stream} ${counter}`)
      }
    }
  }
})

test('uniform numbers fill [0, 1) evenly', () => {
  const counts = new Array<number>(16).fill(0)
  const draws = 160_000
  for (let i = 0; i < draws; i++) {
    counts[Math.floor(randomUniform(7, 3, i) * 16)]!++
  }
  // A number outside [0, 1) would have made another entry.
  expect(Object.keys(counts)).toHaveLength(16)
  const even = draws / 16
  const chiSquared = counts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0)
  // 15 degrees of freedom: 37.7 is passed once in a thousand.
  expect(chiSquared).toBeLessThan(37.7)
})

test('normal numbers have the moments of the standard normal distribution', () => {
  const draws = 200_000
  const moments = [0, 0, 0, 0]
  for (let i = 0; i < draws; i++) {
    const draw = randomNormal(5, 0, i)
    for (let k = 0; k < 4; k++) moments[k]! += draw ** (k + 1) / draws
  }
  // Variances of z, z^2, z^3 and z^4; five standard errors each.
  const variances = [1, 2, 15, 96]
  for (const [k, expected] of [0, 1, 0, 3].entries()) {
    expect(Math.abs(moments[k]! - expected)).toBeLessThan(5 * Math.sqrt(variances[k]! / draws))
  }
})
