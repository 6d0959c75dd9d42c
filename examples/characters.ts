/**
 * A small transformer learns a nursery rhyme, character by character, and goes on with it.
 *
 *     npx jiti examples/characters.ts
 */
import { createTrainer, network } from '../generated/characters.ts'
import { alphabet, encode, known, stretches, unigramEntropy, unknown } from './characters/text.ts'
import { largestOf, percentRight } from './shared/classify.ts'
import { createRandom } from './shared/random.ts'

const [time, classes] = network.output
const train = stretches(known, time, 1)
const test = stretches(unknown, time, 1)

const trainer = createTrainer()
// Below 1, what is likely becomes more so.
const temperature = 0.7

const bits = (nats: number) => (nats / Math.LN2).toFixed(3)

console.log(`without looking back: ${unigramEntropy(known).toFixed(3)} bits a character`)
for (const { epoch, loss, validationLoss } of trainer.fit(train.x, train.y, { validation: test })) {
  console.log(`epoch ${epoch + 1}, ${bits(loss)} bits a character, ${bits(validationLoss!)} in the new verse`)
}

const accuracy = ({ x, y }: typeof test) => percentRight(largestOf(trainer.predict(x), classes), y)
console.log(`right: ${accuracy(train)} of the characters, ${accuracy(test)} in the new verse`)
console.log(`\n${continued('This is the ', 400)}`)

/** The text and what the model goes on with, a character at a time. */
function continued(text: string, length: number): string {
  const random = createRandom(0)
  let written = text
  while (written.length < length) {
    const recent = encode(written.slice(-time))
    // A time hears none after it, so what fills the rest makes no difference.
    const logits = trainer.predict([...recent, ...Array<number>(time - recent.length).fill(0)])
    const next = logits.subarray((recent.length - 1) * classes, recent.length * classes)
    written += alphabet[drawn(next, random.uniform())]
  }
  return written
}

/** A class with the probability softmax(logits / temperature): the class below which the share `uniform`, in [0, 1), lies. */
function drawn(logits: Float32Array, uniform: number): number {
  const weights = Array.from(logits, (logit) => Math.exp((logit - Math.max(...logits)) / temperature))
  let left = uniform * weights.reduce((sum, weight) => sum + weight)
  return weights.findIndex((weight) => (left -= weight) < 0)
}
