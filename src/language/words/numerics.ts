import {
  abs,
  add,
  broadcast,
  constant,
  detach,
  divide,
  equal,
  exp,
  extent,
  iota,
  less,
  log1p,
  max,
  multiply,
  negate,
  noise,
  power,
  reshape,
  select,
  sqrt,
  subtract,
  sum,
  tanh,
  greater,
  uniform,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { isBatched, rowMajorStrides, type Shape } from '../../graph/shape.ts'

/*
 * Formulas that stay finite where the textbook's overflow, and keep their digits where the textbook's cancel, in value and derivative.
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

/**
 * x / (1 + |x|), from |x| = 1 on as ±1 - ±1 / (1 + |x|), whose derivative doesn't cancel. As in PyTorch the sign of 0 stays, and ∞ gives
 * NaN: ±1 is x / |x|.
 */
export function softsign(x: Node): Node {
  const size = abs(x)
  const isNear = less(size, 1)
  const side = detach(divide(x, size))
  return add(select(isNear, -0, side), divide(select(isNear, x, negate(side)), add(1, size)))
}

/**
 * tanh(log(1 + eˣ)) = (q² + 2 q) / (q² + 2 q + 2) with q = eˣ; for x > 0 (1 + 2 q) / (1 + 2 q + 2 q²) with q = e⁻ˣ. One exponential, and
 * no 1 - tanh² in the derivative.
 */
export function tanhOfSoftplus(x: Node): Node {
  const isPositive = greater(x, 0)
  const q = exp(multiply(select(isPositive, -1, 1), x))
  const numerator = add(multiply(2, q), select(isPositive, 1, square(q)))
  return divide(numerator, add(numerator, select(isPositive, multiply(2, square(q)), 2)))
}

/** x - tanh x; near 0, where that cancels, x c / (1 + c) with tanh x = x / (1 + c), c = x² / (3 + x² / (5 + …)): Lambert 1761. */
export function tanhShrink(x: Node): Node {
  const isNear = less(abs(x), 1.25)
  const near = select(isNear, x, 0)
  const c = [17, 15, 13, 11, 9, 7, 5, 3].reduce(
    (fraction, odd) => divide(square(near), add(odd, fraction)),
    divide(square(near), 19),
  )
  return select(isNear, divide(multiply(near, c), add(1, c)), subtract(x, tanh(x)))
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
  return subtract(shifted, restoreAxes(logSumOfShifted(shifted), x.shape, [last]))
}

/** log Σ eˣ over the last axis, which is removed. A row whose maximum is infinite isn't shifted: it would be by ∞ - ∞. */
export function logSumExp(x: Node): Node {
  const last = x.shape.length - 1
  const greatest = detach(max(x, [last]))
  const shift = select(equal(abs(greatest), Infinity), 0, greatest)
  return add(shift, logSumOfShifted(subtract(x, restoreAxes(shift, x.shape, [last]))))
}

/** log Σ eˣ over the last axis where the greatest x is 0. The ones of the sum are apart from the rest, of which they would lose digits. */
export function logSumOfShifted(x: Node): Node {
  const last = x.shape.length - 1
  const isOne = equal(x, 0)
  const [ones, rest] = [select(isOne, exp(x), 0), select(isOne, 0, exp(x))].map((part) => sum(part, [last]))
  return log1p(add(rest!, subtract(ones!, 1)))
}

/** The mean over axes, which are removed; over the n samples too where the batch is one of them. */
export function mean(x: Node, axes: readonly number[]): Node {
  const overBatch = isBatched(x.shape) && axes.includes(0)
  const elements = axes.reduce(
    (product, axis) => (axis === 0 && overBatch ? product : product * (x.shape[axis] as number)),
    1,
  )
  if (overBatch) {
    const total = sum(x, axes)
    return divide(total, broadcast(multiply(elements, extent(x.graph)), total.shape, []))
  }
  if (elements > 1) return multiply(sum(x, axes), 1 / elements)
  return reshape(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  )
}

/** Mean and variance over axes, which are removed. The variance is the mean of squares, as PyTorch's, not over n - 1. */
export function moments(x: Node, axes: readonly number[]): { mean: Node; variance: Node } {
  const center = mean(x, axes)
  return { mean: center, variance: mean(square(subtract(x, restoreAxes(center, x.shape, axes))), axes) }
}

/**
 * Mean and standard deviation σ over axes, which are removed: of x / max |x|, so that at whatever scale x has no square overflows or
 * vanishes. σ is 1 where it would be a millionth of max |x| or less: what is constant but for rounding keeps its scale.
 */
export function standardisation(x: Node, axes: readonly number[]): { mean: Node; deviation: Node } {
  const largest = max(abs(x), axes)
  const unit = select(equal(largest, 0), 1, largest)
  const { mean, variance } = moments(divide(x, restoreAxes(unit, x.shape, axes)), axes)
  const deviation = select(greater(variance, 1e-12), multiply(unit, sqrt(variance)), 1)
  return { mean: multiply(unit, mean), deviation }
}

/** Random numbers in [0, 1), one for each element of a tensor: a function of the host's `key`, the stream and the element. */
export function noiseLike({ graph, shape }: Node, stream: number): Node {
  const strides = rowMajorStrides(shape)
  const counter = shape
    .map((_, axis) => multiply(strides[axis]!, iota(graph, shape, axis)))
    .reduce((sum, term) => add(sum, term), constant(graph, stream * 2 ** 32, shape))
  return noise(broadcast(uniform(graph, 'key'), shape, []), counter)
}

/** The mean over a sample's elements: one number a sample. */
export function meanOfSample(x: Node): Node {
  return mean(x, sampleAxes(x))
}

/** x² */
export function square(x: Node): Node {
  return power(x, 2)
}
