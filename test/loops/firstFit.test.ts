import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FirstFit } from '../../src/loops/memory/firstFit.ts'
import { common, overlap, united, type Interval, type Times } from '../../src/loops/memory/intervals.ts'

const last = 12

/** Times as a set of whole numbers. */
const set = (times: Times) =>
  Array.from({ length: last + 1 }, (_, time) => times.some(([from, to]) => from <= time && time <= to))

const times = fc
  .uniqueArray(fc.integer({ min: 0, max: last }), { minLength: 1, maxLength: 6 })
  .map((chosen): Times => [...chosen].sort((a, b) => a - b).flatMap((time): Interval[] => [[time, time]]))
  .map((single) => united(single, []))

describe('times', () => {
  test('meet, and are united, as sets do', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const [inA, inB] = [set(a), set(b)]
        const both = inA.map((is, time) => is && inB[time]!)
        expect(set(common(a, b))).toEqual(both)
        expect(set(united(a, b))).toEqual(inA.map((is, time) => is || inB[time]!))
        expect(overlap(a, b)).toBe(both.includes(true))
      }),
    )
  })

  test('next to each other are one interval', () => {
    expect(united([[0, 1]], [[2, 4]])).toEqual([[0, 4]])
    expect(united([[0, 1]], [[3, 4]])).toHaveLength(2)
  })
})

/** The first places, found by trying each. */
function triedPlaces(buffers: readonly (readonly [length: number, times: Times])[], start: number): number[] {
  const placed: { start: number; end: number; times: Times }[] = []
  return buffers.map(([length, times]) => {
    let at = start
    while (placed.some((other) => at < other.end && other.start < at + length && overlap(times, other.times))) at += 4
    placed.push({ start: at, end: at + length, times })
    return at
  })
}

describe('the first place that fits', () => {
  test('is that which trying each would find', () => {
    const buffers = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), times), { maxLength: 60 })
    fc.assert(
      fc.property(buffers, (list) => {
        const firstFit = new FirstFit(8, 4)
        expect(list.map(([length, times]) => firstFit.place(length, times))).toEqual(triedPlaces(list, 8))
      }),
      { numRuns: 300 },
    )
  })
})
