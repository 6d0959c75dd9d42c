import { detach, input, multiply } from '../../graph/build.ts'
import { sampleShape } from '../../graph/shape.ts'
import type { Mode } from '../layers/layer.ts'
import type { NetworkBody, NetworkBuilder, Prediction } from './builder.ts'
import { inMode } from './layerContext.ts'
import { atWord, LayerBuilder, warningAt } from './layerBuilder.ts'
import { doubtOfEnd } from './doubts.ts'
import { measure } from './metrics.ts'
import { placing } from '../words/misfit.ts'
import { losses, type Loss } from '../formulas/losses.ts'
import type { BuiltLayer } from '../words/networkInitializers.ts'
import type { LayerNetwork } from './schema.ts'
import { FindingError, type Finding } from '../text/source.ts'
import type { Rows, Word } from '../words/word.ts'

const lossRows: Rows<Loss> = losses

function atInput<T>(build: () => T): T {
  return placing(build, ({ code, message, hint }) => {
    return new FindingError({ code, path: ['input'], part: 'value', message: `the input ${message}`, hint })
  })
}

/** @throws FindingError when two metrics would have one name. */
function requireOnce(metrics: readonly Word[]): void {
  metrics.forEach(({ word }, k) => {
    if (metrics.findIndex((other) => other.word === word) === k) return
    const message = `'${word}' is listed twice`
    throw new FindingError({ code: 'name-clash', path: ['metrics', k, word], part: 'key', message })
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
    const own = { streams: { count: 0 }, records: true, symbols: '' }
    const start = { network: builder, init: spec.init, mode, input: x, index, ...own }
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
  const name = spec.weight ? 'target' : 'y'
  const y = input(graph, name, ['batch', ...target.shape])
  builder.name(y, 'y')
  const weights = spec.weight && input(graph, 'weight', ['batch'])
  if (weights) builder.name(weights, 'w')
  const predictionIn = (mode: keyof typeof outputs): Prediction => {
    const counted = row.counted?.(outputs[mode], y, loss.arguments)
    const own = counted?.losses ?? row.apply(outputs[mode], y, loss.arguments)
    const losses = weights ? multiply(weights, own) : own
    const normalizers = weights && counted ? multiply(weights, counted.normalizers) : (weights ?? counted?.normalizers)
    builder.name(losses, inMode(mode, 'ℓ'))
    const lost = [losses, ...(normalizers ? [normalizers] : [])]
    builder.section('loss', lost)
    builder.locate(lost, { name: 'loss', path: ['loss', loss.word], part: 'key' })
    const measured = { prediction: outputs[mode], target: y, loss, weights }
    const metrics = spec.metrics?.map((word, k) => atWord(['metrics', k], word, () => measure(word, measured)))
    const told = metrics?.flatMap(({ sums }) => sums) ?? []
    builder.section('loss', told)
    builder.locate(told, { name: 'metrics', path: ['metrics'], part: 'key' })
    return {
      ...{ outputs: [outputs[mode]], losses },
      ...(normalizers && { normalizers: detach(normalizers) }),
      ...(metrics && { metrics }),
    }
  }
  requireOnce(spec.metrics ?? [])
  const training = predictionIn('training')
  return {
    inputs: [{ name: 'x', node: x, shape, ...(index === undefined ? {} : { below: index }) }],
    targets: [
      { name, node: y, ...target },
      ...(weights ? [{ name: 'weight', node: weights, shape: [], values: 'weights' as const }] : []),
    ],
    ...(row.takes && { outputValues: row.takes }),
    training,
    ...predictionIn('evaluation'),
  }
}
