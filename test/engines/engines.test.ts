import { expect, test } from 'vitest'
import { chromium, headless, isChromiumMissing } from '../support/browser.ts'
import { kinds, nameOf } from './networks.ts'
import { inPage, inRuntime, type Fingerprints } from './run.ts'

/*
 * With `math: portable` a thousand steps leave the same bits in every engine. What they leave is written down, so that machines agree too;
 * `npx jiti test/engines/others.ts` asks further engines.
 */

const written = 'fingerprints.txt'

const lines = (found: Fingerprints) => kinds.map((kind) => `${nameOf(kind)}: ${found[nameOf(kind)]}\n`).join('')

test('in Node', async () => {
  const found = await inRuntime(process.execPath)
  await expect(lines(found)).toMatchFileSnapshot(written)
  for (const { network } of kinds) expect(found[`${network} f64 wasm`]).toBe(found[`${network} f64 typescript`])
}, 120_000)

test.skipIf(isChromiumMissing)(
  `in a page, if there is ${chromium}`,
  async () => {
    const found = await inPage(chromium, headless)
    await expect(lines(found)).toMatchFileSnapshot(written)
  },
  120_000,
)
