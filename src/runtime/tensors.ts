import { countSamples } from './arguments.ts'
import type { Tensor } from './tensor.ts'
import type { Vector } from './types.ts'
import { refuseUnknown } from './unknown.ts'

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1)
}

/** Tensors that lie one after the other in the arena from `offset` on. */
export function tensorsAt(
  arena: Tensor['view'],
  offset: number,
  tensors: readonly {
    readonly name: string
    readonly shape: readonly number[]
  }[],
): Tensor[] {
  return tensors.map(({ name, shape }) => {
    const view = arena.subarray(offset, (offset += sizeOf(shape)))
    return { name, shape, view }
  })
}

/** The same tensors as a file may lack them, with a prefix to their names. */
export function optionally(prefix: string, tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor) => ({ ...tensor, name: prefix + tensor.name, optional: true }))
}

/** The tensors' views by name, in a frozen record: what is assigned to a name would be lost. */
export function viewsOf(tensors: readonly Tensor[]): Readonly<Record<string, Vector>> {
  return Object.freeze(Object.fromEntries(tensors.map(({ name, view }) => [name, view as Vector])))
}

/**
 * Copies flat arrays into the views of the same names. TypeError: an unknown name, or not an array of numbers. RangeError:
 * another number of elements than the view's.
 * @param what what callers know the record by.
 */
export function assign(
  what: string,
  views: Readonly<Record<string, Vector>>,
  values: Readonly<Record<string, ArrayLike<number> | undefined>> = {},
): void {
  refuseUnknown(what, values, views)
  for (const name in values) {
    const value = values[name]
    if (value === undefined) continue
    const view = views[name]!
    countSamples(name, value, view.length, 1)
    view.set(value)
  }
}
