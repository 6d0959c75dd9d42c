import { expect, test } from 'vitest'
import { emitModule } from '../../src/emit/emit.ts'
import { wasmRegression } from '../emit/wasmRegression.ts'
import { chromium, headless, isChromiumMissing } from '../support/browser.ts'
import { bundle } from '../support/emitted.ts'
import { answering, inBrowser } from '../support/page.ts'

/** Chromium gives a page 125 memories; all models are trained while all of them live. */
const program = `
import { createTrainer } from 'regression'
const x = [1, 2, 3, 4]
const y = [3, 5]
const trainers = Array.from({ length: 5_000 }, (_, seed) => createTrainer({ seed }))
for (const trainer of trainers) trainer.fit(x, y, { epochs: 2 })
const predictions = trainers.map((trainer) => trainer.predict(x)[0])
const alone = [0, 77, 2_500, 4_999].map((seed) => {
  const trainer = createTrainer({ seed })
  trainer.fit(x, y, { epochs: 2 })
  return trainer.predict(x)[0] === predictions[seed]
})
const memories = new Set(trainers.map(({ parameters }) => parameters['linear0.weight'].buffer)).size
${answering('{ distinct: new Set(predictions).size, alone, memories }')}
`

test.skipIf(isChromiumMissing)(
  `5,000 models live in a page, if there is ${chromium}`,
  async () => {
    const { text } = await emitModule(wasmRegression())
    const answer = await inBrowser(await bundle({ regression: text }, program, 'iife'), chromium, headless)
    expect(answer).toEqual({ distinct: 5_000, alone: [true, true, true, true], memories: expect.any(Number) })
    expect((answer as { memories: number }).memories).toBeLessThan(20)
  },
  120_000,
)
