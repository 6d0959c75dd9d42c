import fc from 'fast-check'
import type { Objective } from '../../src/calculus/training.ts'
import { input, multiply, parameter } from '../../src/graph/build.ts'
import type { Bindings } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { elementCount, sampleShape, sameShape, type Shape } from '../../src/graph/shape.ts'
import { nameOf } from '../../src/verify/interpret.ts'
import { innerSize, layers, losses, trained, type Site } from './layers.ts'

/** A random network: one input, one target, per-sample losses, parameters of which some are used twice and some not at all. */
export interface Network extends Objective {
  /** The most samples that it is compiled for. */
  readonly batch: number
  readonly input: Node
  readonly target: Node
  /** How fast-check shows it. */
  readonly [fc.toStringMethod]: () => string
}

interface Recipe {
  readonly batch: number
  readonly sample: readonly number[]
  readonly layers: readonly { readonly name: string; readonly choices: readonly number[] }[]
  readonly loss: string
}

/** The value of the host's number `t` that layers may read. */
export const t = 0.75

/** Tensors with more elements a sample than this get no further layers. */
const largestSample = 36
const mostAxes = 5

const extents = fc.integer({ min: 1, max: 9 })

const recipes: fc.Arbitrary<Recipe> = fc.record({
  batch: fc.integer({ min: 1, max: 9 }),
  sample: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 6, arbitrary: fc.array(extents, { minLength: 1, maxLength: 3, size: 'max' }) },
  ),
  layers: fc.array(
    fc.record({
      name: fc.oneof(
        { weight: 1, arbitrary: fc.constantFrom(...Object.keys(trained)) },
        { weight: 2, arbitrary: fc.constantFrom(...Object.keys(layers)) },
      ),
      choices: fc.array(fc.nat({ max: 11 }), { minLength: 6, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 20, size: 'max' },
  ),
  loss: fc.constantFrom(...Object.keys(losses)),
})

/** Any recipe is a network: choices are taken modulo what there is to choose from, and layers that don't fit are left out. */
export const networks: fc.Arbitrary<Network> = recipes.map(build)

function build(recipe: Recipe): Network {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', ...recipe.sample])
  const tensors = [x]
  const parameters: Node[] = []
  for (const { name, choices } of recipe.layers) {
    const remaining = [...choices]
    const choose = (count: number) => (remaining.shift() ?? 0) % count
    // Mostly the latest tensors, so that the network is deep; now and then one from far back.
    const operand = tensors.at(-1 - choose(choose(3) === 0 ? tensors.length : 1))!
    const result = layers[name]!(operand, site(choose, tensors, parameters))
    if (result && innerSize(result) <= largestSample && result.shape.length <= mostAxes) tensors.push(result)
  }
  const unused = parameter(graph, 'unused', [2])
  const output = tensors.at(-1)!
  const target = input(graph, 'y', output.shape)
  const prediction = { outputs: [output], losses: losses[recipe.loss]!(output, target) }
  return {
    batch: recipe.batch,
    input: x,
    target,
    ...prediction,
    training: prediction,
    writes: [],
    starts: [],
    parameters: [...parameters, unused],
    symbols: new Map(),
    [fc.toStringMethod]: () => JSON.stringify(recipe),
  }
}

function site(choose: (count: number) => number, tensors: readonly Node[], parameters: Node[]): Site {
  return {
    choose,
    like: (x) => {
      const others = tensors.filter((tensor) => sameShape(tensor.shape, x.shape))
      return others.length === 0 ? multiply(0.5, x) : others.at(-1 - choose(others.length))!
    },
    parameter: (shape) => {
      const known = parameters.filter((node) => sameShape(node.shape, shape))
      if (known.length > 0 && choose(3) === 0) return known[choose(known.length)]!
      const created = parameter(tensors[0]!.graph, `parameter${parameters.length}`, shape)
      parameters.push(created)
      return created
    },
  }
}

/** Values for the leaves, for `n` samples: of order 1, with exact zeros and repeats now and then, where ties are. */
export function bindingsFor({ input, target, parameters }: Network, n: number, seed: number): Bindings {
  const random = uniformRandom(seed)
  const value = () => (random() < 0.1 ? Math.round(2 * random() - 1) : 3 * random() - 1.5)
  const fill = (shape: Shape, scale = 1) => Float64Array.from({ length: elementCount(shape, n) }, () => scale * value())
  return {
    batch: n,
    inputs: { x: fill(input.shape), y: fill(target.shape) },
    parameters: Object.fromEntries(
      parameters.map((node) => [nameOf(node), fill(node.shape, 1 / Math.sqrt(sampleShape(node.shape).at(-1) ?? 1))]),
    ),
    uniforms: { t },
  }
}

/** Mulberry32: numbers in [0, 1) from a seed. */
export function uniformRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
