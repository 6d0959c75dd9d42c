import * as tf from '@tensorflow/tfjs'
import { lookUp, magnitude, mapValues, typedBatches, Unsupported, type Prepare } from './contract.ts'
import { networksOf, sequence, type Apply, type Networks, type Words } from './sequence.ts'

type Layer = Apply<tf.Tensor, tf.Variable>
type Tensors = Record<string, tf.Tensor>
type Three = [tf.Tensor, tf.Tensor, tf.Tensor]

/** Images stand as [batch, height, width, channels]; the order of PyTorch returns where they are flattened. */
const words: Words<tf.Tensor, tf.Variable> = {
  relu: () => (h) => tf.relu(h),
  tanh: () => (h) => tf.tanh(h),
  linear: () => (h, next) => affine(h, next(), next()),
  flatten: () => (h) => tf.reshape(tf.transpose(h, [0, 3, 1, 2]), [h.shape[0]!, -1]),
  conv2d: () => convolution(),
  maxPool2d:
    ({ argument: size }) =>
    (h) =>
      tf.maxPool(h as tf.Tensor4D, size!, size!, 'valid'),
  layerNorm: () => (h, next) => {
    const { mean, variance } = tf.moments(h, -1, true)
    const normed = tf.mul(tf.sub(h, mean), tf.rsqrt(tf.add(variance, 1e-5)))
    return tf.add(tf.mul(normed, next()), next())
  },
  attention: ({ argument: heads }) => attention(heads!),
  lstm: () => lstm,
  residual({ layers }) {
    const inner = sequence(layers!, words)
    return (h, next) => tf.add(inner(h, next), h)
  },
}

/** x Ωᵀ + β along the last axis: one product of matrices, however many axes x has. */
function affine(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const [units, features] = weight.shape as [number, number]
  const product = tf.matMul(tf.reshape(x, [-1, features]) as tf.Tensor2D, weight as tf.Tensor2D, false, true)
  return tf.reshape(tf.add(product, bias), [...x.shape.slice(0, -1), units])
}

/** At stride 1, unpadded; weight [out, in, height, width]. */
function convolution(): Layer {
  if (!tf.getKernel('Conv2DBackpropFilter', tf.getBackend())) throw new Unsupported('has no gradient of conv2d')
  return (h, next) => {
    const weight = tf.transpose(next() as tf.Tensor4D, [2, 3, 1, 0])
    return tf.add(tf.conv2d(h as tf.Tensor4D, weight, 1, 'valid'), next())
  }
}

/** torch.nn.MultiheadAttention on [batch, time, features], all heads in one product. */
function attention(heads: number): Layer {
  return (h, next) => {
    const [batch, time, features] = h.shape as [number, number, number]
    const size = features / heads
    const [q, k, v] = tf
      .split(affine(h, next(), next()), 3, -1)
      .map((part) => tf.transpose(tf.reshape(part, [batch, time, heads, size]), [0, 2, 1, 3])) as Three
    const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size)))
    const heard = tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3])
    return affine(tf.reshape(heard, [batch, time, features]), next(), next())
  }
}

/**
 * torch.nn.LSTM on [batch, time, features], its last state. By hand, with the inputs of all times in one product: faster
 * than tf.layers.lstm on WebAssembly.
 */
const lstm: Layer = (h, next) => {
  const [inputs, recurrent, inputBias, recurrentBias] = [next(), next(), next(), next()]
  const units = recurrent.shape[1]!
  const fed = tf.unstack(affine(h, inputs, tf.add(inputBias, recurrentBias)), 1)
  let [state, cell]: tf.Tensor[] = [tf.zeros([h.shape[0]!, units]), tf.zeros([h.shape[0]!, units])]
  for (const x of fed) {
    const gates = tf.add(x, tf.matMul(state as tf.Tensor2D, recurrent as tf.Tensor2D, false, true))
    const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
    cell = tf.add(tf.mul(tf.sigmoid(f), cell!), tf.mul(tf.sigmoid(i), tf.tanh(g)))
    state = tf.mul(tf.sigmoid(o), tf.tanh(cell))
  }
  return state!
}

/** The mean loss of a batch. */
type Loss = (networks: Networks<tf.Tensor>, tensors: Tensors) => tf.Scalar

const losses: Record<string, Loss> = {
  mse: ({ network }, { x, y }) => tf.mean(tf.squaredDifference(network!(x!), y!)),
  crossEntropy({ network }, { x, y }) {
    const prediction = network!(x!)
    const target = tf.cast(tf.oneHot(tf.reshape(y!, [-1]), prediction.shape.at(-1)!), 'float32')
    return tf.losses.softmaxCrossEntropy(target, tf.reshape(prediction, target.shape))
  },
  burgers() {
    // What a kernel keeps for its derivative counts as constant in the next one.
    throw new Unsupported('has no second derivative of tanh')
  },
  negativeElbo({ encoder, decoder }, { x, noise }) {
    const [mean, logVariance] = tf.split(encoder!(x!), 2, -1) as [tf.Tensor, tf.Tensor]
    const code = tf.add(mean, tf.mul(tf.exp(tf.div(logVariance, 2)), noise!))
    const reconstruction = tf.sum(tf.squaredDifference(decoder!(code), x!))
    const divergence = tf.sum(tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), 1), logVariance))
    return tf.div(tf.add(reconstruction, divergence), 2 * x!.shape[0]!)
  },
}

/** @param backend of TensorFlow.js, registered before */
export function prepareOn(backend: string): Prepare {
  return async (problem) => {
    tf.enableProdMode()
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`)
    const loss = lookUp(losses, problem.loss)
    const variables = mapValues(problem.networks, ({ parameters }) =>
      parameters.map(({ name, shape, values }) => tf.variable(tf.tensor(values, shape), true, name)),
    )
    const networks = networksOf(problem, words, (name) => variables[name]!)
    const batches = typedBatches(problem)
    const given = (index: number, name: string) => {
      const shape = problem.shapes[name]!
      const tensor = tf.tensor(batches[index]![name]!, [problem.batch, ...shape])
      return shape.length === 3 ? tf.transpose(tensor, [0, 2, 3, 1]) : tensor
    }
    if (problem.task === 'predict') {
      const predict = (index: number) => networks.network!(given(index, 'x')).dataSync()
      return { step: (index) => tf.tidy(() => magnitude(predict(index))) }
    }
    const optimizer = tf.train.momentum(problem.learningRate, problem.momentum)
    const trained = Object.values(variables).flat()
    return {
      step: (index) =>
        tf.tidy(() => {
          const tensors = {
            ...mapValues(problem.shapes, (_, name) => given(index, name)),
            ...mapValues(problem.drawn, (shape) => tf.randomNormal([problem.batch, ...shape])),
          }
          return optimizer.minimize(() => loss(networks, tensors), true, trained)!.dataSync()[0]!
        }),
    }
  }
}
