import { activations, Dense, losses, trainStep } from '../naive/network.ts'
import { denseLayers, lookUp, magnitude, typedBatches, type Prepare } from './contract.ts'

export const prepare: Prepare = (problem) => {
  const loss = lookUp(losses, problem.loss)
  const batches = typedBatches(problem)
  const layers = denseLayers(problem).map(
    ({ weight, bias, activation }) =>
      new Dense(problem.batch, weight.values, bias.values, lookUp(activations, activation)),
  )
  if (problem.task === 'predict') {
    return {
      step: (index) => magnitude(layers.reduce<Float32Array>((h, layer) => layer.forward(h), batches[index]!.x)),
    }
  }
  return {
    step(index) {
      const { x, y } = batches[index]!
      return trainStep(layers, loss, x, y!, problem.learningRate, problem.momentum)
    },
  }
}
