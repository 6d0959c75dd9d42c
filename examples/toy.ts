/**
 * The toy of the book: derivatives that a compiler worked out, checked against differences of the loss.
 *
 *     npx jiti examples/toy.ts
 */
import { createTrainer, network, type Vector } from '../generated/toy.ts'

const x = [2.3]
const y = [2]
const trainer = createTrainer({
  parameters: {
    ...{ beta0: [1], beta1: [2], beta2: [-3], beta3: [0.4] },
    ...{ omega0: [0.1], omega1: [-0.4], omega2: [2], omega3: [3] },
  },
})

/** (ℓ(p + ε) - ℓ(p - ε)) / 2ε */
function centralDifference(parameter: Vector, epsilon = 1e-5): number {
  const value = parameter[0]!
  parameter[0] = value + epsilon
  const above = trainer.loss(x, y)
  parameter[0] = value - epsilon
  const below = trainer.loss(x, y)
  parameter[0] = value
  return (above - below) / (2 * epsilon)
}

trainer.gradient(x, y)
console.log('parameter   derivative   by differences')
for (const { name } of network.parameters) {
  const derivative = trainer.gradients[name][0]!
  const difference = centralDifference(trainer.parameters[name])
  console.log(`${name.padEnd(9)} ${derivative.toFixed(6).padStart(12)} ${difference.toFixed(6).padStart(16)}`)
}

const before = trainer.loss(x, y)
for (let step = 0; step < 100; step++) trainer.step(x, y)
console.log(`\nloss ${before.toFixed(6)}, after 100 steps ${trainer.loss(x, y).toExponential(1)}`)
