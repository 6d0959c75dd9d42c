/**
 * A generative adversarial network: points that nobody drew, forged by one network until another one takes them for real.
 *
 *     npx jiti examples/gan.ts
 */
import { createTrainer, network } from '../generated/gan.ts'
import { drawRing, sharesOf } from './gan/ring.ts'
import { drawMap } from './shared/map.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

const { batch, epochs } = network
const steps = 50

const random = createRandom(0)
const drawReal = (count: number = batch) => drawRing(count, random)
const drawNoise = (count: number = batch) =>
  Float32Array.from({ length: count * network.input.noise[0] }, random.normal)

const trainer = createTrainer()

/** How many points are near a mode, and whether each mode has its share of them. */
function judge(points: Float32Array): string {
  const shares = sharesOf(points)
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const near = shares.reduce((sum, share) => sum + share)
  return `${percent(near)} near a mode, ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))} at each of them`
}

const forge = (count: number) => trainer.predict({ noise: drawNoise(count) })
console.log(`real points: ${judge(drawReal(4000))}`)
console.log(`forged before training: ${judge(forge(4000))}`)

while (trainer.epoch < epochs) {
  let [critic, forger] = [0, 0]
  for (let step = 0; step < steps; step++) {
    critic += trainer.step({ real: drawReal(), noise: drawNoise() }, {}, 'critic') / steps
    // The forger's loss has no real points in it, so none are given.
    forger += trainer.step({ noise: drawNoise() }, {}, 'forger') / steps
  }
  trainer.nextEpoch()
  if (trainer.epoch % 20 === 0)
    console.log(`epoch ${trainer.epoch}, loss of the critic ${critic.toFixed(3)}, of the forger ${forger.toFixed(3)}`)
}
console.log(`forged after training: ${judge(forge(4000))}`)

saveDrawing(
  'gan.svg',
  drawMap('Points of eight normal distributions', [
    { heading: 'Real', places: drawReal(1000) },
    { heading: 'Forged', places: forge(1000) },
  ]),
)
