import { parameter, state } from '../../graph/build.ts'
import { Interner, topologicalOrder, type Node } from '../../graph/node.ts'
import { Derivatives } from '../../calculus/derivatives.ts'
import { Sections } from '../../graph/sections.ts'
import { regionOutputs } from '../../graph/scan.ts'
import { elementsPerSample, formatShape, isBatched, sampleShape, type Shape } from '../../graph/shape.ts'
import { bestPrefix, FreshNames, statePrefix } from '../../base/name.ts'
import type { Metric } from './metrics.ts'
import type { PredictionValues, TargetValues } from '../formulas/losses.ts'
import { Misfit, placing } from '../words/misfit.ts'
import { constant, initializers, type InitialValue, type Initializer } from '../words/initializers.ts'
import { networkInitializers, type BuiltLayer, type NetworkInitializer } from '../words/networkInitializers.ts'
import { MAXIMUM_MODULE_BYTES } from '../text/limits.ts'
import type { Path, Place } from '../text/source.ts'
import { decayOf, type WeightDecay } from '../words/optimizers.ts'
import type { Rows, Word } from '../words/word.ts'

/** An input or a target. */
export interface Port {
  /** Public, ASCII. */
  readonly name: string
  readonly node: Node
  /** The shape of one sample. */
  readonly shape: readonly number[]
  /** Set where every element must be a whole number in [0, below). */
  readonly below?: number
  /** Besides, for rows that don't count. */
  readonly ignored?: number
  /** Set where other numbers make no sense, though they may be given. */
  readonly values?: TargetValues
}

/** Those of `ports` that any of the nodes depends on. */
export function portsNeeded(nodes: readonly Node[], ports: readonly Port[]): readonly Port[] {
  const needed = new Set(topologicalOrder(nodes))
  return ports.filter(({ node }) => needed.has(node))
}

/** The inputs that somebody must give who asks for these nodes: all where they depend on none, to say how many samples there are. */
export function inputsNeeded(nodes: readonly Node[], inputs: readonly Port[]): readonly Port[] {
  const needed = portsNeeded(nodes, inputs)
  return needed.length > 0 ? needed : inputs
}

/** The results of a network for each sample. */
export interface Prediction {
  /** What is predicted, each of shape `['batch', …]`: of layers one tensor, which the loss reads. */
  readonly outputs: readonly Node[]
  /** One loss a sample: shape `['batch']`. */
  readonly losses: Node
  /** What a batch's sum of losses is divided by the sum of, in place of the samples: shape `['batch']`. No derivative passes. */
  readonly normalizers?: Node
  /** What is told of the prediction besides. */
  readonly metrics?: readonly Metric[]
}

/** The graph of a network, in evaluation mode. */
export interface NetworkBody extends Prediction {
  readonly inputs: readonly Port[]
  readonly targets: readonly Port[]
  /** The names of the outputs, ASCII, where a prediction is a record. */
  readonly outputNames?: readonly string[]
  /** What outputs are, where the loss takes them for more than numbers. */
  readonly outputValues?: PredictionValues
  /** In training mode: the same nodes as far as no layer depends on the mode. */
  readonly training: Prediction
  /** Where there are several losses: each, the first among them. */
  readonly objectives?: readonly ObjectiveBody[]
}

/** A loss, in both modes. */
export interface ObjectiveBody {
  /** ASCII. */
  readonly name: string
  readonly evaluation: Prediction
  readonly training: Prediction
}

/** A parameter or buffer, and what it becomes. */
export interface Assignment {
  readonly target: Node
  readonly value: Node
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

/** An untrained tensor that lasts from step to step: running statistics. */
export interface State {
  /** Public: `batchNorm0.running_mean`. */
  readonly name: string
  readonly node: Node
  readonly shape: readonly number[]
  readonly initial: InitialValue
}

/** All nodes of a prediction. */
export function nodesOf({ outputs, losses, normalizers, metrics = [] }: Prediction): readonly Node[] {
  return [...outputs, losses, ...(normalizers ? [normalizers] : []), ...metrics.flatMap(({ sums }) => sums)]
}

/** What tensors are assigned, each to the last value that it was given. */
class Assignments {
  readonly #values = new Map<Node, Node>()

