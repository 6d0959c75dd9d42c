/**
 * A chessboard's colours, learned by eight residual blocks without normalisation: from fixup's start values, and from heNormal's.
 *
 *     npx jiti examples/fixup.ts
 */
import { createTrainer, network, type Options } from '../generated/fixup.ts'
import { percentRight } from './shared/classify.ts'
import { createRandom } from './shared/random.ts'

interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

const random = createRandom(0)
const train = samplePoints(1000)
const test = samplePoints(1000)

/** Points of [-1, 1]², and 1 for those on a white field of a 4 by 4 chessboard. */
function samplePoints(count: number): Points {
  const x = Array.from({ length: 2 * count }, () => 2 * random.uniform() - 1)
  const field = (i: number) => Math.floor(2 * x[i]! + 2)
  return { x, y: Array.from({ length: count }, (_, i) => (field(2 * i) + field(2 * i + 1)) % 2) }
}

/** Every weight drawn with variance 2 / in: the branches add up, and each block about triples the variance. */
function heNormal(): NonNullable<Options['parameters']> {
  const weights = network.parameters.filter(({ shape }) => shape.length === 2)
  return Object.fromEntries(
    weights.map(({ name, shape: [units, inputs] }) => [
      name,
      Array.from({ length: units! * inputs! }, () => Math.sqrt(2 / inputs!) * random.normal()),
    ]),
  )
}

for (const [start, parameters] of Object.entries({ fixup: {}, heNormal: heNormal() })) {
  const trainer = createTrainer({ parameters })
  console.log(`${start}: loss ${trainer.loss(train.x, train.y).toFixed(4)} before training`)
  try {
    for (const { epoch, loss } of trainer.epochs(train.x, train.y))
      if ((epoch + 1) % 10 === 0) console.log(`epoch ${epoch + 1}, loss ${loss.toFixed(4)}`)
  } catch (error) {
    // A loss that isn't finite ends the training before its update.
    if (!(error instanceof RangeError)) throw error
    console.log(error.message)
  }

  // A logit over 0 says white.
  const guesses = Array.from(trainer.predict(test.x), (logit) => Number(logit > 0))
  console.log(`${start}: right at ${percentRight(guesses, test.y)} of new points\n`)
}
