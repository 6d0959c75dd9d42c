import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadsOrRefuses, type Tally } from './damaged.ts'

test('a damaged file loads as what it says, or is refused in words and changes nothing', async () => {
  const tally: Tally = { files: 0, refused: 0, longest: 0 }
  fc.assert(await loadsOrRefuses(tally), { numRuns: 400, seed: 1 })
  // Some are whole after all, and most aren't.
  expect(tally.refused / tally.files).toBeGreaterThan(0.4)
  expect(tally.refused / tally.files).toBeLessThan(0.95)
  expect(tally.longest).toBeLessThan(1000)
})
