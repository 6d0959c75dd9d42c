import fc from 'fast-check'
import { expect, test } from 'vitest'
import { networksAgree, type Make, type Tally } from '../agreement.ts'

/**
 * So many random networks, the same each time: `.ci/nightly fuzzing` takes others, and more. A file for each kind of module, as files are
 * what tests run side by side.
 */
export function expectNetworksToAgree(numRuns: number, make: Make): void {
  test(`${numRuns} random networks equal the interpreter, and that differences`, { timeout: 1_200_000 }, async () => {
    const tally: Tally = { networks: 0, unsmooth: 0 }
    await fc.assert(networksAgree(tally, make), { numRuns, seed: 1 })
    expect(tally.unsmooth / tally.networks).toBeLessThan(0.05)
  })
}
