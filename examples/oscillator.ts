/**
 * A spring's frequency and its damping, found from a few noisy measurements: the law of motion is part of the loss, and its constants
 * are parameters. So the network knows, too, how the motion goes on where nobody has measured.
 *
 *     npx jiti examples/oscillator.ts
 */
import { createTrainer } from '../generated/oscillator.ts'
import { evenly, relativeError } from './shared/numbers.ts'
import { drawPlot } from './shared/plot.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

// The truth, which only the measurements are made of.
const omega = 4
const gamma = 0.3
const duration = 6

/** The motion from u = 1 at rest: u'' + 2 γ u' + ω² u = 0. */
function exact(t: number): number {
  const frequency = Math.sqrt(omega ** 2 - gamma ** 2)
  return Math.exp(-gamma * t) * (Math.cos(frequency * t) + (gamma / frequency) * Math.sin(frequency * t))
}

// Measurements in the first half; the equation is to hold there and at even times in both.
const random = createRandom(0)
const measuredTimes = Array.from({ length: 24 }, () => (duration / 2) * random.uniform())
const measured = measuredTimes.map((t) => exact(t) + 0.05 * random.normal())
const evenTimes = evenly(0, duration, 96)
const x = {
  t: [...measuredTimes, ...evenTimes],
  observed: [...measuredTimes.map(() => 1), ...evenTimes.map(() => 0)],
}
const y = [...measured, ...evenTimes.map(() => 0)]

const trainer = createTrainer()
const { omega: foundOmega, gamma: foundGamma } = trainer.parameters
for (const { epoch } of trainer.epochs(x, y))
  if (epoch % 1000 === 999)
    console.log(`epoch ${epoch + 1}, omega ${foundOmega[0]!.toFixed(3)}, gamma ${foundGamma[0]!.toFixed(3)}`)
console.log(`in truth, omega ${omega.toFixed(3)}, gamma ${gamma.toFixed(3)}`)

const times = evenly(0, duration, 301)
const learned = trainer.predict({ t: times })
const half = Math.ceil(times.length / 2)
const truth = times.map(exact)
const error = (from: number, to?: number) =>
  `${(100 * relativeError(learned.subarray(from, to), truth.slice(from, to))).toFixed(1)} %`
console.log(`relative error: ${error(0, half)} where it was measured, ${error(half)} after that`)

saveDrawing(
  'oscillator.svg',
  drawPlot('A damped oscillation, measured in its first half', 't', 'u', [
    { role: 'curve', x: times, y: learned, label: 'learned' },
    { role: 'exact', x: times, y: truth, label: 'exact' },
    { role: 'point class1', x: measuredTimes, y: measured, label: 'measured' },
  ]),
)
