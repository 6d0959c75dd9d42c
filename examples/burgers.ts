/**
 * Burgers' equation, solved by a network that has never seen its solution: a wave that steepens until friction stops it.
 *
 *     npx jiti examples/burgers.ts
 */
import { createTrainer } from '../generated/burgers.ts'
import { exactBurgers } from './burgers/exact.ts'
import { evenly, relativeError } from './shared/numbers.ts'
import { drawPlot, type Series } from './shared/plot.ts'
import { createRandom } from './shared/random.ts'
import { saveDrawing } from './shared/svg.ts'

// The spec's ν.
const viscosity = 0.02

// Where the equation is to hold: points of -1 ≤ x ≤ 1, 0 ≤ t ≤ 1.
const random = createRandom(0)
const x = Float32Array.from({ length: 10_000 }, () => 2 * random.uniform() - 1)
const t = Float32Array.from(x, random.uniform)

// Where the solution is compared with the exact one.
const places = evenly(-1, 1, 201)
const times = [0.25, 0.5, 0.75, 1]

const trainer = createTrainer()
const learned = (time: number) => trainer.predict({ x: places, t: places.map(() => time) })
const exact = (time: number) => places.map((place) => exactBurgers(viscosity, place, time))
const error = (at: readonly number[]) =>
  relativeError(
    at.flatMap((time) => Array.from(learned(time))),
    at.flatMap(exact),
  ).toExponential(1)

for (const { epoch, loss } of trainer.epochs({ x, t }, {}))
  if (epoch % 50 === 49)
    console.log(`epoch ${epoch + 1}, squared residual ${loss.toExponential(1)}, relative error ${error(times)}`)

for (const time of times) console.log(`t = ${time.toFixed(2)}: relative error ${error([time])}`)

saveDrawing(
  'burgers.svg',
  drawPlot("Burgers' equation: learned, and the exact solution dotted", 'x', 'u', [
    ...times.map((time, i): Series => ({ role: `curve curve${i}`, x: places, y: learned(time), label: `t = ${time}` })),
    ...times.map((time): Series => ({ role: 'exact', x: places, y: exact(time) })),
  ]),
)
