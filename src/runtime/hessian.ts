import { directionsIn, productsIn } from './module.ts'
import { assign, viewsOf } from './tensors.ts'
import type { Inputs, Targets, TrainedName, Vector } from './types.ts'

/**
 * The trainer's `hessianProduct`. Optional.
 * @param run runs the program on all samples, and checks them.
 */
export function hessianIn(arena: Vector, run: (x: Inputs, y: Targets) => void) {
  const directions = viewsOf(directionsIn(arena))
  const products = viewsOf(productsIn(arena)) as Readonly<Record<TrainedName, Vector>>
  return {
    hessianProduct(x: Inputs, y: Targets, direction: Readonly<Partial<Record<TrainedName, ArrayLike<number>>>>) {
      for (const views of [directions, products]) for (const name in views) views[name as TrainedName]!.fill(0)
      assign('direction', directions, direction)
      run(x, y)
      return products
    },
  }
}
