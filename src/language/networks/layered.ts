import { broadcast, divide, input } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { sampleShape } from '../../graph/shape.ts'
import {
  initialValue,
  type Assignment,
  type Mode,
  type NetworkBody,
  type NetworkBuilder,
  type Prediction,
} from './builder.ts'
import { Misfit } from '../words/misfit.ts'
import { constant } from '../words/initializers.ts'
import { layers as layerRows } from '../layers/index.ts'
import type { Layer, LayerContext } from '../layers/layer.ts'
import { losses, type Loss } from '../formulas/losses.ts'
import type { BuiltLayer } from '../words/networkInitializers.ts'
import type { LayerNetwork } from './schema.ts'
import { deviation, moments, noiseLike } from '../words/numerics.ts'
import { FindingError, type Path } from '../text/source.ts'
import type { Rows, Word } from '../words/word.ts'

const lossRows: Rows<Loss> = losses

/** Runs a row; a fault in it is a finding at its word. */
export function atWord<T>(path: Path, { word }: Word, build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    const { code, message, hint } = error
    const finding = { code, path: [...path, word], part: 'key', message: `${word} ${message}` } as const
    throw new FindingError(hint === undefined ? finding : { ...finding, hint })
  }
}

/** What follows the names of nodes that aren't training's. */
const suffixes: Readonly<Record<Mode, string>> = { training: '', evaluation: '_eval', initialization: '_init' }

/**
 * Builds a network of layers on the input x and the target y, in training mode first, so that its nodes have the plain names.
 * @param isPartial when the last layers or the loss are missing, so that the loss can't be expected to fit.
 * @throws FindingError at the first layer that doesn't fit, since the shapes after it are unknown; at the first that is frozen, if
 *   all that have parameters are, so that a trainer would have nothing to do.
 */
export function buildLayers(spec: LayerNetwork, builder: NetworkBuilder, isPartial: boolean): NetworkBody {
  const { graph } = builder
  const { shape, index } = spec.input
  const x = input(graph, 'x', ['batch', ...shape])
  builder.name(x, 'x')
  const outputIn = (mode: Mode) => {
    const layers = new LayerBuilder(builder, spec.init, mode, x, index)
    const built: BuiltLayer[] = []
    const output = layers.sequence(x, spec.layers, ['layers'], { prefix: '', built })
    builder.placeWeights(spec.init, built)
    if (!isPartial && !spec.emit.inputGradient) layers.requireTrained()
    return output
  }
  const outputs = { training: outputIn('training'), evaluation: outputIn('evaluation') }
  outputIn('initialization')

  const loss = isPartial ? { word: 'mse', arguments: {}, shorthand: false } : spec.loss
  const row = lossRows[loss.word]!
  const target = atWord(['loss'], loss, () => row.target(sampleShape(outputs.training.shape), loss.arguments))
  const y = input(graph, 'y', ['batch', ...target.shape])
  builder.name(y, 'y')
  const predictionIn = (mode: keyof typeof outputs): Prediction => {
    const losses = row.apply(outputs[mode], y, loss.arguments)
    builder.name(losses, `ℓ${suffixes[mode]}`)
    builder.section('loss', [losses])
    return { output: outputs[mode], losses }
  }
  const training = predictionIn('training')
  return {
    inputs: [{ name: 'x', node: x, shape, ...(index === undefined ? {} : { below: index }) }],
    targets: [{ name: 'y', node: y, ...target }],
    training,
    ...predictionIn('evaluation'),
  }
}

/** What a list of layers is part of. */
interface Scope {
  /** What the names begin with: empty, or ending in a dot. */
  readonly prefix: string
  /** The layer around these that is frozen. */
  readonly frozen?: Path | undefined
  /** Takes the layers as they are built. */
  readonly built: BuiltLayer[]
}

class LayerBuilder {
  readonly #network: NetworkBuilder
  readonly #init: Word
  readonly #mode: Mode
  readonly #input: Node
  readonly #index: number | undefined
  /** The layers with parameters so far: the k of Ω_k, β_k and f_k, as in the book. */
  #depth = 0
  /** The tensors of random numbers so far. */
  #streams = 0
  /** The first layer whose parameters are frozen. */
  #frozen: Path | undefined

  /** @param index what the elements of the input are below, where they are whole numbers. */
  constructor(network: NetworkBuilder, init: Word, mode: Mode, input: Node, index: number | undefined) {
    this.#network = network
    this.#init = init
    this.#mode = mode
    this.#input = input
    this.#index = index
  }

