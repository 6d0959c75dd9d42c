import brain from 'brain.js'
import { denseLayers, Unsupported, type Prepare } from './contract.ts'

/** brain.js's NeuralNetwork as far as it is used; its own types leave out what sets the weights. */
interface Network {
  sizes: number[]
  trainOpts: { learningRate: number; momentum: number }
  initialize(): void
  weights: number[][][]
  biases: number[][]
  trainPattern(value: { input: Float32Array; output: Float32Array }, logErrorRate: true): number
}

/**
 * brain.js takes one sample at a time, has one activation for all layers (the last included) and the squared error only,
 * and its momentum spares the biases. It descends ½ e², so its learning rate is twice the mean squared error's.
 */
export const prepare: Prepare = (problem) => {
  if (problem.batch > 1) throw new Unsupported('takes one sample at a time')
  const layers = denseLayers(problem)
  const [activation, ...others] = new Set(layers.map((layer) => layer.activation))
  if (others.length > 0 || activation !== 'tanh') throw new Unsupported('has one activation for all layers')
  if (problem.loss !== 'mse' || layers.at(-1)!.bias.values.length > 1)
    throw new Unsupported('has the squared error of one output only')
  if (problem.momentum > 0) throw new Unsupported('has no momentum for biases')
  const network = new brain.NeuralNetwork({ activation }) as unknown as Network
  // Set past the options' check, which takes no momentum of 0.
  network.trainOpts = { learningRate: 2 * problem.learningRate, momentum: problem.momentum }
  network.sizes = [layers[0]!.weight.shape[1]!, ...layers.map(({ bias }) => bias.values.length)]
  network.initialize()
  for (const [k, { weight, bias }] of layers.entries()) {
    const width = weight.shape[1]!
    network.weights[k + 1] = Array.from(bias.values, (_, o) =>
      Array.from(weight.values.subarray(o * width, (o + 1) * width)),
    )
    network.biases[k + 1] = Array.from(bias.values)
  }
  const samples = problem.batches.map(({ x, y }) => ({ input: x, output: y! }))
  return { step: (index) => network.trainPattern(samples[index]!, true) }
}
