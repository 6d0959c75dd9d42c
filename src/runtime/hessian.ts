import { refuseLoneSample } from './loneSample.ts'
import { directionsIn, productsIn } from './module.ts'
import { assign, viewsOf } from './tensors.ts'
import type { Inputs, Targets, TrainedName, Vector } from './types.ts'

/**
 * The trainer's `hessianProduct`. Optional.
 * @param count counts the samples, and throws where they don't fit.
 * @param run runs the program on all samples.
 */
export function hessianIn(
  arena: Vector,
  count: (x: Inputs, y: Targets) => number,
  run: (x: Inputs, y: Targets) => void,
) {
  const directions = viewsOf(directionsIn(arena))
  const products = viewsOf(productsIn(arena)) as Readonly<Record<TrainedName, Vector>>
  return {
    hessianProduct(x: Inputs, y: Targets, direction: Readonly<Partial<Record<TrainedName, ArrayLike<number>>>>) {
      const samples = count(x, y)
      refuseLoneSample(samples)
      for (const name in directions) directions[name]!.fill(0)
      assign('direction', directions, direction)
      for (const name in products) products[name as TrainedName]!.fill(0)
      run(x, y)
      return products
    },
  }
}
