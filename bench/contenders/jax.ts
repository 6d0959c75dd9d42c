import { defaultDevice, init, jit, jvp, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax'
import { lookUp, magnitude, mapValues, typedBatches, type Prepare } from './contract.ts'
import { networksOf, sequence, type Apply, type Networks, type Words } from './sequence.ts'

type Tensors = Record<string, np.Array>

/** Parameters, or what has their shapes, by network. */
type Variables = Record<string, np.Array[]>

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

/** The mean loss of a batch. */
type Loss = (networks: Networks<np.Array>, tensors: Tensors) => np.Array

const losses: Record<string, Loss> = {
  mse: ({ network }, { x, y }) => np.square(network!(x!).sub(y!)).mean(),
  crossEntropy({ network }, { x, y }) {
    const prediction = network!(x!)
    const classes = nn.oneHot(y!, prediction.shape.at(-1)!)
    return nn.logSoftmax(prediction).mul(classes).sum(-1).mean().neg()
  },
  burgers,
  negativeElbo({ encoder, decoder }, { x, noise }) {
    const [mean, logVariance] = np.split(encoder!(x!.ref), 2, -1) as [np.Array, np.Array]
    const code = mean.ref.add(np.exp(logVariance.ref.div(2)).mul(noise!))
    const batch = x!.shape[0]!
    const reconstruction = np.square(decoder!(code).sub(x!)).sum()
    const divergence = np.square(mean).add(np.exp(logVariance.ref)).sub(1).sub(logVariance).sum()
    return reconstruction.add(divergence).div(2 * batch)
  },
}

/**
 * Each sample's u follows from its own x and t alone, so that tangents of 1 give all samples' derivatives at once. Forward mode
 * throughout: with reverse mode within, jax-js's gradients of the parameters are wrong.
 */
function burgers({ net }: Networks<np.Array>, tensors: Tensors): np.Array {
  const { x, t, y } = tensors as Record<'x' | 't' | 'y', np.Array>
  const ones = () => np.ones(x.shape)
  const u = (x: np.Array, t: np.Array) => net!(np.stack([x, t], -1)).reshape([-1])
  const alongX = (x: np.Array) => jvp((x: np.Array) => u(x, t.ref), [x], [ones()])
  const [[value, ux], [, uxx]] = jvp(alongX, [x.ref], [ones()])
  const [, ut] = jvp((t: np.Array) => u(x, t), [t.ref], [ones()])
  const residual = ut.add(value.ref.mul(ux)).sub(uxx.mul(0.1))
  return np.square(value.sub(y)).add(np.square(residual)).mean()
}

/** Everything in one jitted function, one-hot targets and noise included, on the WebAssembly backend. */
export const prepare: Prepare = async (problem) => {
  await init('wasm')
  defaultDevice('wasm')
  const { batch, learningRate, momentum } = problem
  // Traced once: what a network leaves of its parameters unspent costs nothing.
  const networks = (variables: Variables) => networksOf(problem, words, (name) => tree.ref(variables[name]!))
  const batches = typedBatches(problem)
  const tensor = (index: number, name: string) =>
    np.array(batches[index]![name]!, { shape: [batch, ...problem.shapes[name]!] })
  // Keys are made within the jitted function: outside, one takes longer than the noise.
  const draw = (seeds: Tensors) =>
    mapValues(seeds, (seed, name) => random.normal(random.key(seed), [batch, ...problem.drawn[name]!]))
  let parameters = mapValues(problem.networks, (network) =>
    network.parameters.map(({ shape, values }) => np.array(values, { shape })),
  )
  if (problem.task === 'predict') {
    const predict = jit((variables: Variables, x: np.Array) => networks(variables).network!(x))
    return { step: (index) => magnitude(predict(tree.ref(parameters), tensor(index, 'x')).dataSync()) }
  }
  const loss = lookUp(losses, problem.loss)
  const train = jit((parameters: Variables, velocities: Variables, tensors: Tensors, seeds: Tensors) => {
    const objective = (parameters: Variables) => loss(networks(parameters), { ...tensors, ...draw(seeds) })
    const [value, gradients] = valueAndGrad(objective)(tree.ref(parameters))
    const moved = tree.map((v: np.Array, gradient: np.Array) => v.mul(momentum).add(gradient), velocities, gradients)
    const next = tree.map((p: np.Array, v: np.Array) => p.sub(v.mul(learningRate)), parameters, tree.ref(moved))
    return [value, next, moved] as const
  })

  let velocities = mapValues(parameters, (own) => own.map(({ shape }) => np.zeros(shape)))
  let seed = 0
  return {
    step(index) {
      const tensors = mapValues(problem.shapes, (_, name) => tensor(index, name))
      const seeds = mapValues(problem.drawn, () => np.array(Uint32Array.of(seed++), { shape: [] }))
      const [value, ...next] = train(parameters, velocities, tensors, seeds)
      ;[parameters, velocities] = next
      return value.dataSync()[0]!
    },
  }
}
