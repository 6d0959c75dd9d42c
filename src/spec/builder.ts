import { parameter } from '../graph/build.ts'
import { Interner, type Node } from '../graph/node.ts'
import { regionOutputs } from '../graph/scan.ts'
import { elementsPerSample, formatShape, type Shape } from '../graph/shape.ts'
import { freshName } from '../base/name.ts'
import { Misfit } from './misfit.ts'
import { initializers, type InitialValue, type Initializer } from './initializers.ts'
import { networkInitializers, type BuiltLayer, type NetworkInitializer } from './networkInitializers.ts'
import { MAXIMUM_MODULE_BYTES } from './limits.ts'
import type { WeightDecay } from './optimizers.ts'
import type { Word } from './word.ts'

/** An input or a target. */
export interface Port {
  /** Public, ASCII. */
  readonly name: string
  readonly node: Node
  /** Of one sample. */
  readonly shape: readonly number[]
  /** Set where every element must be a whole number in [0, below). */
  readonly below?: number
}

/** The graph of a network: what it computes for each sample. */
export interface NetworkBody {
  readonly inputs: readonly Port[]
  readonly targets: readonly Port[]
  /** What the loss reads: shape `['batch', …]`. */
  readonly output: Node
  /** One loss a sample: shape `['batch']`. */
  readonly losses: Node
}

/** A tensor that is trained, unless it is frozen. */
export interface Parameter {
  /** Public, ASCII: `linear0.weight`, `beta0`. */
  readonly name: string
  /** In equations: Ω0, β0. */
  readonly symbol: string
  readonly node: Node
  readonly shape: readonly number[]
  readonly initial: InitialValue
  readonly frozen: boolean
  readonly weightDecay: number
}

const networkRows = networkInitializers as unknown as Readonly<Record<string, NetworkInitializer>>
const initializerRows = { ...initializers, ...networkRows } as unknown as Readonly<Record<string, Initializer>>

/** @throws Misfit for a shape that the initializer isn't defined for. */
export function initialValue({ word, arguments: settings }: Word, shape: readonly number[]): InitialValue {
  try {
    return initializerRows[word]!.initial(shape, settings)
  } catch (error) {
    throw error instanceof Misfit ? new Misfit(error.code, `${word} ${error.message}`, error.hint) : error
  }
}

export interface BuilderSetting {
  /** Of an element. */
  readonly bytes: number
  /** The most samples of a step. */
  readonly batch: number
  readonly decay: WeightDecay
  /** How many tensors there are for each trained parameter: itself, its gradient, optimizer states. */
  readonly regions: number
}

/** Collects what a network consists of while its graph is built. */
export class NetworkBuilder {
  readonly graph = new Interner()
  readonly parameters: Parameter[] = []
  readonly symbols = new Map<Node, string>()
  readonly sections = new Map<string, readonly Node[]>()
  readonly #takenSymbols = new Set<string>()
  readonly #owned = new Set<Node>()
  readonly #setting: BuilderSetting
  #parameterBytes = 0

  constructor(setting: BuilderSetting) {
    this.#setting = setting
  }

  /** @throws Misfit when it alone is more than a module may hold. */
  parameter(
    name: string,
    symbol: string,
    shape: readonly number[],
    initial: InitialValue,
    frozen: boolean = false,
  ): Node {
    this.requireSize(shape)
    const { bytes, regions } = this.#setting
    this.#parameterBytes += elementsPerSample(shape) * bytes * (frozen ? 1 : regions)
    if (this.#parameterBytes > MAXIMUM_MODULE_BYTES)
      throw new Misfit('limit', 'makes parameters, with gradients and optimizer states, of over 2 GiB')
    const node = parameter(this.graph, name, shape)
    const { weights, others } = this.#setting.decay
    const weightDecay = shape.length >= 2 ? weights : others
    const shown = this.name(node, symbol)
    this.parameters.push({ name, symbol: shown, node, shape, initial, frozen, weightDecay })
    return node
  }

  /** Starts the weights that name no initializer as the network's has it where they stand. */
  placeWeights({ word }: Word, layers: readonly BuiltLayer[]): void {
    for (const [{ name, hasOwn }, initial] of networkRows[word]?.placed(layers) ?? []) {
      const index = this.parameters.findIndex((parameter) => parameter.name === name)
      if (!hasOwn) this.parameters[index] = { ...this.parameters[index]!, initial }
    }
  }

  /** Names a node in equations, unless it has a name already. @returns its name. */
  name(node: Node, symbol: string): string {
    const known = this.symbols.get(node)
    if (known !== undefined) return known
    const fresh = freshName(symbol, this.#takenSymbols)
    this.symbols.set(node, fresh)
    return fresh
  }

  /** Assigns what `outputs` need, and no earlier section has, to a section. */
  section(name: string, outputs: readonly Node[]): void {
    const nodes: Node[] = []
    const pending = [...outputs]
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (this.#owned.has(node)) continue
      this.#owned.add(node)
      nodes.push(node)
      pending.push(...node.inputs, ...regionOutputs(node))
    }
    this.sections.set(
      name,
      nodes.sort((a, b) => a.id - b.id),
    )
  }

  /** @throws Misfit when a tensor, for a whole batch, would be larger than any module. */
  requireSize(shape: Shape): void {
    const { bytes, batch } = this.#setting
    const size = elementsPerSample(shape) * bytes * (shape[0] === 'batch' ? batch : 1)
    if (size > MAXIMUM_MODULE_BYTES) throw new Misfit('limit', `makes a tensor of over 2 GiB: ${formatShape(shape)}`)
  }
}