  set(target: Node, value: Node): void {
    this.#values.set(target, value)
  }

  /** What a tensor is assigned so far: else itself. */
  of(target: Node): Node {
    return this.#values.get(target) ?? target
  }

  get list(): readonly Assignment[] {
    return [...this.#values].map(([target, value]) => ({ target, value }))
  }
}

const networkRows: Rows<NetworkInitializer> = networkInitializers
const initializerRows: Rows<Initializer> = { ...initializers, ...networkRows }

/** @throws Misfit for a shape that the initializer isn't defined for. */
export function initialValue({ word, arguments: settings }: Word, shape: readonly number[]): InitialValue {
  const start = () => initializerRows[word]!.initial(shape, settings)
  return placing(start, ({ code, message, hint }) => new Misfit(code, `${word} ${message}`, hint))
}

/** The part of a spec that a node comes from: a layer, an equation, an input. */
export interface Origin extends Pick<Place, 'path' | 'part'> {
  /** What people know it by: `linear0`, `f0`. */
  readonly name: string
}

export interface BuilderSetting {
  /** The size of an element. */
  readonly bytes: number
  /** The most samples of a step. */
  readonly batch: number
  readonly decay: WeightDecay
  /** The tensors that optimizers keep for each trained parameter. */
  readonly states: readonly string[]
  /** What they carry on for each trained parameter besides: numbers. */
  readonly scalars: readonly string[]
  /** Whether a trainer keeps the best epoch's tensors. */
  readonly keepsBest: boolean
}

/** Collects what a network consists of while its graph is built, once for each mode in the same graph. */
export class NetworkBuilder {
  readonly graph = new Interner()
  readonly parameters: Parameter[] = []
  readonly buffers: State[] = []
  /** The values that a training step leaves in buffers. */
  readonly writes = new Assignments()
  /** The values as which a batch starts parameters. */
  readonly starts = new Assignments()
  readonly symbols = new Map<Node, string>()
  readonly origins = new Map<Node, Origin>()
  readonly derivatives = new Derivatives()
  /** The fewest samples of a training batch. */
  leastSamples = 1
  /** Parameters and buffers by name. */
  readonly #tensors = new Map<string, Node>()
  /** Where in the spec each layer and tensor with a full name comes from. */
  readonly #owners = new Map<string, string>()
  readonly #freshSymbols = new FreshNames()
  readonly #sections = new Sections()
  readonly #setting: BuilderSetting
  #parameterBytes = 0

  constructor(setting: BuilderSetting) {
    this.#setting = setting
  }

  /**
   * Gives a full name of a layer or tensor to its one owner, which may ask again in a further mode.
   * @throws Misfit when another part of the spec has that name.
   */
  claim(name: string, owner: Path): void {
    const place = JSON.stringify(owner)
    const other = this.#owners.get(name) ?? place
    if (other !== place)
      throw new Misfit('name-clash', `would be a second ${name}`, 'give one of them another name by as')
    this.#owners.set(name, place)
  }

