import { elementsPerSample } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'

/**
 * The most numbers in a batch of one input or target that takes any finite number. Undefined where they are so few that a kernel that looks
 * at them isn't worth its bytes, and where there is no training, whose steps are short.
 */
export function largestBatch({ inputs, targets, train, emit }: Network): number | undefined {
  const sizes = [...inputs, ...targets]
    .filter(({ below }) => below === undefined)
    .map(({ shape }) => elementsPerSample(shape) * train.batch)
  const most = Math.max(...sizes)
  return most < 500 || emit.only === 'model' ? undefined : most
}
