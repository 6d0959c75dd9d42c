import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sumLevels, summation, type SumLoop } from '../../src/graph/summation.ts'

const all = (axis: number): SumLoop => ({ axis, by: 1 })

test.each<[string, readonly number[], readonly (readonly SumLoop[])[]]>([
  ['at most 256 terms are added one after another', [4, 64], [[all(0), all(1)]]],
  ['more along an axis in stretches of 256', [784], [[{ axis: 0, by: 256 }], [{ axis: 0, by: 1, span: 256 }]]],
  [
    'a stretch takes whole inner axes, as many as fit',
    [28, 28],
    [[{ axis: 0, by: 9 }], [{ axis: 0, by: 1, span: 9 }, all(1)]],
  ],
  ['an axis of which not two indices fit is a level of its own', [3, 200], [[all(0)], [all(1)]]],
  [
    'a long axis takes three levels',
    [1_000_000],
    [[{ axis: 0, by: 65_536 }], [{ axis: 0, by: 256, span: 65_536 }], [{ axis: 0, by: 1, span: 256 }]],
  ],
  ['no axis is one term', [], [[]]],
])('%s', (_, lengths, levels) => {
  expect(sumLevels(lengths)).toEqual(levels)
})

const shapes = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 })
const runs = fc.integer({ min: 2, max: 40 })
const round = Math.fround

/** Terms in the order of an array, of which no two sums round alike. */
const term = (at: number) => round(1.1 ** (at % 97))

test('every term is added once, in row-major order', () => {
  fc.assert(
    fc.property(shapes, runs, (lengths, longest) => {
      const seen: number[] = []
      const total = summation(lengths, Number, longest)
      const count = (at: number) => {
        seen.push(at)
        return 1
      }
      const all = lengths.reduce((product, length) => product * length, 1)
      expect(total(count)).toBe(all)
      expect(seen).toEqual(Array.from({ length: all }, (_, k) => k))
    }),
  )
})

test('the order among samples is the same however many there could be', () => {
  fc.assert(
    fc.property(shapes, runs, fc.integer({ min: 1, max: 30 }), fc.integer({ max: 40 }), (inner, longest, n, more) => {
      const lengths = [n, ...inner]
      const most = [n + Math.max(more, 0), ...inner]
      const given = lengths.reduce((product, length) => product * length, 1)
      const cut = (at: number) => (at < given ? term(at) : 0)
      expect(summation(most, round, longest)(cut)).toBe(summation(lengths, round, longest)(term))
    }),
  )
})

test('no term goes through more additions than the bound says', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 4 }), (lengths) => {
      const levels = sumLevels(lengths)
      const count = lengths.reduce((product, length) => product * length, 1)
      expect(levels.length).toBeLessThanOrEqual(1 + Math.ceil(Math.log(Math.max(count / 256, 1)) / Math.log(128)))
      for (const loops of levels) {
        const turns = loops.map(({ axis, by, span = lengths[axis]! }) => Math.ceil(Math.min(span, lengths[axis]!) / by))
        expect(turns.reduce((product, count) => product * count, 1)).toBeLessThanOrEqual(256)
      }
    }),
  )
})
