import { input } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { sampleShape } from '../../graph/shape.ts'
import type { Layer, Mode } from '../layers/layer.ts'
import type { NetworkBody, NetworkBuilder, Prediction } from './builder.ts'
import { inMode, NetworkContext, type Progress, type Scope } from './layerContext.ts'
import { doubtOfEnd, doubtOfInput, doubtOfPair, type Doubt } from './doubts.ts'
import { placing } from '../words/misfit.ts'
import { layers as layerRows } from '../layers/index.ts'
import { losses, type Loss } from '../formulas/losses.ts'
import type { BuiltLayer } from '../words/networkInitializers.ts'
import type { LayerNetwork } from './schema.ts'
import { FindingError, type Finding, type Path } from '../text/source.ts'
import type { Rows, Word } from '../words/word.ts'

const lossRows: Rows<Loss> = losses

function atInput<T>(build: () => T): T {
  return placing(build, ({ code, message, hint }) => {
    return new FindingError({ code, path: ['input'], part: 'value', message: `the input ${message}`, hint })
  })
}

/** Runs a row; a fault in it is a finding at its word. */
export function atWord<T>(path: Path, { word }: Word, build: () => T): T {
  return placing(build, ({ code, message, hint }) => {
    return new FindingError({ code, path: [...path, word], part: 'key', message: `${word} ${message}`, hint })
  })
}

/**
 * Builds a network of layers on the input x and the target y, in training mode first, so that its nodes have the plain names.
 * @param isPartial when the last layers or the loss are missing, so that the loss can't be expected to fit.
 * @throws FindingError at the first layer that doesn't fit, since the shapes after it are unknown; at the first that is frozen, if
 *   all that have parameters are, so that a trainer would have nothing to do.
 */
export function buildLayers(
  spec: LayerNetwork,
  builder: NetworkBuilder,
  isPartial: boolean,
  findings: Finding[],
): NetworkBody {
  const { graph } = builder
  const { shape, index } = spec.input
  const x = input(graph, 'x', ['batch', ...shape])
  builder.name(x, 'x')
  atInput(() => builder.requireSize(x.shape))
  builder.locate([x], { name: 'x', path: ['input'], part: 'value' })
  const outputIn = (mode: Mode) => {
    const start = { network: builder, init: spec.init, mode, input: x, index }
    const layers = new LayerBuilder(start, mode === 'training' ? findings : [])
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
  const last = spec.layers.at(-1)
  const doubt = isPartial || !last ? undefined : doubtOfEnd(last, loss, sampleShape(outputs.training.shape))
  if (doubt) findings.push(warningAt(doubt, ['layers', spec.layers.length - 1], last!))
  const target = atWord(['loss'], loss, () => row.target(sampleShape(outputs.training.shape), loss.arguments))
  const y = input(graph, 'y', ['batch', ...target.shape])
  builder.name(y, 'y')
  const predictionIn = (mode: keyof typeof outputs): Prediction => {
    const losses = row.apply(outputs[mode], y, loss.arguments)
    builder.name(losses, inMode(mode, 'ℓ'))
    builder.section('loss', [losses])
    builder.locate([losses], { name: 'loss', path: ['loss', loss.word], part: 'key' })
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

function warningAt({ code, message, hint }: Doubt, place: Path, { word }: Word): Finding {
  return { code, severity: 'warning', path: [...place, word], part: 'key', message: `${word} ${message}`, hint }
}

class LayerBuilder {
  readonly #progress: Progress
  readonly #findings: Finding[]

  constructor(start: Pick<Progress, 'network' | 'init' | 'mode' | 'input' | 'index'>, findings: Finding[]) {
    this.#findings = findings
    this.#progress = { ...start, depth: 0, streams: 0, frozen: undefined }
  }

  requireTrained(): void {
    const { frozen, network } = this.#progress
    if (!frozen || network.parameters.some((parameter) => !parameter.frozen)) return
    const message = 'every parameter is frozen, so that nothing is left to train'
    throw new FindingError({ code: 'out-of-range', path: [...frozen, 'frozen'], part: 'key', message })
  }

  sequence(x: Node, layers: readonly Layer[], path: Path, scope: Scope): Node {
    const counts = new Map<string, number>()
    let h = x
    for (const [index, layer] of layers.entries()) {
      const count = counts.get(layer.word) ?? 0
      counts.set(layer.word, count + 1)
      const name = layer.as ?? `${layer.word}${count}`
      const place = [...path, index]
      placing(
        () => this.#progress.network.claim(`${scope.prefix}${name}`, place),
        ({ code, message, hint }) =>
          new FindingError({ code, path: [...place, 'as'], part: 'value', message: `this ${message}`, hint }),
      )
      this.#doubt(doubtOfPair(layers[index - 1], layer), place, layer)
      if (h === this.#progress.input) this.#doubt(doubtOfInput(layer, sampleShape(h.shape)), place, layer)
      const within = layer.frozen ? { ...scope, frozen: place } : scope
      h = atWord(place, layer, () => this.#layer(h, layer, place, name, within))
    }
    return h
  }

  #doubt(doubt: Doubt | undefined, place: Path, layer: Layer): void {
    if (doubt) this.#findings.push(warningAt(doubt, place, layer))
  }

  #layer(x: Node, entry: Layer, path: Path, ownName: string, { prefix, frozen, built }: Scope): Node {
    const { network } = this.#progress
    const name = `${prefix}${ownName}`
    const context = new NetworkContext(this.#progress, { name, entry, path, frozen }, (...list) =>
      this.sequence(...list),
    )
    built.push(context.built)
    const h = layerRows[entry.word]!.build(x, entry.arguments, context)
    network.requireSize(h.shape)
    context.nameResult(h)
    network.section(name, [h, ...context.assigned])
    network.locate([h, ...context.assigned], { name, path: [...path, entry.word], part: 'key' })
    return h
  }
}
