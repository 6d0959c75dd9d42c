import { countSamples } from './arguments.ts'
import { expected } from './expected.ts'
import type { Vector } from './module.ts'

/** A tensor's public name and shape. */
export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
}

/** Tensors that follow each other in the arena from element `offset` on. */
export interface Region {
  readonly offset: number
  readonly tensors: readonly Tensor[]
}

/** A tensor and its live view. */
export interface StoredTensor extends Tensor {
  readonly view: Vector
}

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}

/** A region's tensors with their live views, named with `prefix` before their names. */
export function tensorsIn(arena: Vector, { offset, tensors }: Region, prefix = ''): StoredTensor[] {
  return tensors.map(({ name, shape }) => {
    const view = arena.subarray(offset, (offset += sizeOf(shape)))
    return { name: prefix + name, shape, view }
  })
}

/** Live views by name. */
export function viewsOf(tensors: readonly StoredTensor[]): Record<string, Vector> {
  return Object.fromEntries(tensors.map(({ name, view }) => [name, view]))
}

/**
 * Copies flat arrays by name into the views of those names. TypeError for an unknown name or what isn't an array of
 * numbers, RangeError for another number of elements.
 */
export function assign(views: Record<string, Vector>, values: object = {}): void {
  for (const [name, value] of Object.entries(values)) {
    const view = Object.hasOwn(views, name) ? views[name]! : expected(Object.keys(views).join(), name, TypeError)
    const size = countSamples([{ name, size: 1, offset: 0 }], value)
    if (size !== view.length) expected(`${name}: ${view.length} numbers`, size)
    view.set(value)
  }
}
