import { describe, expect, test } from 'vitest'
import type { Precision } from '../../src/base/precision.ts'
import { activations } from '../../src/language/words/activations.ts'
import { losses } from '../../src/language/formulas/losses.ts'
import { answered, farthest } from './measure.ts'
import { kinds } from './modules.ts'
import { exactRows } from './rows.ts'

const precisions: readonly Precision[] = ['f64', 'f32']

describe.each(exactRows)('$word', (row) => {
  test.each(precisions)('in %s is as exact as its row says', { timeout: 300_000 }, async (precision) => {
    const cases = answered(row, precision)
    for (const kind of kinds.filter((kind) => kind.precision === precision)) {
      const [value, slope] = await farthest(row, kind, cases)
      expect(value.share, `${kind.name}: the value ${value.at}`).toBeLessThanOrEqual(1)
      expect(slope.share, `${kind.name}: the derivative ${slope.at}`).toBeLessThanOrEqual(1)
    }
  })
})

test('every activation and loss has a row', () => {
  const held = new Set(exactRows.map(({ word }) => word.split(':')[0]))
  const words = [...Object.keys(activations), ...Object.keys(losses)]
  expect(words.filter((word) => !held.has(word))).toEqual([])
})
