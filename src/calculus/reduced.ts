import { broadcast } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'

/** Repeats a reduction's result along the axes that it removed from `x`. */
export function alongReduced(result: Node, x: Node, axes: readonly number[]): Node {
  return broadcast(
    result,
    x.shape,
    x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)),
  )
}
