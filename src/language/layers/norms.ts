import { add, broadcast, divide, multiply, reshape, sqrt, subtract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementsPerSample } from '../../graph/shape.ts'
import { count, nonNegative } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { mean, restoreAxes, square } from '../words/numerics.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

export interface NormSettings {
  readonly epsilon: number
}

/** w ⊙ (x - mean x) / √(var x + ε) + b along the last axis. torch.nn.LayerNorm: Ba, Kiros and Hinton 2016. */
export const layerNorm = {
  arguments: keys({ epsilon: nonNegative.default(1e-5) }),
  first: 'epsilon',
  build: (x: Node, { epsilon }: NormSettings, context: LayerContext): Node => {
    const last = x.shape.length - 1
    const weight = parameterAlong(x, last, 'weight', context)
    const bias = parameterAlong(x, last, 'bias', context)
    return add(bias, multiply(weight, context.name('z', standardise(x, epsilon, context))))
  },
} as const

/**
 * w ⊙ x / √(mean x² + ε) along the last axis. torch.nn.RMSNorm, whose ε is the machine's, 1.2e-7 in single precision, unless it is given:
 * Zhang and Sennrich 2019.
 */
export const rmsNorm = {
  arguments: keys({ epsilon: nonNegative.default(1e-6) }),
  first: 'epsilon',
  build: (x: Node, { epsilon }: NormSettings, context: LayerContext): Node =>
    multiply(
      parameterAlong(x, x.shape.length - 1, 'weight', context),
      context.name('z', divideByRootMeanSquare(x, epsilon, context)),
    ),
} as const

/** As layerNorm, over all of a group of channels, with one w and b a channel. torch.nn.GroupNorm: Wu and He 2018. */
export const groupNorm = {
  arguments: keys({ groups: count, epsilon: nonNegative.default(1e-5) }),
  first: 'groups',
  build: (x: Node, { groups, epsilon }: NormSettings & { readonly groups: number }, context: LayerContext): Node => {
    const weight = parameterAlong(x, 1, 'weight', context)
    const bias = parameterAlong(x, 1, 'bias', context)
    const channels = x.shape[1] as number
    if (channels % groups !== 0)
      throw new Misfit('shape', `can't part ${channels} channels into ${groups} equal groups`)
    const grouped = reshape(x, ['batch', groups, elementsPerSample(x.shape) / groups])
    return add(bias, multiply(weight, context.name('z', reshape(standardise(grouped, epsilon, context), x.shape))))
  },
} as const

/** A number for each index of an axis, repeated to the shape of x. Weights start at 1. */
export function parameterAlong(x: Node, axis: number, name: 'weight' | 'bias', context: LayerContext): Node {
  const bias = name === 'bias'
  return broadcast(context.parameter(name, [lengthOf(x, axis)], { bias, init: bias ? 0 : 1 }), x.shape, [axis])
}

/** @throws Misfit when there is no such axis. */
export function lengthOf(x: Node, axis: number): number {
  const length = x.shape[axis]
  if (typeof length !== 'number') throw new Misfit('shape', 'needs an axis to act along, and a sample is a scalar')
  return length
}

/** Mean 0 and variance 1 along the last axis. The variance is the mean of squares, as PyTorch's, not over n - 1. */
function standardise(x: Node, epsilon: number, context: LayerContext): Node {
  const last = x.shape.length - 1
  const centered = context.name('c', subtract(x, restoreAxes(mean(x, [last]), x.shape, [last])))
  return divideByRootMeanSquare(centered, epsilon, context)
}

/** x / √(mean x² + ε) along the last axis. */
function divideByRootMeanSquare(x: Node, epsilon: number, context: LayerContext): Node {
  const last = x.shape.length - 1
  const root = context.name('r', sqrt(add(mean(square(x), [last]), epsilon)))
  return divide(x, restoreAxes(root, x.shape, [last]))
}
