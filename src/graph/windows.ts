import { reshape } from './build.ts'
import type { Node, NodeOf, Windows } from './node.ts'

import { requireAxes, requireShape, requireThat } from './require.ts'
import { formatShape, sameShape, type Shape } from './shape.ts'

/** One window axis: see `Windows`. */
export interface Window {
  readonly axis: number
  readonly size: number
  readonly stride?: number
  readonly dilation?: number
}

/** The elements that a window spans: those it reads and those between them. */
export function windowSpan(size: number, dilation: number): number {
  return Math.abs(dilation) * (size - 1) + 1
}

/**
 * All windows over some axes. Each such axis becomes the windows' positions along it, as many as fit (elements left over aren't read);
 * a new axis at the end holds the places within the window. So [b, c, h, w] becomes [b, c, i, j, k, l] with x[b, c, s i + d k, s j + d l].
 */
export function unfold(x: Node, windows: readonly Window[]): Node {
  const attributes = windowAttributes('unfold', x.shape, windows)
  const shape = unfoldedShape(x.shape, attributes)
  return isWhole(attributes) ? reshape(x, shape) : x.graph.intern('unfold', [x], attributes, shape, x.element)
}

/** Adds each element of all windows over a tensor of this shape to its place in that tensor. */
export function fold(x: Node, shape: Shape, windows: readonly Window[]): Node {
  requireShape('fold', shape)
  const attributes = windowAttributes('fold', shape, windows)
  requireThat(
    sameShape(unfoldedShape(shape, attributes), x.shape),
    () => `fold: ${formatShape(x.shape)} isn't what windows over ${formatShape(shape)} hold`,
  )
  return isWhole(attributes) ? reshape(x, shape) : x.graph.intern('fold', [x], attributes, shape)
}

/** Whether each window is one element and each element a window. */
function isWhole({ sizes, strides }: Windows): boolean {
  return sizes.every((size, k) => size === 1 && strides[k] === 1)
}

function windowAttributes(op: string, shape: Shape, windows: readonly Window[]): Windows {
  const ordered = [...windows].sort((a, b) => a.axis - b.axis)
  const axes = ordered.map(({ axis }) => axis)
  requireAxes(op, shape, axes)
  for (const { axis, size, stride = 1, dilation = 1 } of ordered) {
    const length = shape[axis]!
    requireThat(
      [size, stride, Math.abs(dilation)].every((count) => Number.isInteger(count) && count > 0) &&
        length !== 'batch' &&
        windowSpan(size, dilation) <= length,
      () =>
        `${op}: a window of ${size} with stride ${stride}, dilation ${dilation} over axis ${axis} of ${formatShape(shape)}`,
    )
  }
  return {
    axes,
    sizes: ordered.map(({ size }) => size),
    strides: ordered.map(({ stride = 1 }) => stride),
    dilations: ordered.map(({ dilation = 1 }) => dilation),
  }
}

function unfoldedShape(shape: Shape, { axes, sizes, strides, dilations }: Windows): Shape {
  const positions = shape.map((length, axis) => {
    const k = axes.indexOf(axis)
    if (k < 0) return length
    return Math.floor(((length as number) - windowSpan(sizes[k]!, dilations[k]!)) / strides[k]!) + 1
  })
  return [...positions, ...sizes]
}

/** Whether the windows that a fold adds up hold each element of its result once. */
export function isPartition({ inputs: [x], shape, attributes }: NodeOf<'fold'>): boolean {
  return windowsOf(attributes).every(
    ({ axis, size, stride }) => size === stride && (x.shape[axis] as number) * stride === shape[axis],
  )
}

/** The windows of an unfold or a fold, one by one. */
export function windowsOf({ axes, sizes, strides, dilations }: Windows): Required<Window>[] {
  return axes.map((axis, k) => ({ axis, size: sizes[k]!, stride: strides[k]!, dilation: dilations[k]! }))
}

/** The index at which a window at position 0 reads its place 0: not 0 if it is read backwards. */
export function windowStart({ size, dilation }: Required<Window>): number {
  return dilation < 0 ? -dilation * (size - 1) : 0
}
