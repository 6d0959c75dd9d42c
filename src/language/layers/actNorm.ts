import { add, divide, multiply, negate, subtract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { restoreAxes, standardisation } from '../words/numerics.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'
import { lengthOf } from './norms.ts'

/**
 * w ⊙ x + b for each channel of [channels, …], where the first batch has w and b start so that this has mean 0 and variance 1 over it
 * and all positions. Kingma and Dhariwal 2018.
 */
export const actNorm = {
  arguments: keys({}),
  startsByData: true,
  build: (x: Node, _: object, context: LayerContext): Node => {
    const channels = lengthOf(x, 1)
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1)
    const spread = (values: Node) => restoreAxes(values, x.shape, axes)
    const weight = context.parameter('weight', [channels], { init: 1 })
    const bias = context.parameter('bias', [channels], { bias: true })
    if (!context.isStarting) return add(spread(bias), multiply(spread(weight), x))

    const { mean, deviation } = standardisation(x, axes)
    const scale = divide(1, context.name('σ', deviation))
    context.start(weight, scale)
    context.start(bias, negate(multiply(context.name('μ', mean), scale)))
    return multiply(subtract(x, spread(mean)), spread(scale))
  },
} as const
