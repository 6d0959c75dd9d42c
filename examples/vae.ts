/**
 * A variational autoencoder: digits become codes of ten numbers and codes become digits, even codes that no digit had.
 *
 *     npx jiti examples/vae.ts
 */
import { createTrainer, network } from '../generated/vae.ts'
import { createModel } from '../generated/vae-decoder.ts'
import { drawDigits } from './digits/draw.ts'
import { drawGroups } from './digits/groups.ts'
import { scanDigits } from './digits/scan.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

const pixels = network.output.image[0]
const codeSize = network.output.mu[0]
const random = createRandom(0)
const train = scanDigits(drawDigits(4000, random)).pixels
const test = scanDigits(drawDigits(1000, random)).pixels

const trainer = createTrainer()

/** The loss with a code drawn for each digit, as in training. `trainer.loss` would take μ, the mean of the codes. */
function bound(digits: Float32Array): string {
  const batch = network.batch * pixels
  let sum = 0
  for (let from = 0; from < digits.length; from += batch)
    sum += trainer.gradient(digits.subarray(from, from + batch), {})
  return ((sum * batch) / digits.length).toFixed(1)
}

console.log(`before training: ${bound(test)} nats a new digit`)
for (const { epoch, loss, metrics } of trainer.epochs(train, {})) {
  if ((epoch + 1) % 5 > 0) continue
  const parts = `${loss.toFixed(1)} nats a digit, ${metrics.divergence.toFixed(1)} of them for its code`
  console.log(`epoch ${epoch + 1}, ${parts}; ${bound(test)} nats a new digit`)
}

/** How many pixels of the new digits an image has on the wrong side of ½. */
function pixelError(image: Float32Array): string {
  const wrong = image.filter((black, i) => black > 0.5 !== test[i]! > 0.5).length
  return `${((100 * wrong) / image.length).toFixed(1)} %`
}

const { image, mu } = trainer.predict(test)
console.log(`wrong pixels of new digits: ${pixelError(image)}, of blank paper: ${pixelError(image.map(() => 0))}`)

// What needs the decoder alone takes its weights from the trainer's file, where they have longer names.
const decoder = createModel()
decoder.load(trainer.save(), { rename: { 'decoder.linear0.': 'linear0.', 'decoder.linear1.': 'linear1.' } })

const digits = (all: Float32Array, from: number, count = 10) => all.subarray(from * pixels, (from + count) * pixels)
const invented = decoder.predict(Float32Array.from({ length: 30 * codeSize }, random.normal))

/** Digits of ten codes on the straight line from one new digit's code to another's. */
const between = (from: number, to: number) =>
  decoder.predict(
    Float32Array.from({ length: 10 * codeSize }, (_, i) => {
      const [step, at] = [Math.floor(i / codeSize) / 9, i % codeSize]
      return (1 - step) * mu[from * codeSize + at]! + step * mu[to * codeSize + at]!
    }),
  )

saveDrawing(
  'vae.svg',
  drawGroups('Digits as codes of ten numbers', [
    { heading: 'New digits, and what their codes say of them', rows: [digits(test, 0), digits(image, 0)] },
    { heading: 'Digits of random codes', rows: [0, 10, 20].map((from) => digits(invented, from)) },
    { heading: 'From one digit to another', rows: [between(2, 3), between(6, 8)] },
  ]),
)
