import { expect, test } from 'vitest'
import { killTrainings } from '../nightly/killingTrainings.ts'

/* A small part of `test/nightly/trainingKills.ts`. */

test.each(['typescript', 'wasm'])(
  'a training program, killed three times and started again, ends as if it never was: %s',
  async (target) => {
    const { killed, wrong, different } = await killTrainings(target, 3, 7)
    expect([killed, wrong, different]).toEqual([3, 0, 0])
  },
  120_000,
)