  /**
   * A new parameter, or in a further mode the same.
   * @param owner where in the spec it comes from.
   * @throws Misfit when another one has its name, or when it alone is more than a module may hold.
   */
  parameter(
    name: string,
    owner: Path,
    symbol: string,
    shape: readonly number[],
    initial: InitialValue,
    frozen: boolean = false,
  ): Node {
    const { bytes, states, scalars } = this.#setting
    const kept = frozen ? [] : [...states, ...scalars].map((state) => `${statePrefix(state)}${name}`)
    for (const each of [name, ...kept, ...this.#best(name)]) this.claim(each, owner)
    const known = this.#tensors.get(name)
    if (known) return known
    this.requireSize(shape)
    // Itself, its gradient, and what the optimizer keeps.
    this.#parameterBytes += elementsPerSample(shape) * bytes * (frozen ? 1 : 2 + states.length)
    if (this.#parameterBytes > MAXIMUM_MODULE_BYTES)
      throw new Misfit(
        'limit',
        `makes parameters, with gradients and optimizer states, of over 2 GiB: here ${name} of ${formatShape(shape)}`,
        this.#largestParameters(),
      )
    const node = parameter(this.graph, name, shape)
    this.#tensors.set(name, node)
    const weightDecay = decayOf(shape, this.#setting.decay)
    const shown = this.name(node, symbol)
    this.parameters.push({ name, symbol: shown, node, shape, initial, frozen, weightDecay })
    return node
  }

  /** What files call the best epoch's tensor of this name, where trainers keep it. */
  #best(name: string): string[] {
    return this.#setting.keepsBest ? [`${bestPrefix}${name}`] : []
  }

  #largestParameters(): string | undefined {
    const size = ({ shape }: Parameter) => elementsPerSample(shape)
    const largest = this.parameters.toSorted((a, b) => size(b) - size(a)).slice(0, 3)
    if (largest.length === 0) return undefined
    return `the largest before it are ${largest.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ')}`
  }

  /** Whether an initializer has each product with a weight start with variance 1. */
  hasUnitVariance({ word }: Word): boolean {
    return networkRows[word]?.unitVariance ?? false
  }

  /** Starts the weights that name no initializer as the network's has it where they stand. */
  placeWeights({ word }: Word, layers: readonly BuiltLayer[]): void {
    const positions = new Map(this.parameters.map(({ name }, index) => [name, index]))
    for (const [{ name, hasOwn }, initial] of networkRows[word]?.placed(layers) ?? []) {
      const index = positions.get(name)!
      if (!hasOwn) this.parameters[index] = { ...this.parameters[index]!, initial }
    }
  }

  /** A new buffer whose elements start as a number, or in a further mode the same. @throws as `parameter`. */
  state(name: string, owner: Path, shape: readonly number[], start: number): Node {
    for (const each of [name, ...this.#best(name)]) this.claim(each, owner)
    const known = this.#tensors.get(name)
    if (known) return known
    this.requireSize(shape)
    const node = state(this.graph, name, shape)
    this.#tensors.set(name, node)
    this.name(node, name)
    this.buffers.push({ name, node, shape, initial: constant(start) })
    return node
  }

  /** Names a node in equations, unless it has a name already. @returns its name. */
  name(node: Node, symbol: string): string {
    const known = this.symbols.get(node)
    if (known !== undefined) return known
    const fresh = this.#freshSymbols.from(symbol)
    this.symbols.set(node, fresh)
    return fresh
  }

  /** Adds what `outputs` need, and no section has yet, to a section. */
  section(name: string, outputs: readonly Node[]): void {
    this.#sections.add(name, outputs)
  }

  get sections(): ReadonlyMap<string, readonly Node[]> {
    return this.#sections.nodes
  }

  /** Says where what `outputs` need, and nothing before them does, comes from. */
  locate(outputs: readonly Node[], origin: Origin): void {
    const pending = [...outputs]
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (this.origins.has(node)) continue
      this.origins.set(node, origin)
      pending.push(...node.inputs, ...regionOutputs(node))
    }
  }

  /** Says that a training batch needs so many samples. @throws Misfit when none has as many. */
  requireSamples(count: number): void {
    const { batch } = this.#setting
    if (batch < count)
      throw new Misfit('out-of-range', `needs batches of at least ${count} samples, and train.batch is ${batch}`)
    this.leastSamples = Math.max(this.leastSamples, count)
  }

  /** @throws Misfit when a tensor, for a whole batch, would be larger than any module. */
  requireSize(shape: Shape): void {
    const { bytes, batch } = this.#setting
    const size = elementsPerSample(shape) * bytes * (isBatched(shape) ? batch : 1)
    const batches = isBatched(shape) ? ` with batches of ${batch.toLocaleString('en')}` : ''
    if (size <= MAXIMUM_MODULE_BYTES) return
    const fitting = Math.floor((batch * MAXIMUM_MODULE_BYTES) / size)
    const hint =
      isBatched(shape) && fitting > 0 ? `batches of at most ${fitting.toLocaleString('en')} would fit` : undefined
    throw new Misfit('limit', `makes a tensor of over 2 GiB: ${formatShape(sampleShape(shape))}${batches}`, hint)
  }
}
