import { defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import { lookUp, magnitude, typedBatches, type Prepare } from './contract.ts'
import { inOrder, sequence, type Apply, type Words } from './sequence.ts'

type Pair = [loss: np.Array, gradients: np.Array[]]

/** An array is spent where it is used, except as `.ref`. */
const words: Words<np.Array, np.Array> = {
  relu: () => (h) => nn.relu(h),
  tanh: () => (h) => np.tanh(h),
  linear: () => (h, next) => affine(h, next(), next()),
  flatten: () => (h) => h.reshape([h.shape[0]!, -1]),
  // At stride 1, unpadded.
  conv2d: () => (h, next) => lax.conv(h, next(), [1, 1], 'VALID').add(next().reshape([-1, 1, 1])),
  maxPool2d:
    ({ argument: size }) =>
    (h) =>
      lax.reduceWindow(h, np.max, [size!, size!], [size!, size!]),
  layerNorm: () => (h, next) => nn.standardize(h, -1, { epsilon: 1e-5 }).mul(next()).add(next()),
  attention: ({ argument: heads }) => attention(heads!),
  lstm: () => lstm,
  residual({ layers }) {
    const inner = sequence(layers!, words)
    return (h, next) => inner(h.ref, next).add(h)
  },
}

/** x Ωᵀ + β along the last axis. */
function affine(x: np.Array, weight: np.Array, bias: np.Array): np.Array {
  return np.matmul(x, weight.transpose()).add(bias)
}

/** torch.nn.MultiheadAttention on [batch, time, features]. By hand: nn.dotProductAttention needs a newer Node.js. */
function attention(heads: number): Apply<np.Array, np.Array> {
  return (h, next) => {
    const [batch, time, features] = h.shape as [number, number, number]
    const size = features / heads
    const projected = affine(h, next(), next())
    const [q, k, v] = np
      .split(projected, 3, -1)
      .map((part) => part.reshape([batch, time, heads, size]).transpose([0, 2, 1, 3])) as [np.Array, np.Array, np.Array]
    const weights = nn.softmax(np.matmul(q, k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(size)))
    const heard = np.matmul(weights, v).transpose([0, 2, 1, 3])
    return affine(heard.reshape([batch, time, features]), next(), next())
  }
}

/** torch.nn.LSTM on [batch, time, features], its last state: unrolled, with the inputs of all times in one product. */
const lstm: Apply<np.Array, np.Array> = (h, next) => {
  const [batch, time] = h.shape as [number, number]
  const [inputs, recurrent, inputBias, recurrentBias] = [next(), next(), next(), next()]
  const units = recurrent.shape[1]!
  // Times first, so that each lies in one piece.
  const fed = np.split(affine(h.transpose([1, 0, 2]), inputs, inputBias.add(recurrentBias)), time)
  let [state, cell] = [np.zeros([batch, units]), np.zeros([batch, units])]
  for (const x of fed) {
    const gates = x.reshape([batch, 4 * units]).add(np.matmul(state, recurrent.ref.transpose()))
    const [i, f, g, o] = np.split(gates, 4, -1) as [np.Array, np.Array, np.Array, np.Array]
    cell = nn
      .sigmoid(f)
      .mul(cell)
      .add(nn.sigmoid(i).mul(np.tanh(g)))
    state = nn.sigmoid(o).mul(np.tanh(cell.ref))
  }
  recurrent.dispose()
  cell.dispose()
  return state
}

const losses: Record<string, (prediction: np.Array, target: np.Array) => np.Array> = {
  mse: (prediction, target) => np.square(prediction.sub(target)).mean(),
  crossEntropy(prediction, target) {
    const classes = nn.oneHot(target, prediction.shape.at(-1)!)
    return nn.logSoftmax(prediction).mul(classes).sum(-1).mean().neg()
  },
}

/** Everything in one jitted function, one-hot targets included, on the WebAssembly backend. */
export const prepare: Prepare = async (problem) => {
  await init('wasm')
  defaultDevice('wasm')
  const { learningRate, momentum } = problem
  const network = sequence(problem.layers, words)
  const inputShape = [problem.batch, ...problem.input]
  const batches = typedBatches(problem)
  let parameters = problem.parameters.map(({ shape, values }) => np.array(values, { shape }))
  if (problem.task === 'predict') {
    const predict = jit((variables: np.Array[], x: np.Array) => network(x, inOrder(variables))) as unknown as (
      p: np.Array[],
      x: np.Array,
    ) => np.Array
    return {
      step(index) {
        const x = np.array(batches[index]!.x, { shape: inputShape })
        return magnitude(
          predict(
            parameters.map((p) => p.ref),
            x,
          ).dataSync(),
        )
      },
    }
  }
  const loss = lookUp(losses, problem.loss)
  const objective = (parameters: np.Array[], x: np.Array, target: np.Array) =>
    loss(network(x, inOrder(parameters)), target)
  const train = jit((parameters: np.Array[], velocities: np.Array[], x: np.Array, target: np.Array) => {
    const copies = parameters.map((p) => p.ref)
    const [value, gradients] = valueAndGrad(objective)(copies, x, target) as Pair
    const moved = velocities.map((v, k) => v.mul(momentum).add(gradients[k]!))
    return [value, parameters.map((p, k) => p.sub(moved[k]!.ref.mul(learningRate))), moved] as const
  }) as unknown as (p: np.Array[], v: np.Array[], x: np.Array, y: np.Array) => [np.Array, np.Array[], np.Array[]]

  const targetShape = [problem.batch, ...problem.target]
  let velocities = problem.parameters.map(({ shape }) => np.zeros(shape))
  return {
    step(index) {
      const { x, y } = batches[index]!
      const [value, ...next] = train(
        parameters,
        velocities,
        np.array(x, { shape: inputShape }),
        np.array(y, { shape: targetShape }),
      )
      ;[parameters, velocities] = next
      return value.dataSync()[0]!
    },
  }
}
