import { largestOf, percentRight } from '../shared/classify.ts'
import { createRandom } from '../shared/random.ts'
import { alphabet, encode, known, stretches, unigramEntropy, unknown, type Stretches } from './text.ts'

/** What of a trainer is used, whatever the network between the characters and the logits. */
interface Learner {
  epochs(
    x: ArrayLike<number>,
    y: ArrayLike<number>,
    options: { readonly validation: Stretches },
  ): Iterable<{ readonly epoch: number; readonly loss: number; readonly validationLoss?: number }>
  predict(x: ArrayLike<number>): Float32Array
}

// Below 1, what is likely becomes more so.
const temperature = 0.7

/**
 * Trains on all verses but the last, says what that and the others cost, and goes on from a verse's first words.
 * @param output the shape of the logits: [time, characters of the alphabet].
 */
export function learnRhyme(trainer: Learner, [time, classes]: readonly [number, number]): void {
  const train = stretches(known, time)
  const test = stretches(unknown, time)
  const bits = (nats: number) => (nats / Math.LN2).toFixed(3)
  console.log(`without looking back: ${unigramEntropy(known).toFixed(3)} bits a character`)
  for (const { epoch, loss, validationLoss } of trainer.epochs(train.x, train.y, { validation: test }))
    console.log(`epoch ${epoch + 1}, ${bits(loss)} bits a character, ${bits(validationLoss!)} in the new verse`)

  const accuracy = ({ x, y }: Stretches) => percentRight(largestOf(trainer.predict(x), classes), y)
  console.log(`right: ${accuracy(train)} of the characters, ${accuracy(test)} in the new verse`)
  console.log(`\n${continued('This is the ', 400)}`)

  /** The text and what the model goes on with, a character at a time. */
  function continued(text: string, length: number): string {
    const random = createRandom(0)
    let written = text
    while (written.length < length) {
      const recent = encode(written.slice(-time))
      // No time hears a later one, so what fills the rest makes no difference.
      const logits = trainer.predict([...recent, ...Array<number>(time - recent.length).fill(0)])
      const next = logits.subarray((recent.length - 1) * classes, recent.length * classes)
      written += alphabet[drawn(next, random.uniform())]
    }
    return written
  }
}

/** A class with the probability softmax(logits / temperature): the class below which the share `uniform`, in [0, 1), lies. */
function drawn(logits: Float32Array, uniform: number): number {
  const largest = Math.max(...logits)
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature))
  let left = uniform * weights.reduce((sum, weight) => sum + weight)
  return weights.findIndex((weight) => (left -= weight) < 0)
}
