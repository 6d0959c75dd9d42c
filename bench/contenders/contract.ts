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

/** x: [batch, ...input]. y: [batch, ...target], class numbers for crossEntropy. */
export interface Batch {
  x: Float32Array<ArrayBuffer>
  y: Float32Array<ArrayBuffer>
}

/** What a step is: an update by SGD on the mean loss, or a prediction. */
export type Task = 'train' | 'predict'

/** A run, the same for every contender, float32 values throughout. */
export interface Problem {
  name: string
  task: Task
  /** Shapes of a sample, of its prediction and of its target: [] for one class number. */
  input: number[]
  output: number[]
  target: number[]
  layers: Layer[]
  loss: string
  batch: number
  learningRate: number
  momentum: number
  /** In the layers' order, and in the order that PyTorch's module of that layer has them in. */
  parameters: Parameter[]
  batches: Batch[]
}

/** A batch as a training loop holds it. y: class numbers as Int32Array for crossEntropy, else Float32Array. */
export interface TypedBatch {
  x: Float32Array<ArrayBuffer>
  y: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>
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
  return loss === 'crossEntropy' ? batches.map(({ x, y }) => ({ x, y: Int32Array.from(y) })) : batches
}

/** A table's entry, or Unsupported: how a contender looks up a layer, an activation or a loss. */
export function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T {
  const entry = Object.hasOwn(table, word) ? table[word] : undefined
  if (entry === undefined) throw new Unsupported(`can't do ${word}`)
  return entry
}

/** Layers paired up as affine maps and the activation that follows each ('identity' where none does). */
export function denseLayers(problem: Problem): { weight: Parameter; bias: Parameter; activation: string }[] {
  const dense: { weight: Parameter; bias: Parameter; activation: string }[] = []
  for (const { word } of problem.layers) {
    const last = dense.at(-1)
    if (word === 'linear') {
      const [weight, bias] = problem.parameters.slice(2 * dense.length)
      if (!weight || !bias) throw new Error(`${problem.name}: parameters are missing`)
      dense.push({ weight, bias, activation: 'identity' })
    } else if (last?.activation === 'identity') last.activation = word
    else throw new Unsupported(`can't do ${word}`)
  }
  return dense
}
