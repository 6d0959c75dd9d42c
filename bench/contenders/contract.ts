/** What a contender is told and what it answers. Plain data, so that it crosses to another process as one line of protocol.ts. */

/** One entry of a spec's `layers`: a word, with what it was given in one of three forms, or alone. */
export interface Layer {
  word: string
  /** `{ linear: 40 }` */
  argument?: number
  /** `{ conv2d: { channels: 8, kernel: 3 } }` */
  settings?: Record<string, number>
  /** `{ residual: [...] }` */
  layers?: Layer[]
}

/** A parameter's start value, row-major, in PyTorch's layout: `linear` has `weight` [out, in] and `bias` [out]. */
export interface Parameter {
  name: string
  shape: number[]
  values: Float32Array<ArrayBuffer>
}

export interface Network {
  /** Of a sample. */
  input: number[]
  layers: Layer[]
  /** In the layers' order, and in the order that PyTorch's module of that layer has them in. */
  parameters: Parameter[]
}

/** A batch of each input and target by name. Every problem has an input x. */
export interface Batch {
  x: Float32Array<ArrayBuffer>
  [name: string]: Float32Array<ArrayBuffer>
}

/** What a step is: an update by SGD on the mean loss, or a prediction. */
export type Task = 'train' | 'predict'

/** A run, the same for every contender, float32 values throughout. */
export interface Problem {
  name: string
  task: Task
  /** Of a sample's inputs and targets by name; a network of layers has x and y. [] for one number, of a class too. */
  shapes: Record<string, number[]>
  /** Of standard normal noise by name, for a sample: each step draws it anew. */
  drawn: Record<string, number[]>
  /** By name; what is made of layers alone is called `network`. */
  networks: Record<string, Network>
  /** What the spec calls it: a word for a network of layers, else a name for which contenders have the equations too. */
  loss: string
  batch: number
  learningRate: number
  momentum: number
  batches: Batch[]
}

/** A batch as a training loop holds it. y: class numbers as Int32Array for crossEntropy. */
export interface TypedBatch {
  x: Float32Array<ArrayBuffer>
  [name: string]: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>
}

export interface Stepper {
  /**
   * One update on `batches[index]`; returns the mean loss before it, as a number that the caller can read. To predict:
   * returns the `magnitude` of what is predicted of it, read as numbers too.
   * The step starts at typed arrays: a contender that computes on tensors of its own makes them within.
   */
  step(index: number): number
}

export type Prepare = (problem: Problem) => Stepper | Promise<Stepper>

/** The sum of squares: it tells of all numbers whether contenders agree in them, and cancels none. */
export function magnitude(outputs: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < outputs.length; i++) sum += outputs[i]! * outputs[i]!
  return sum
}

/** The contender has no way to express the problem; the message says what is missing. Not a failure. */
export class Unsupported extends Error {}

export function typedBatches({ batches, loss }: Problem): TypedBatch[] {
  return loss === 'crossEntropy' ? batches.map(({ x, y }) => ({ x, y: Int32Array.from(y!) })) : batches
}

/** A table's entry, or Unsupported: how a contender looks up a layer, an activation or a loss. */
export function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T {
  const entry = Object.hasOwn(table, word) ? table[word] : undefined
  if (entry === undefined) throw new Unsupported(`can't do ${word}`)
  return entry
}

export function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  value: (from: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, from]) => [name, value(from, name)]))
}

/** Layers paired up as affine maps and the activation that follows each ('identity' where none does). */
export function denseLayers({ name, networks }: Problem): { weight: Parameter; bias: Parameter; activation: string }[] {
  const dense: { weight: Parameter; bias: Parameter; activation: string }[] = []
  const { layers, parameters } = lookUp(networks, 'network')
  for (const { word } of layers) {
    const last = dense.at(-1)
    if (word === 'linear') {
      const [weight, bias] = parameters.slice(2 * dense.length)
      if (!weight || !bias) throw new Error(`${name}: parameters are missing`)
      dense.push({ weight, bias, activation: 'identity' })
    } else if (last?.activation === 'identity') last.activation = word
    else throw new Unsupported(`can't do ${word}`)
  }
  return dense
}
