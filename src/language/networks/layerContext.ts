import { broadcast, divide } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import type { InnerPlace, Layer, LayerContext, Mode, ParameterOptions } from '../layers/layer.ts'
import type { Path } from '../text/source.ts'
import { constant } from '../words/initializers.ts'
import type { BuiltLayer } from '../words/networkInitializers.ts'
import { noiseLike, standardisation } from '../words/numerics.ts'
import type { Word } from '../words/word.ts'
import { initialValue, type NetworkBuilder } from './builder.ts'

/** The tensors of random numbers: how many there are so far. */
export interface Streams {
  count: number
}

/** The layers of one mode, and how far they are built. */
export interface Progress {
  readonly network: NetworkBuilder
  readonly mode: Mode
  /** How weights start that say nothing else. */
  readonly init: Word
  readonly input: Node
  /** The number that the input's elements are below, where they are whole numbers. */
  readonly index: number | undefined
  /** The number of layers with parameters so far: the k of Ω_k, β_k and f_k, as in the book. */
  depth: number
  readonly streams: Streams
  /**
   * Whether nodes get names, buffers what is written to them, and parameters their starts: not where layers are built again on another
   * input for the sake of a derivative; and in initialization, only where they are first called.
   */
  readonly records: boolean
  /** The beginning of symbols: empty, or ending in a dot. */
  readonly symbols: string
  /** The first layer whose parameters are frozen. */
  frozen: Path | undefined
}

/** A list of layers as part of others. */
export interface Scope {
  /** The beginning of their names: empty, or ending in a dot. */
  readonly prefix: string
  /** The layer around these that is frozen. */
  readonly frozen?: Path | undefined
  /** Takes the layers as they are built. */
  readonly built: BuiltLayer[]
}

/** Builds a list of layers on x. */
export type BuildSequence = (x: Node, layers: readonly Layer[], path: Path, scope: Scope) => Node

/** The nodes of one mode have plain names in training alone. */
const suffixes: Readonly<Record<Mode, string>> = { training: '', evaluation: '_eval', initialization: '_init' }

export function inMode(mode: Mode, symbol: string): string {
  return `${symbol}${suffixes[mode]}`
}

/** The network around one layer while it is built. */
export class NetworkContext implements LayerContext {
  readonly layer: string
  readonly mode: Mode
  /** The values that are assigned to tensors of this layer. */
  readonly assigned: Node[] = []
  readonly built: BuiltLayer = { weights: [], within: [] }
  readonly #progress: Progress
  readonly #entry: Layer
  readonly #path: Path
  readonly #frozen: Path | undefined
  readonly #buildSequence: BuildSequence
  /** This layer's number in equations. */
  readonly #depth: number
  /** Weights whose products start with variance 1. */
  readonly #scaled = new Set<Node>()
  /** The buffers of this layer, by what they hold where it stands. */
  readonly #states = new Map<Node, Node>()

  constructor(
    progress: Progress,
    layer: { readonly name: string; readonly entry: Layer; readonly path: Path; readonly frozen: Path | undefined },
    buildSequence: BuildSequence,
  ) {
    this.layer = layer.name
    this.mode = progress.mode
    this.#progress = progress
    this.#entry = layer.entry
    this.#path = layer.path
    this.#frozen = layer.frozen
    this.#buildSequence = buildSequence
    this.#depth = progress.depth
  }

  parameter(role: string, shape: readonly number[], { init, letter, bias = false }: ParameterOptions = {}): Node {
    const progress = this.#progress
    progress.depth = this.#depth + 1
    progress.frozen ??= this.#frozen
    const name = `${this.layer}.${role}`
    const start = init ?? (bias ? 0 : progress.init)
    if (shape.length >= 2 && typeof start !== 'number')
      this.built.weights.push({ name, shape, hasOwn: init !== undefined })
    const initial = typeof start === 'number' ? constant(start) : initialValue(start, shape)
    const symbol = `${progress.symbols}${letter ?? (bias ? 'β' : 'Ω')}${this.#depth}`
    const node = progress.network.parameter(
      name,
      [...this.#path, role],
      symbol,
      shape,
      initial,
      this.#frozen !== undefined,
    )
    if (!bias && init === undefined && progress.network.hasUnitVariance(progress.init)) this.#scaled.add(node)
    return this.mode === 'initialization' && !progress.records ? progress.network.starts.of(node) : node
  }

  numbersBelow(tensor: Node): number | undefined {
    const { input, index } = this.#progress
    return seenThrough(tensor) === seenThrough(input) ? index : undefined
  }

  name(letter: string, node: Node): Node {
    this.#name(node, `${letter}${this.#depth}`)
    return node
  }

  /** Names the layer's result: by its own number where it has parameters itself, else by that of the last layer that has. */
  nameResult(h: Node): void {
    const { depth } = this.#progress
    const isWeighted = depth > this.#depth && this.built.within.length === 0
    this.#name(h, isWeighted ? `f${this.#depth}` : `h${depth}`)
  }

  #name(node: Node, symbol: string): void {
    const { network, records, symbols } = this.#progress
    if (records) network.name(node, inMode(this.mode, `${symbols}${symbol}`))
  }

  state(role: string, shape: readonly number[], start: number): Node {
    const { network } = this.#progress
    const state = network.state(`${this.layer}.${role}`, [...this.#path, role], shape, start)
    const held = this.mode === 'training' ? network.writes.of(state) : state
    this.#states.set(held, state)
    return held
  }

  write(held: Node, value: Node): void {
    if (this.mode !== 'training' || !this.#progress.records) return
    this.#progress.network.writes.set(this.#states.get(held)!, value)
    this.assigned.push(value)
  }

  get isStarting(): boolean {
    return this.mode === 'initialization' && this.#progress.records
  }

  start(parameter: Node, value: Node): void {
    if (!this.isStarting) return
    this.#progress.network.starts.set(parameter, value)
    this.assigned.push(value)
  }

  product(weight: Node, h: Node): Node {
    if (!this.isStarting || !this.#scaled.has(weight)) return h
    const axes = h.shape.map((_, axis) => axis)
    const scale = standardisation(h, axes).deviation
    this.start(weight, divide(weight, broadcast(scale, weight.shape, [])))
    return divide(h, broadcast(scale, h.shape, []))
  }

  noiseLike(tensor: Node): Node {
    return noiseLike(tensor, this.#progress.streams.count++)
  }

  requireSamples(count: number): void {
    this.#progress.network.requireSamples(count)
  }

  sequence(x: Node, layers: readonly Layer[], { argument, scope, isBranch = false }: InnerPlace): Node {
    const { word, shorthand } = this.#entry
    const path = [...this.#path, word, ...(shorthand ? argument.slice(1) : argument)]
    const part = { isBranch, layers: [] }
    this.built.within.push(part)
    const prefix = scope === undefined ? `${this.layer}.` : `${this.layer}.${scope}.`
    return this.#buildSequence(x, layers, path, { prefix, frozen: this.#frozen, built: part.layers })
  }
}

/** A tensor before views that only change its shape. */
function seenThrough(tensor: Node): Node {
  let seen = tensor
  while (seen.op === 'reshape' || seen.op === 'permute') seen = seen.inputs[0]
  return seen
}
