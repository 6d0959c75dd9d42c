import * as tf from '@tensorflow/tfjs'
import { lookUp, typedBatches, type Prepare, type TypedBatch } from './contract.ts'

const words: Record<string, (x: tf.Tensor2D) => tf.Tensor2D> = {
  relu: tf.relu,
  tanh: tf.tanh,
}

/** target: [batch, output] for mse, one-hot for crossEntropy. */
const losses: Record<string, (prediction: tf.Tensor2D, target: tf.Tensor2D) => tf.Scalar> = {
  mse: (prediction, target) => tf.mean(tf.squaredDifference(prediction, target)),
  crossEntropy: (prediction, target) => tf.losses.softmaxCrossEntropy(target, prediction),
}

/** @param backend of TensorFlow.js, registered before */
export function prepareOn(backend: string): Prepare {
  return async (problem) => {
    tf.enableProdMode()
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`)
    const { input, output, batch: size } = problem
    const variables = problem.parameters.map(({ name, shape, values }) =>
      tf.variable(tf.tensor(values, shape), true, name),
    )
    const layers = problem.layers.map(({ word }) => (word === 'linear' ? undefined : lookUp(words, word)))
    const predict = (x: tf.Tensor2D) => {
      let h = x
      let next = 0
      for (const activation of layers) {
        if (activation) h = activation(h)
        else h = tf.add(tf.matMul(h, variables[next++] as tf.Tensor2D, false, true), variables[next++]!)
      }
      return h
    }
    const loss = lookUp(losses, problem.loss)
    const targets: Record<string, (y: TypedBatch['y']) => tf.Tensor2D> = {
      mse: (y) => tf.tensor2d(y, [size, output]),
      crossEntropy: (y) => tf.cast(tf.oneHot(tf.tensor1d(y, 'int32'), output), 'float32') as tf.Tensor2D,
    }
    const target = targets[problem.loss]!
    const batches = typedBatches(problem)
    const optimizer = tf.train.momentum(problem.learningRate, problem.momentum)
    return {
      step(index) {
        const batch = batches[index]!
        return tf.tidy(() => {
          const x = tf.tensor2d(batch.x, [size, input])
          const y = target(batch.y)
          return optimizer.minimize(() => loss(predict(x), y), true, variables)!.dataSync()[0]!
        })
      },
    }
  }
}
