/**
 * Handwritten digits, more or less: a convolutional network reads what the example draws itself, from strokes, in hands that
 * differ.
 *
 *     npx jiti examples/digits.ts
 */
import { createTrainer, network } from '../generated/digits.ts'
import { drawDigits, side, type Drawings } from './digits/draw.ts'
import { drawSheet, textArt, type Captioned } from './digits/show.ts'
import { largestOf, percentRight } from './shared/classify.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

const random = createRandom(0)
const train = drawDigits(3000, random)
const test = drawDigits(1000, random)

const trainer = createTrainer()
const read = ({ pixels }: Drawings) => largestOf(trainer.predict(pixels), network.output[0])

for (const { epoch, loss } of trainer.epochs(train.pixels, train.labels))
  console.log(
    `epoch ${epoch + 1}, loss ${loss.toFixed(4)}, right on new digits: ${percentRight(read(test), test.labels)}`,
  )

const guesses = read(test)
const captioned = test.labels.map((label, i): Captioned => ({
  pixels: test.pixels.subarray(i * side * side, (i + 1) * side * side),
  caption: guesses[i] === label ? `${label}, read rightly` : `${label}, taken for ${guesses[i]}`,
}))
const mistaken = captioned.filter((_, i) => guesses[i] !== test.labels[i])

console.log(`\n${textArt(captioned.slice(2, 5))}\n\n${textArt(mistaken.slice(0, 3))}\n`)
console.log(
  `right: ${percentRight(read(train), train.labels)} of the training digits, ${percentRight(guesses, test.labels)} of new ones`,
)
saveDrawing('digits.svg', drawSheet('New digits that the network misread', mistaken.slice(0, 40)))
