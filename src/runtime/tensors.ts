import { countSamples } from './arguments.ts'
import { expected } from './expected.ts'
import type { Region } from './layout.ts'
import { network, type Vector } from './module.ts'

/** A tensor as files know it, and its live view. */
export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly view: Vector
  /** Whether a file may lack it. */
  readonly optional: boolean
}

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}

/** The tensors of some regions, in order. */
export function tensorsIn(arena: Vector, regions: readonly Region[]): Tensor[] {
  return regions.flatMap(({ offset, tensors, prefix }) =>
    network[tensors].map(({ name, shape }) => {
      const view = arena.subarray(offset, (offset += sizeOf(shape)))
      return { name: prefix + name, shape, view, optional: prefix !== '' }
    }),
  )
}

/** A region's live views by public name. */
export function viewsOf(arena: Vector, region: Region): Record<string, Vector> {
  return Object.fromEntries(tensorsIn(arena, [region]).map(({ name, view }) => [name, view]))
}

/**
 * Copies flat arrays by name into the views of those names. TypeError for an unknown name or what isn't an array of
 * numbers, RangeError for another number of elements.
 */
export function assign(views: Record<string, Vector>, values: object = {}): void {
  for (const [name, value] of Object.entries(values)) {
    const view = Object.hasOwn(views, name) ? views[name]! : expected(Object.keys(views).join(), name, TypeError)
    countSamples([{ name, size: view.length, offset: 0 }], value, 1)
    view.set(value)
  }
}
