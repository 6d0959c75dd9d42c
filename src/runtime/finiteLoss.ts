import { expected } from './expected.ts'
import { lossOffset, network } from './module.ts'
import type { Vector } from './types.ts'

/** RangeError: the loss of the batch in the arena, which begins at sample number `start`, is NaN or infinite. Its update is still to come. */
export function refuseLoss(arena: Vector, epoch: number, start: number): void {
  const loss = arena[lossOffset]!
  if (!Number.isFinite(loss))
    expected(
      'a finite loss',
      `${loss} in epoch ${epoch}, batch ${start / network.batch}: a smaller learningRate or train.clip may help`,
    )
}
