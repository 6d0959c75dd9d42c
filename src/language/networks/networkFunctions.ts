import { reshape, type Operand } from '../../graph/build.ts'
import { partsInOrder } from '../../base/tree.ts'
import { asciiName } from '../../base/name.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, sameShape, sampleShape } from '../../graph/shape.ts'
import type { FormulaForm } from '../formulas/dialect.ts'
import { real, requireCount } from '../formulas/expression.ts'
import { operandsOf, type Expression } from '../formulas/formula.ts'
import { perSample, sampleOf } from '../formulas/tensors.ts'
import { layers as layerRows } from '../layers/index.ts'
import type { Layer, Mode } from '../layers/layer.ts'
import { FindingError, type Finding } from '../text/source.ts'
import { Misfit } from '../words/misfit.ts'
import type { BuiltLayer } from '../words/networkInitializers.ts'
import { isMapping, type Word } from '../words/word.ts'
import type { NetworkBuilder, Port } from './builder.ts'
import { LayerBuilder } from './layerBuilder.ts'
import type { NoiseStreams } from './noiseForms.ts'
import type { EquationNetwork } from './schema.ts'

/*
 * Layered networks as functions of equations. Every call has the same parameters and buffers, and noise of its own; running statistics
 * take the calls in the order of equations, and what starts by a batch starts by the first call.
 */

type LayeredFunction = NonNullable<EquationNetwork['networks']>[string]

export interface NetworkFunctionsSetting {
  readonly networks: Readonly<Record<string, LayeredFunction>>
  /** How weights start where a network doesn't say. */
  readonly init: Word
  readonly builder: NetworkBuilder
  readonly streams: NoiseStreams
  /** The numbers that a value's elements are below, if the spec says that they are whole. */
  readonly indexOf: (x: Node) => number | undefined
  readonly findings: Finding[]
}

export class NetworkFunctions {
  readonly #setting: NetworkFunctionsSetting
  /** Calls that have been read, in each mode. */
  readonly #read: Readonly<Record<Mode, Set<readonly Expression[]>>> = {
    training: new Set(),
    evaluation: new Set(),
    initialization: new Set(),
  }
  /** Networks that have been called, in each mode. */
  readonly #called: Readonly<Record<Mode, Set<string>>> = {
    training: new Set(),
    evaluation: new Set(),
    initialization: new Set(),
  }
  /** Networks with a mistake in their layers, which has been told. */
  readonly #broken = new Set<string>()

  constructor(setting: NetworkFunctionsSetting) {
    this.#setting = setting
  }

  forms(mode: Mode): readonly (readonly [string, FormulaForm])[] {
    return Object.entries(this.#setting.networks).map(([name, network]) => [
      name,
      (operands, values) => this.#call(name, network, mode, operands, values),
    ])
  }

  /** Whether an expression calls a network whose mistake has been told. */
  callsBroken(expression: Expression): boolean {
    return partsInOrder(expression, operandsOf).some((part) => part.kind === 'call' && this.#broken.has(part.function))
  }

  /** Whether a batch gives any parameter its start. */
  get startByData(): boolean {
    const { networks, init, builder } = this.#setting
    return Object.entries(networks).some(
      ([name, network]) =>
        builder.hasUnitVariance(network.init ?? init) ||
        this.wordsOf(name).some((word) => layerRows[word]!.startsByData),
    )
  }

  isCalled(name: string): boolean {
    return this.#called.training.has(name)
  }

  /** The words of a network's layers, those within others among them, in order; none where the name is no network's. */
  wordsOf(name: string): readonly string[] {
    const { networks } = this.#setting
    return Object.hasOwn(networks, name) ? wordsIn(networks[name]!.layers) : []
  }

  /** @throws Misfit where the operand doesn't fit, FindingError where a layer doesn't. */
  #call(
    name: string,
    network: LayeredFunction,
    mode: Mode,
    operands: readonly Expression[],
    values: readonly Operand[],
  ): Node {
    const { builder, init, streams, findings } = this.#setting
    requireCount(values, 1)
    const x = this.#argument(network.input, values[0]!)
    const isAgain = this.#read[mode].has(operands)
    const isFirst = !this.#called[mode].has(name)
    this.#read[mode].add(operands)
    this.#called[mode].add(name)

    builder.section('equations', [x])
    const layers = new LayerBuilder(
      {
        ...{ network: builder, init: network.init ?? init, mode, input: x, index: network.input.index },
        ...{ streams: streams.of(operands), symbols: `${name}.` },
        records: !isAgain && (isFirst || mode !== 'initialization'),
      },
      isFirst && mode === 'training' ? findings : [],
    )
    const built: BuiltLayer[] = []
    try {
      const place = ['networks', name, 'layers']
      const h = layers.sequence(x, network.layers, place, { prefix: `${asciiName(name)}.`, built })
      if (isFirst && mode === 'training') builder.placeWeights(network.init ?? init, built)
      return sameShape(sampleShape(h.shape), [1]) ? reshape(h, ['batch']) : h
    } catch (error) {
      if (error instanceof FindingError) this.#broken.add(name)
      throw error
    }
  }

  /** The operand as a batch of the network's samples. */
  #argument({ shape, index }: Pick<Port, 'shape'> & { readonly index?: number | undefined }, operand: Operand): Node {
    const value = real(operand)
    if (typeof value === 'number') throw new Misfit('shape', `takes ${formatShape(shape)}, got a number`)
    const sample = sampleOf(value)
    const isSingle = sameShape(shape, [1]) && sample.length === 0
    if (!isSingle && !sameShape(shape, sample)) {
      const hint =
        shape.length === 1 && sample.length < 2 ? 'concat(a, b) makes one vector of several values' : undefined
      throw new Misfit('shape', `takes ${formatShape(shape)}, got ${formatShape(sample)}`, hint)
    }
    const below = this.#setting.indexOf(value)
    if (index !== undefined && (below === undefined || below > index))
      throw new Misfit(
        'out-of-range',
        `takes whole numbers below ${index}`,
        `give it an input that has index: ${index}, or a smaller one`,
      )
    const whole = perSample(value)
    return isSingle ? reshape(whole, ['batch', 1]) : whole
  }
}

function wordsIn(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ word, arguments: settings }) => [word, ...wordsIn(layersIn(settings))])
}

/** The layers among settings, at any depth; initializers are words as well. */
function layersIn(settings: unknown): Layer[] {
  if (Array.isArray(settings)) return settings.flatMap(layersIn)
  if (!isMapping(settings)) return []
  return isLayer(settings) ? [settings] : Object.values(settings).flatMap(layersIn)
}

function isLayer(settings: object): settings is Layer {
  return 'word' in settings && 'arguments' in settings && Object.hasOwn(layerRows, settings.word as string)
}
