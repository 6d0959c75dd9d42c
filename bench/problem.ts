import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { mapValues, type Batch, type Layer, type Network, type Parameter, type Problem } from './contenders/contract.ts'
import { importModule, type Network as Emitted, type Shapes } from './emitted.ts'
import { specFile } from './paths.ts'
import type { Workload } from './workloads.ts'

type Entry = string | Record<string, number | Record<string, number> | Entry[]>

interface LayeredSpec {
  input: number | number[]
  layers: Entry[]
}

/** The part of a spec that the measured networks use: of layers, or of equations, whose own words are for tapeless alone. */
type Spec = (LayeredSpec | { networks: Record<string, LayeredSpec> }) & {
  loss: string
  train: { optimizer: { sgd: { learningRate: number; momentum: number } } }
}

/** How many different batches a run cycles through, so that no contender lives on one batch in its cache. */
const batchCount = 8

/**
 * What contenders are told of a workload whose TypeScript module was emitted before, the same at each call. Shapes and start
 * values are the module's, the data is drawn here: full batches to train, single samples to predict.
 */
export async function readProblem({ spec: name, task, drawn = {} }: Workload): Promise<Problem> {
  const spec = parse(readFileSync(specFile(name), 'utf8')) as Spec
  const { network, createTrainer } = await importModule(name)
  const batch = task === 'predict' ? 1 : network.batch
  const start = createTrainer().parameters
  const parameters = network.parameters.map((parameter) => ({
    ...parameter,
    values: Float32Array.from(start[parameter.name]!),
  }))
  const networks =
    'networks' in spec
      ? mapValues(spec.networks, (own, prefix) => readNetwork(own, parameters, `${prefix}.`))
      : { network: readNetwork(spec, parameters) }
  return {
    name,
    task,
    shapes: shapesOf(network),
    drawn,
    networks,
    loss: spec.loss,
    batch,
    ...spec.train.optimizer.sgd,
    batches: drawBatches({ ...network, batch }),
  }
}

/** @param prefix of the names of its parameters among all */
function readNetwork({ input, layers }: LayeredSpec, parameters: readonly Parameter[], prefix = ''): Network {
  return {
    input: [input].flat(),
    layers: layers.map(readLayer),
    parameters: parameters.filter(({ name }) => name.startsWith(prefix)),
  }
}

function readLayer(entry: Entry): Layer {
  if (typeof entry === 'string') return { word: entry }
  const [word, argument] = Object.entries(entry)[0]!
  if (typeof argument === 'number') return { word, argument }
  return Array.isArray(argument) ? { word, layers: argument.map(readLayer) } : { word, settings: argument }
}

/** Of all inputs and targets by name. */
function shapesOf({ input, target }: Emitted): Record<string, number[]> {
  const named = (shapes: Shapes, only: string) => (Array.isArray(shapes) ? { [only]: shapes } : shapes)
  return { ...named(input, 'x'), ...named(target, 'y') }
}

/**
 * Inputs and targets that are noise, which no network can fit whole: gradients, and so the arithmetic, stay ordinary for
 * millions of steps. A target that lacks the prediction's last axis is of class numbers.
 */
export function drawBatches(network: Emitted): Batch[] {
  const { output, target, batch } = network
  const random = mulberry32(1)
  const normal = () => Math.fround(standardNormal(random))
  const ofClasses = Array.isArray(output) && Array.isArray(target) && target.length < output.length
  const classNumber = ofClasses ? () => Math.floor(random() * output.at(-1)!) : normal
  return Array.from(
    { length: batchCount },
    () =>
      mapValues(shapesOf(network), (shape, name) =>
        draw([batch, ...shape], name === 'y' ? classNumber : normal),
      ) as Batch,
  )
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
