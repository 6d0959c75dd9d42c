import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Batch, Layer, Parameter, Problem } from './contenders/contract.ts'

/** The part of a spec that the measured networks use. */
interface Spec {
  name: string
  input: number
  layers: (string | Record<string, number>)[]
  loss: string
  train: { batch: number; optimizer: { sgd: { learningRate: number; momentum: number } } }
}

/** How many different batches a run cycles through, so that no contender lives on one batch in its cache. */
const batchCount = 8

/** Reads a spec and draws its start values (PyTorch's: uniform within ±1/√in) and data, the same at each call. */
export function readProblem(file: URL): Problem {
  const spec = parse(readFileSync(file, 'utf8')) as Spec
  const random = mulberry32(1)
  const layers = spec.layers.map(readLayer)
  const parameters: Parameter[] = []
  let features = spec.input
  for (const { word, argument } of layers) {
    if (word !== 'linear') continue
    const units = argument!
    const bound = 1 / Math.sqrt(features)
    const uniform = () => Math.fround((2 * random() - 1) * bound)
    const name = `linear${parameters.length / 2}`
    parameters.push(
      { name: `${name}.weight`, shape: [units, features], values: draw(units * features, uniform) },
      { name: `${name}.bias`, shape: [units], values: draw(units, uniform) },
    )
    features = units
  }
  const { batch, optimizer } = spec.train
  const output = features
  const normal = () => Math.fround(standardNormal(random))
  // Targets are noise that no network can fit whole: gradients, and so the arithmetic, stay ordinary for millions of steps.
  const targets: Record<string, () => number[]> = {
    mse: () => draw(batch * output, normal),
    crossEntropy: () => draw(batch, () => Math.floor(random() * output)),
  }
  const batches: Batch[] = Array.from({ length: batchCount }, () => ({
    x: draw(batch * spec.input, normal),
    y: targets[spec.loss]!(),
  }))
  const { name, input, loss } = spec
  return { name, input, output, layers, loss, batch, ...optimizer.sgd, parameters, batches }
}

function readLayer(entry: string | Record<string, number>): Layer {
  if (typeof entry === 'string') return { word: entry }
  const [word, argument] = Object.entries(entry)[0]!
  return { word, argument }
}

function draw(length: number, next: () => number): number[] {
  return Array.from({ length }, next)
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
