import { expect, test } from 'vitest'
import { createModel } from '../../generated/vae-decoder.ts'
import { createTrainer } from '../../generated/vae.ts'
import { drawDigits, side } from '../../examples/digits/draw.ts'
import { scanDigits } from '../../examples/digits/scan.ts'
import { createRandom } from '../../examples/shared/random.ts'

test("the decoder draws what its weights' autoencoder would", () => {
  const { pixels } = scanDigits(drawDigits(10, createRandom(1)))
  const trainer = createTrainer()
  trainer.step(pixels, {})
  const decoder = createModel()
  decoder.load(trainer.save(), { rename: { 'decoder.linear0.': 'linear0.', 'decoder.linear1.': 'linear1.' } })
  const { image, mu } = trainer.predict(pixels)
  decoder.predict(mu).forEach((black, i) => expect(black).toBeCloseTo(image[i]!, 5))
})

test('a scanned digit is black or white, in the middle of the paper', () => {
  const { pixels } = scanDigits(drawDigits(50, createRandom(2)))
  expect(new Set(pixels)).toEqual(new Set([0, 1]))
  for (let from = 0; from < pixels.length; from += side * side) {
    const ink = Array.from(pixels.subarray(from, from + side * side).keys()).filter((at) => pixels[from + at] === 1)
    const mean = (coordinate: (at: number) => number) => ink.reduce((sum, at) => sum + coordinate(at), 0) / ink.length
    expect(Math.abs(mean((at) => at % side) - 13.5)).toBeLessThan(1)
    expect(Math.abs(mean((at) => Math.floor(at / side)) - 13.5)).toBeLessThan(1)
  }
})
