import { countSamples } from './arguments.ts'
import { expected } from './expected.ts'
import type { Vector } from './types.ts'

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

/** Tensors that follow each other in the arena from `offset` on; optional ones with a prefix to their names. */
export function tensorsAt(
  arena: Vector,
  offset: number,
  tensors: readonly {
    readonly name: string
    readonly shape: readonly number[]
  }[],
  prefix = '',
): Tensor[] {
  return tensors.map(({ name, shape }) => {
    const view = arena.subarray(offset, (offset += sizeOf(shape)))
    return { name: prefix + name, shape, view, optional: prefix !== '' }
  })
}

/** The views by name. */
export function viewsOf(tensors: readonly Tensor[]): Record<string, Vector> {
  return Object.fromEntries(tensors.map(({ name, view }) => [name, view]))
}

/**
 * Copies flat arrays by name into the views of those names. TypeError for an unknown name or what isn't an array of
 * numbers, RangeError for another number of elements.
 */
export function assign(
  views: Record<string, Vector>,
  values: Readonly<Record<string, ArrayLike<number> | undefined>> | undefined,
): void {
  for (const name in values) {
    const value = values[name]!
    const view = Object.hasOwn(views, name) ? views[name]! : expected(`${Object.keys(views)}`, name, TypeError)
    countSamples(name, value, view.length, 1)
    view.set(value)
  }
}
