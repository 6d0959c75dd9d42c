import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilesOrIsRefused, type Tally } from './survives.ts'

test('a spec that was changed becomes a module, or is refused with a place', async () => {
  const tally: Tally = { specs: 0, refused: 0, longest: 0 }
  await fc.assert(compilesOrIsRefused(tally), { numRuns: 100, seed: 1 })
  // Some are right after all, and most aren't.
  expect(tally.refused / tally.specs).toBeGreaterThan(0.5)
  expect(tally.refused / tally.specs).toBeLessThan(0.95)
}, 300_000)
