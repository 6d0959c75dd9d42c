/**
 * Do two drawings show the same digit? A Siamese network learns it from pairs, and then tells pairs of digits that it never saw.
 *
 *     npx jiti examples/siamese.ts
 */
import { createTrainer, network } from '../generated/siamese.ts'
import { drawDigits, side, type Drawings } from './digits/draw.ts'
import { scanDigits } from './digits/scan.ts'
import { percentRight } from './shared/classify.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'
import { drawMap } from './shared/map.ts'

const seenDigits = 7
const random = createRandom(0)
const drawn = scanDigits(drawDigits(4000, random))
const fresh = scanDigits(drawDigits(3000, random))
const train = select(drawn, (label) => label < seenDigits)
const known = select(fresh, (label) => label < seenDigits)
const unknown = select(fresh, (label) => label >= seenDigits)

function select(drawings: Drawings, isWanted: (label: number) => boolean): Drawings {
  return pick(
    drawings,
    Array.from(drawings.labels.keys()).filter((i) => isWanted(drawings.labels[i]!)),
  )
}

/** The drawings of those numbers. */
function pick({ pixels, labels }: Drawings, numbers: readonly number[]): Drawings {
  const size = side * side
  const picked = new Float32Array(numbers.length * size)
  numbers.forEach((number, i) => picked.set(pixels.subarray(number * size, (number + 1) * size), i * size))
  return { pixels: picked, labels: numbers.map((number) => labels[number]!) }
}

/** Each drawing beside another one: by turns of the same digit and of a different one. */
function pairUp(drawings: Drawings) {
  const { pixels, labels } = drawings
  const same = labels.map(() => Number(random.uniform() < 0.5))
  const partners = labels.map((label, i) => {
    for (;;) {
      const other = Math.floor(labels.length * random.uniform())
      if (other !== i && Number(labels[other] === label) === same[i]) return other
    }
  })
  return { pair: { left: pixels, right: pick(drawings, partners).pixels }, same }
}

const trainer = createTrainer()
const embed = (pixels: Float32Array) => trainer.predict({ left: pixels })

/** Two drawings closer than half the margin are taken for the same digit. */
function accuracy(drawings: Drawings): string {
  const { pair, same } = pairUp(drawings)
  const [a, b] = [embed(pair.left), embed(pair.right)]
  const guesses = same.map((_, i) => Number(Math.hypot(a[2 * i]! - b[2 * i]!, a[2 * i + 1]! - b[2 * i + 1]!) < 0.5))
  return percentRight(guesses, same)
}

while (trainer.epoch < network.epochs) {
  // New pairs in each epoch.
  const { pair, same } = pairUp(train)
  const [report] = trainer.fit(pair, same, { epochs: 1 })
  console.log(`epoch ${trainer.epoch}, loss ${report!.loss.toFixed(4)}`)
}
console.log(`right: ${accuracy(known)} of the pairs of digits 0 to 6, ${accuracy(unknown)} of 7 to 9, never seen`)

const sample = (drawings: Drawings) => {
  const { pixels, labels } = pick(
    drawings,
    Array.from({ length: 300 }, (_, i) => i),
  )
  return { places: embed(pixels), labels }
}
saveDrawing(
  'siamese.svg',
  drawMap('Alike is near', [
    { heading: 'New drawings of digits that were learned', ...sample(known) },
    { heading: 'Digits that were never seen', ...sample(unknown) },
  ]),
)
