import { input } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { sampleShape } from '../graph/shape.ts'
import { initialValue, type NetworkBody, type NetworkBuilder } from './builder.ts'
import { Misfit } from './misfit.ts'
import { constant } from './initializers.ts'
import { layers as layerRows } from './layers/index.ts'
import type { Layer, LayerContext } from './layers/layer.ts'
import { losses, type Loss } from './losses.ts'
import type { BuiltLayer } from './networkInitializers.ts'
import type { LayerNetwork } from './schema.ts'
import { FindingError, type Path } from './source.ts'
import type { Word } from './word.ts'

const lossRows = losses as unknown as Readonly<Record<string, Loss>>

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

/**
 * Builds a network of layers on the input x and the target y.
 * @param isPartial when the last layers or the loss are missing, so that the loss can't be expected to fit.
 * @throws FindingError at the first layer that doesn't fit, since the shapes after it are unknown; at the first that is frozen, if
 *   all that have parameters are, so that a trainer would have nothing to do.
 */
export function buildLayers(spec: LayerNetwork, builder: NetworkBuilder, isPartial: boolean): NetworkBody {
  const { graph } = builder
  const { shape, index } = spec.input
  const x = input(graph, 'x', ['batch', ...shape])
  builder.name(x, 'x')
  const layers = new LayerBuilder(builder, spec.init, x, index)
  const built: BuiltLayer[] = []
  const output = layers.sequence(x, spec.layers, ['layers'], { prefix: '', built })
  builder.placeWeights(spec.init, built)
  if (!isPartial && !spec.emit.inputGradient) layers.requireTrained()

  const loss = isPartial ? { word: 'mse', arguments: {}, shorthand: false } : spec.loss
  const row = lossRows[loss.word]!
  const target = atWord(['loss'], loss, () => row.target(sampleShape(output.shape), loss.arguments))
  const y = input(graph, 'y', ['batch', ...target.shape])
  builder.name(y, 'y')
  const perSample = row.apply(output, y, loss.arguments)
  builder.name(perSample, 'ℓ')
  builder.section('loss', [perSample])
  return {
    inputs: [{ name: 'x', node: x, shape, ...(index === undefined ? {} : { below: index }) }],
    targets: [{ name: 'y', node: y, ...target }],
    output,
    losses: perSample,
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
  readonly #input: Node
  readonly #index: number | undefined
  /** The layers with parameters so far: the k of Ω_k, β_k and f_k, as in the book. */
  #depth = 0
  /** The first layer whose parameters are frozen. */
  #frozen: Path | undefined

  /** @param index what the elements of the input are below, where they are whole numbers. */
  constructor(network: NetworkBuilder, init: Word, input: Node, index: number | undefined) {
    this.#network = network
    this.#init = init
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
    const context: LayerContext = {
      layer: name,
      parameter: (role, shape, init, letter) => {
        this.#depth = depth + 1
        this.#frozen ??= frozen
        const isBias = role.includes('bias')
        const symbol = `${letter ?? (isBias ? 'β' : 'Ω')}${depth}`
        const start = init ?? (isBias ? 0 : this.#init)
        if (shape.length >= 2 && typeof start !== 'number')
          here.weights.push({ name: `${name}.${role}`, shape, hasOwn: init !== undefined })
        const initial = typeof start === 'number' ? constant(start) : initialValue(start, shape)
        return this.#network.parameter(`${name}.${role}`, symbol, shape, initial, frozen !== undefined)
      },
      numbersBelow: (tensor) => (seenThrough(tensor) === this.#input ? this.#index : undefined),
      name: (letter, node) => {
        this.#network.name(node, `${letter}${depth}`)
        return node
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
    this.#network.name(h, this.#depth > depth && !isNested ? `f${depth}` : `h${this.#depth}`)
    this.#network.section(name, [h])
    return h
  }
}

/** What a tensor is under another shape. */
function seenThrough(tensor: Node): Node {
  return tensor.op === 'reshape' || tensor.op === 'permute' ? seenThrough(tensor.inputs[0]!) : tensor
}