  requireTrained(): void {
    if (!this.#frozen || this.#network.parameters.some(({ frozen }) => !frozen)) return
    const message = 'every parameter is frozen, so that nothing is left to train'
    throw new FindingError({ code: 'out-of-range', path: [...this.#frozen, 'frozen'], part: 'key', message })
  }

  sequence(x: Node, layers: readonly Layer[], path: Path, scope: Scope): Node {
    const counts = new Map<string, number>()
    const taken = new Set<string>()
    let h = x
    for (const [index, layer] of layers.entries()) {
      const count = counts.get(layer.word) ?? 0
      counts.set(layer.word, count + 1)
      const name = layer.as ?? `${layer.word}${count}`
      const place = [...path, index]
      if (taken.has(name)) {
        const message = `two layers are called ${scope.prefix}${name}`
        throw new FindingError({ code: 'name-clash', path: [...place, 'as'], part: 'value', message })
      }
      taken.add(name)
      const within = layer.frozen ? { ...scope, frozen: place } : scope
      h = atWord(place, layer, () => this.#layer(h, layer, place, name, within))
    }
    return h
  }

  #layer(x: Node, layer: Layer, path: Path, ownName: string, { prefix, frozen, built }: Scope): Node {
    const depth = this.#depth
    const name = `${prefix}${ownName}`
    const here: BuiltLayer = { word: layer.word, weights: [], within: [] }
    built.push(here)
    /** Weights whose products start with variance 1. */
    const scaled = new Set<Node>()
    const assigned: Node[] = []
    const assign = (mode: Mode, list: Assignment[], target: Node, value: Node) => {
      if (this.#mode !== mode) return
      list.push({ target, value })
      assigned.push(value)
    }
    const context: LayerContext = {
      layer: name,
      mode: this.#mode,
      parameter: (role, shape, init, letter) => {
        this.#depth = depth + 1
        this.#frozen ??= frozen
        const isBias = role.includes('bias')
        const symbol = `${letter ?? (isBias ? 'β' : 'Ω')}${depth}`
        const start = init ?? (isBias ? 0 : this.#init)
        if (shape.length >= 2 && typeof start !== 'number')
          here.weights.push({ name: `${name}.${role}`, shape, hasOwn: init !== undefined })
        const initial = typeof start === 'number' ? constant(start) : initialValue(start, shape)
        const node = this.#network.parameter(`${name}.${role}`, symbol, shape, initial, frozen !== undefined)
        if (!isBias && init === undefined && this.#network.hasUnitVariance(this.#init)) scaled.add(node)
        return node
      },
      numbersBelow: (tensor) => (seenThrough(tensor) === this.#input ? this.#index : undefined),
      name: (letter, node) => {
        this.#name(node, `${letter}${depth}`)
        return node
      },
      state: (role, shape, start) => this.#network.state(`${name}.${role}`, shape, start),
      write: (target, value) => {
        assign('training', this.#network.writes, target, value)
      },
      start: (target, value) => {
        assign('initialization', this.#network.starts, target, value)
      },
      product: (weight, h) => {
        if (this.#mode !== 'initialization' || !scaled.has(weight)) return h
        const axes = h.shape.map((_, axis) => axis)
        const scale = deviation(moments(h, axes).variance)
        context.start(weight, divide(weight, broadcast(scale, weight.shape, [])))
        return divide(h, broadcast(scale, h.shape, []))
      },
      noiseLike: (tensor) => noiseLike(tensor, this.#streams++),
      requireSamples: (count) => {
        this.#network.requireSamples(count)
      },
      sequence: (inner, layers, argument, scope) => {
        const place = [...path, layer.word, ...(layer.shorthand ? argument.slice(1) : argument)]
        const part = { argument: String(argument[0]), layers: [] }
        here.within.push(part)
        const prefix = scope === undefined ? `${name}.` : `${name}.${scope}.`
        return this.sequence(inner, layers, place, { prefix, frozen, built: part.layers })
      },
    }
    const isNested = 'layers' in layer.arguments || 'branches' in layer.arguments
    const h = layerRows[layer.word]!.build(x, layer.arguments, context)
    this.#network.requireSize(h.shape)
    this.#name(h, this.#depth > depth && !isNested ? `f${depth}` : `h${this.#depth}`)
    this.#network.section(name, [h, ...assigned])
    return h
  }

  #name(node: Node, symbol: string): void {
    this.#network.name(node, `${symbol}${suffixes[this.#mode]}`)
  }
}

/** What a tensor is under another shape. */
function seenThrough(tensor: Node): Node {
  return tensor.op === 'reshape' || tensor.op === 'permute' ? seenThrough(tensor.inputs[0]!) : tensor
}
