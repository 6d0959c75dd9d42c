import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import { lookUp, typedBatches, type Prepare } from './contract.ts'

type Pair = [loss: np.Array, gradients: np.Array[]]

const words: Record<string, (x: np.Array) => np.Array> = {
  relu: nn.relu,
  tanh: np.tanh,
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
  const { input, output, batch, learningRate, momentum } = problem
  const layers = problem.layers.map(({ word }) => (word === 'linear' ? undefined : lookUp(words, word)))
  const loss = lookUp(losses, problem.loss)
  const objective = (parameters: np.Array[], x: np.Array, target: np.Array) => {
    let h = x
    let next = 0
    for (const activation of layers) {
      if (activation) h = activation(h)
      else h = np.matmul(h, parameters[next++]!.transpose()).add(parameters[next++]!)
    }
    return loss(h, target)
  }
  const train = jit((parameters: np.Array[], velocities: np.Array[], x: np.Array, target: np.Array) => {
    const copies = parameters.map((p) => p.ref)
    const [value, gradients] = valueAndGrad(objective)(copies, x, target) as Pair
    const moved = velocities.map((v, k) => v.mul(momentum).add(gradients[k]!))
    return [value, parameters.map((p, k) => p.sub(moved[k]!.ref.mul(learningRate))), moved] as const
  }) as unknown as (p: np.Array[], v: np.Array[], x: np.Array, y: np.Array) => [np.Array, np.Array[], np.Array[]]

  const targetShapes: Record<string, number[]> = { mse: [batch, output], crossEntropy: [batch] }
  const inputShape = [batch, input]
  const targetShape = targetShapes[problem.loss]!
  const batches = typedBatches(problem)
  let parameters = problem.parameters.map(({ shape, values }) => np.array(Float32Array.from(values), { shape }))
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
