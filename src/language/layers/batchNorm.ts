import { add, broadcast, divide, extent, multiply, sqrt, subtract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { elementsPerSample } from '../../graph/shape.ts'
import { nonNegative, share } from '../words/arguments.ts'
import { moments, restoreAxes } from '../words/numerics.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'
import { lengthOf, parameterAlong, type NormSettings } from './norms.ts'

export interface BatchNormSettings extends NormSettings {
  /** The new batch's share of the running statistics. */
  readonly momentum: number
}

/**
 * w ⊙ (x - mean x) / √(var x + ε) + b for each channel of [channels, …]: over the batch and all positions in training, with the
 * running statistics in evaluation. torch.nn.BatchNorm1d and 2d: Ioffe and Szegedy 2015.
 */
export const batchNorm = {
  arguments: keys({ momentum: share.default(0.1), epsilon: nonNegative.default(1e-5) }),
  first: 'momentum',
  build: (x: Node, { momentum, epsilon }: BatchNormSettings, context: LayerContext): Node => {
    const weight = parameterAlong(x, 1, 'weight', context)
    const bias = parameterAlong(x, 1, 'bias', context)
    const channels = lengthOf(x, 1)
    const positions = elementsPerSample(x.shape) / channels
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1)
    // One value has no variance.
    if (positions === 1) context.requireSamples(2)

    const running = {
      mean: context.state('running_mean', [channels], 0),
      variance: context.state('running_var', [channels], 1),
    }
    const { mean, variance } = context.mode === 'evaluation' ? running : moments(x, axes)
    const follow = (state: Node, value: Node) =>
      context.write(state, add(multiply(1 - momentum, state), multiply(momentum, value)))
    follow(running.mean, context.name('μ', mean))
    follow(running.variance, unbiased(context.name('v', variance), multiply(positions, extent(x.graph))))

    const centered = context.name('c', subtract(x, restoreAxes(mean, x.shape, axes)))
    const root = context.name('r', sqrt(add(variance, epsilon)))
    return add(bias, multiply(weight, context.name('z', divide(centered, restoreAxes(root, x.shape, axes)))))
  },
} as const

/** count / (count - 1) times the mean of squares: what estimates the variance of all that the sample is taken from. */
function unbiased(variance: Node, count: Node): Node {
  return multiply(broadcast(divide(count, subtract(count, 1)), variance.shape, []), variance)
}
