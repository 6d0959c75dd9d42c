import { formatShape, type Shape } from './shape.ts'

/** A graph was put together wrongly: shapes that don't fit, an axis that isn't there. Its message names the op and the shapes. */
export class GraphError extends Error {
  override name = 'GraphError'
}

export function requireThat(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new GraphError(message())
}

export function requireShape(op: string, shape: Shape): void {
  shape.forEach((extent, axis) => {
    requireThat(
      extent !== 'batch' || axis === 0,
      () => `${op}: the batch must be the first axis of ${formatShape(shape)}`,
    )
    requireThat(
      extent === 'batch' || (Number.isInteger(extent) && extent > 0),
      () => `${op}: not a shape: ${formatShape(shape)}`,
    )
  })
}

export function requireAxes(op: string, shape: Shape, axes: readonly number[]): void {
  requireThat(
    axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < shape.length) &&
      new Set(axes).size === axes.length,
    () => `${op}: axes ${axes.join(', ')} of ${formatShape(shape)}`,
  )
}
