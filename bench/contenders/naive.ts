import { activations, Dense, losses, trainStep } from '../naive/network.ts'
import { denseLayers, lookUp, typedBatches, type Prepare } from './contract.ts'

export const prepare: Prepare = (problem) => {
  const layers = denseLayers(problem).map(
    ({ weight, bias, activation }) =>
      new Dense(
        problem.batch,
        Float32Array.from(weight.values),
        Float32Array.from(bias.values),
        lookUp(activations, activation),
      ),
  )
  const loss = lookUp(losses, problem.loss)
  const batches = typedBatches(problem)
  return {
    step(index) {
      const { x, y } = batches[index]!
      return trainStep(layers, loss, x, y, problem.learningRate, problem.momentum)
    },
  }
}
