import { countSamples } from './arguments.ts'
import { expected } from './expected.ts'
import type { Tensor } from './tensor.ts'
import type { Vector } from './types.ts'

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}

/** Tensors that lie one after the other in the arena from `offset` on. With a prefix to their names they are optional. */
export function tensorsAt(
  arena: Tensor['view'],
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

/** The tensors' views by name. */
export function viewsOf(tensors: readonly Tensor[]): Record<string, Vector> {
  return Object.fromEntries(tensors.map(({ name, view }) => [name, view as Vector]))
}

/**
 * Copies flat arrays into the views of the same names. TypeError: an unknown name, or not an array of numbers. RangeError:
 * another number of elements than the view's.
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
