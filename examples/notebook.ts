/**
 * The notebook's program: a network learns 100 random points by heart. What it tells of an epoch is the sum of the losses of its ten batches.
 *
 *     npx jiti examples/notebook.ts
 */
import { plot } from 'asciichart'
import { createTrainer, network } from '../generated/notebook.ts'
import { drawPlot } from './shared/plot.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

const points = 100
const batches = points / network.batch
const random = createRandom(0)
const x = Float32Array.from({ length: points * network.input[0] }, random.normal)
const y = Float32Array.from({ length: points * network.output[0] }, random.normal)

const trainer = createTrainer({ seed: 0 })
const losses: number[] = []
console.log(`The loss of an epoch is the sum over its ${batches} batches, as the notebook has it.\n`)
for (const { epoch, loss } of trainer.epochs(x, y)) {
  // A report has the mean over the samples.
  const sum = loss * batches
  losses.push(sum)
  if (epoch % 10 === 0 || epoch === network.epochs - 1)
    console.log(`Epoch ${String(epoch).padStart(5)}, loss ${sum.toFixed(3)}`)
}

console.log(
  `\nLoss by epoch, every second one\n${plot(
    losses.filter((_, epoch) => epoch % 2 === 0),
    { height: 12 },
  )}\n`,
)
const last = `${losses.at(-1)!.toFixed(3)} after ${network.epochs} epochs`
const curve = { role: 'curve', x: [...losses.keys()], y: losses, last }
saveDrawing(
  'notebook.svg',
  drawPlot('10-40-40-5 learns 100 random points', 'epoch', `loss, the sum over ${batches} batches`, [curve]),
)
