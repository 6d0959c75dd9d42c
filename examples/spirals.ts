/**
 * Three interleaved spirals, told apart: classification with a validation set, and the regions it learned as a drawing.
 *
 *     npx jiti examples/spirals.ts
 */
import { createTrainer, network } from '../generated/spirals.ts'
import { largestOf, percentRight } from './shared/classify.ts'
import { createRandom } from './shared/random.ts'
import { drawRegions, regionGrid, type Labelled } from './shared/regions.ts'
import { saveDrawing } from './shared/svg.ts'

const classes = network.output[0]
const random = createRandom(0)
const train = sampleSpirals(100)
const test = sampleSpirals(50)

/** `count` points on each arm, with a little noise across it; one turn, from the middle out to radius 1. */
function sampleSpirals(count: number): Labelled {
  const points: number[] = []
  const labels: number[] = []
  for (let i = 0; i < count * classes; i++) {
    const arm = i % classes
    const radius = Math.sqrt(random.uniform())
    const angle = 2 * Math.PI * (arm / classes + radius)
    points.push(radius * Math.cos(angle) + 0.03 * random.normal(), radius * Math.sin(angle) + 0.03 * random.normal())
    labels.push(arm)
  }
  return { points, labels }
}

const trainer = createTrainer()
const classify = (points: ArrayLike<number>) => largestOf(trainer.predict(points), classes)
const accuracy = ({ points, labels }: Labelled) => percentRight(classify(points), labels)

for (const report of trainer.epochs(train.points, train.labels, { validation: { x: test.points, y: test.labels } })) {
  const epoch = report.epoch + 1
  if (epoch % 20 > 0) continue
  const [loss, validation] = [report.loss.toFixed(4), report.validationLoss!.toFixed(4)]
  console.log(`epoch ${String(epoch).padStart(3)}, loss ${loss}, on new points ${validation}`)
}
console.log(`right: ${accuracy(train)} of the training points, ${accuracy(test)} of new ones`)

const limit = 1.1
const regions = { classes: classify(regionGrid(limit)), names: ['first arm', 'second arm', 'third arm'] }
saveDrawing('spirals.svg', drawRegions('Three spirals: points, and what others are taken for', limit, regions, train))
