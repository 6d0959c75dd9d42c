/**
 * A multilayer perceptron in plain loops, as one writes it by hand: one class per layer, three nested loops per
 * product, Float32Array storage, nothing allocated per step. The measure of what a compiler adds to a good textbook.
 */

export interface Pointwise {
  value(f: number): number
  /** The derivative, told from the activation's value h. */
  slope(h: number): number
}

export const activations: Record<string, Pointwise> = {
  identity: { value: (f) => f, slope: () => 1 },
  relu: { value: (f) => (f < 0 ? 0 : f), slope: (h) => (h > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, slope: (h) => 1 - h * h },
}

/** [batch, output], or [batch] class numbers for crossEntropy. */
type Targets = Float32Array | Int32Array

/** Writes ∂loss/∂prediction to `delta` and returns the mean loss. prediction, delta: [batch, output]. */
export type Loss = (prediction: Float32Array, y: Targets, delta: Float32Array, batch: number) => number

export const losses: Record<string, Loss> = {
  mse(prediction, y, delta) {
    let sum = 0
    for (let i = 0; i < prediction.length; i++) {
      const difference = prediction[i]! - y[i]!
      sum += difference * difference
      delta[i] = (2 * difference) / prediction.length
    }
    return sum / prediction.length
  },
  crossEntropy(prediction, y, delta, batch) {
    const classes = prediction.length / batch
    let sum = 0
    for (let n = 0; n < batch; n++) {
      const row = n * classes
      let largest = -Infinity
      for (let c = 0; c < classes; c++) largest = Math.max(largest, prediction[row + c]!)
      let total = 0
      for (let c = 0; c < classes; c++) total += Math.exp(prediction[row + c]! - largest)
      for (let c = 0; c < classes; c++) delta[row + c] = Math.exp(prediction[row + c]! - largest) / total / batch
      delta[row + y[n]!]! -= 1 / batch
      sum += Math.log(total) + largest - prediction[row + y[n]!]!
    }
    return sum / batch
  },
}

/** h = a(Ω x + β) for a batch. */
export class Dense {
  readonly inputs: number
  readonly outputs: number
  readonly batch: number
  readonly weight: Float32Array
  readonly bias: Float32Array
  readonly activation: Pointwise
  /** [batch, outputs] */
  readonly h: Float32Array
  /** ∂loss/∂h, which `backward` turns into ∂loss/∂f. [batch, outputs] */
  readonly delta: Float32Array
  readonly #weightGradient: Float32Array
  readonly #biasGradient: Float32Array
  readonly #weightVelocity: Float32Array
  readonly #biasVelocity: Float32Array

  constructor(batch: number, weight: Float32Array, bias: Float32Array, activation: Pointwise) {
    this.batch = batch
    this.outputs = bias.length
    this.inputs = weight.length / bias.length
    this.weight = weight
    this.bias = bias
    this.activation = activation
    this.h = new Float32Array(batch * this.outputs)
    this.delta = new Float32Array(batch * this.outputs)
    this.#weightGradient = new Float32Array(weight.length)
    this.#biasGradient = new Float32Array(bias.length)
    this.#weightVelocity = new Float32Array(weight.length)
    this.#biasVelocity = new Float32Array(bias.length)
  }

  /** x: [batch, inputs] */
  forward(x: Float32Array): Float32Array {
    const { batch, inputs, outputs, weight, bias, h, activation } = this
    for (let n = 0; n < batch; n++) {
      for (let o = 0; o < outputs; o++) {
        let f = bias[o]!
        for (let i = 0; i < inputs; i++) f += weight[o * inputs + i]! * x[n * inputs + i]!
        h[n * outputs + o] = activation.value(f)
      }
    }
    return h
  }

  /** Sums the gradients over the batch; adds up ∂loss/∂x in `dx` ([batch, inputs]) unless there is nothing below. */
  backward(x: Float32Array, dx: Float32Array | undefined): void {
    const { batch, inputs, outputs, weight, h, delta, activation } = this
    const weightGradient = this.#weightGradient.fill(0)
    const biasGradient = this.#biasGradient.fill(0)
    dx?.fill(0)
    for (let n = 0; n < batch; n++) {
      for (let o = 0; o < outputs; o++) {
        const d = delta[n * outputs + o]! * activation.slope(h[n * outputs + o]!)
        biasGradient[o]! += d
        for (let i = 0; i < inputs; i++) weightGradient[o * inputs + i]! += d * x[n * inputs + i]!
        if (dx) for (let i = 0; i < inputs; i++) dx[n * inputs + i]! += d * weight[o * inputs + i]!
      }
    }
  }

  update(learningRate: number, momentum: number): void {
    descend(this.weight, this.#weightGradient, this.#weightVelocity, learningRate, momentum)
    descend(this.bias, this.#biasGradient, this.#biasVelocity, learningRate, momentum)
  }
}

/** v ← μ v + g, p ← p − η v */
function descend(p: Float32Array, g: Float32Array, v: Float32Array, learningRate: number, momentum: number): void {
  for (let i = 0; i < p.length; i++) {
    const velocity = momentum * v[i]! + g[i]!
    v[i] = velocity
    p[i]! -= learningRate * velocity
  }
}

/** One training step through all layers; returns the mean loss before the update. */
export function trainStep(
  layers: readonly Dense[],
  loss: Loss,
  x: Float32Array,
  y: Targets,
  learningRate: number,
  momentum: number,
): number {
  let h = x
  for (const layer of layers) h = layer.forward(h)
  const top = layers.at(-1)!
  const value = loss(top.h, y, top.delta, top.batch)
  for (let k = layers.length - 1; k >= 0; k--) {
    const below = layers[k - 1]
    layers[k]!.backward(below ? below.h : x, below?.delta)
  }
  for (const layer of layers) layer.update(learningRate, momentum)
  return value
}
