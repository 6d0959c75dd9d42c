import { expect, test } from 'vitest'
import { killGenerates } from '../nightly/killing.ts'
import { command } from './tapeless.ts'

test('a command that is killed leaves whole files, and the next one puts all right', async () => {
  const { torn, mended, besides } = await killGenerates({ runs: 4, pairs: 1, seed: 1, command })
  expect({ torn, mended, besides }).toEqual({ torn: 0, mended: 5, besides: 1 })
}, 300_000)
