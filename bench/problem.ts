import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Batch, Layer, Problem, Task } from './contenders/contract.ts'
import { importModule, type Network } from './emitted.ts'
import { specFile } from './paths.ts'

type Entry = string | Record<string, number | Record<string, number> | Entry[]>

/** The part of a spec that the measured networks use. */
interface Spec {
  layers: Entry[]
  loss: string
  train: { optimizer: { sgd: { learningRate: number; momentum: number } } }
}

/** How many different batches a run cycles through, so that no contender lives on one batch in its cache. */
const batchCount = 8

/**
 * A spec whose TypeScript module was emitted before, as a problem, the same at each call. Shapes and start values are the
 * module's, the data is drawn here: full batches to train, single samples to predict.
 */
export async function readProblem(name: string, task: Task): Promise<Problem> {
  const { layers, loss, train } = parse(readFileSync(specFile(name), 'utf8')) as Spec
  const { network, createTrainer } = await importModule(name)
  const { input, output, target } = network
  const batch = task === 'predict' ? 1 : network.batch
  const start = createTrainer().parameters
  const parameters = network.parameters.map((parameter) => ({
    ...parameter,
    values: Float32Array.from(start[parameter.name]!),
  }))
  const batches = drawBatches({ ...network, batch })
  const problem = { name, task, input, output, target, layers: layers.map(readLayer), loss, batch, parameters, batches }
  return { ...problem, ...train.optimizer.sgd }
}

function readLayer(entry: Entry): Layer {
  if (typeof entry === 'string') return { word: entry }
  const [word, argument] = Object.entries(entry)[0]!
  if (typeof argument === 'number') return { word, argument }
  return Array.isArray(argument) ? { word, layers: argument.map(readLayer) } : { word, settings: argument }
}

/**
 * Inputs and targets that are noise, which no network can fit whole: gradients, and so the arithmetic, stay ordinary for
 * millions of steps. A target that lacks the prediction's last axis is of class numbers.
 */
export function drawBatches({ input, output, target, batch }: Network): Batch[] {
  const random = mulberry32(1)
  const normal = () => Math.fround(standardNormal(random))
  const drawTarget = target.length < output.length ? () => Math.floor(random() * output.at(-1)!) : normal
  return Array.from({ length: batchCount }, () => ({
    x: draw([batch, ...input], normal),
    y: draw([batch, ...target], drawTarget),
  }))
}

function draw(shape: readonly number[], next: () => number): Float32Array<ArrayBuffer> {
  const length = shape.reduce((size, extent) => size * extent, 1)
  return Float32Array.from({ length }, next)
}

/** Tommy Ettinger's 32-bit generator; uniform in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Box and Muller's transform. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
