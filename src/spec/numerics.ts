import {
  add,
  broadcast,
  detach,
  divide,
  exp,
  log,
  max,
  multiply,
  power,
  reshape,
  select,
  subtract,
  sum,
  greater,
} from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { isBatched, type Shape } from '../graph/shape.ts'

/*
 * Formulas that stay finite where the textbook's overflow, in value and derivative.
 */

/** The axes of one sample: all but the batch. */
export function sampleAxes(x: Node): readonly number[] {
  return x.shape.map((_, axis) => axis).slice(isBatched(x.shape) ? 1 : 0)
}

/** Repeats `x` along axes that `shape` has and `x` lost by reducing: `axes` of `shape`. */
export function restoreAxes(x: Node, shape: Shape, axes: readonly number[]): Node {
  return broadcast(
    x,
    shape,
    shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)),
  )
}

/** x where that is not positive, else 0; its derivative at 0 is 1. Keeps exp finite on the branch that is not taken. */
export function nonPositivePart(x: Node): Node {
  return select(greater(x, 0), 0, x)
}

/** x - max x along the last axis, so that exp can't overflow. The maximum is a constant to the derivative: it cancels. */
export function shiftByMaximum(x: Node): Node {
  const last = x.shape.length - 1
  return subtract(x, restoreAxes(detach(max(x, [last])), x.shape, [last]))
}

/** eˣ / Σ eˣ along the last axis. */
export function softmax(x: Node): Node {
  const last = x.shape.length - 1
  const weights = exp(shiftByMaximum(x))
  return divide(weights, restoreAxes(sum(weights, [last]), x.shape, [last]))
}

/** x - log Σ eˣ along the last axis. */
export function logSoftmax(x: Node): Node {
  const last = x.shape.length - 1
  const shifted = shiftByMaximum(x)
  return subtract(shifted, restoreAxes(log(sum(exp(shifted), [last])), x.shape, [last]))
}

/** log Σ eˣ over the last axis, which is removed. */
export function logSumExp(x: Node): Node {
  const last = x.shape.length - 1
  return add(detach(max(x, [last])), log(sum(exp(shiftByMaximum(x)), [last])))
}

/** The mean over axes of fixed length, which are removed. */
export function mean(x: Node, axes: readonly number[]): Node {
  const elements = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1)
  if (elements > 1) return multiply(sum(x, axes), 1 / elements)
  return reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  )
}

/** The mean over a sample's elements: one number a sample. */
export function meanOfSample(x: Node): Node {
  return mean(x, sampleAxes(x))
}

/** x² */
export function square(x: Node): Node {
  return power(x, 2)
}
