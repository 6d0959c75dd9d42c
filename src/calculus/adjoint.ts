import {
  add,
  constant,
  contract,
  cos,
  divide,
  equal,
  exp,
  gather,
  gaussian,
  iota,
  less,
  log,
  marginsOf,
  max,
  multiply,
  negate,
  pad,
  permute,
  power,
  reshape,
  scatter,
  select,
  sigmoid,
  sign,
  sin,
  slice,
  subtract,
  sum,
} from '../graph/build.ts'
import type { Node, NodeOf } from '../graph/node.ts'
import { fold, unfold, windowSpan, windowsOf } from '../graph/windows.ts'
import type { Op } from '../graph/op.ts'
import { alongReduced } from './reduced.ts'
import { adjointsOfScan, type PullBack } from './scan.ts'

/**
 * From the adjoint δ = ∂ℓ/∂h of a node h, the contributions to the adjoints of its inputs, in their order; null where no derivative
 * passes. Rules reuse h itself where the closed form allows it, so the backward pass reads what the forward pass stored.
 * h is rounded: a rule may read it where that costs the derivative no digits. Those of tanh and sigmoid, which cancel where h is next to
 * ±1, are within half a unit of 1 at least, and another exponential would cost small networks a third of a step.
 */
type AdjointRule<O extends Op> = (δ: Node, h: NodeOf<O>, pullBack: PullBack) => readonly (Node | null)[]

const none = () => []
const blocked = (_: Node, h: Node) => h.inputs.map(() => null)

/** One rule an op: the record is exhaustive, so an op without a derivative doesn't compile. */
export const adjointRules: { readonly [O in Op]: AdjointRule<O> } = {
  input: none,
  parameter: none,
  state: none,
  uniform: none,
  constant: none,
  iota: none,
  extent: none,

  // h = −x: −δ
  negate: (δ) => [negate(δ)],
  // h = |x|: δ sign(x), so 0 at 0
  abs: (δ, { inputs: [x] }) => [multiply(δ, sign(x))],
  sign: blocked,
  // h = √x: δ / 2h
  sqrt: (δ, h) => [divide(δ, multiply(2, h))],
  // h = eˣ: δ h
  exp: (δ, h) => [multiply(δ, h)],
  // h = eˣ − 1: δ eˣ, as h + 1 would cancel where h is next to −1
  expm1: (δ, { inputs: [x] }) => [multiply(δ, exp(x))],
  log: (δ, { inputs: [x] }) => [divide(δ, x)],
  log1p: (δ, { inputs: [x] }) => [divide(δ, add(x, 1))],
  sin: (δ, { inputs: [x] }) => [multiply(δ, cos(x))],
  cos: (δ, { inputs: [x] }) => [negate(multiply(δ, sin(x)))],
  // h = tan x: δ (1 + h²)
  tan: (δ, h) => [multiply(δ, add(1, multiply(h, h)))],
  // h = tanh x: δ (1 − h²)
  tanh: (δ, h) => [multiply(δ, subtract(1, multiply(h, h)))],
  // h = σ(x): δ h (1 − h)
  sigmoid: (δ, h) => [multiply(δ, multiply(h, subtract(1, h)))],
  // h = log(1 + eˣ): δ σ(x)
  softplus: (δ, { inputs: [x] }) => [multiply(δ, sigmoid(x))],
  // h = erf x: δ 2/√π (e^(−x²/2))²
  erf: (δ, { inputs: [x] }) => [multiply(multiply(2 / Math.sqrt(Math.PI), δ), multiply(gaussian(x), gaussian(x)))],
  // h = e^(−x²/2): −δ x h
  gaussian: (δ, h) => [negate(multiply(δ, multiply(h.inputs[0], h)))],
  // h = Φ(x): δ e^(−x²/2) / √(2π)
  normalCdf: (δ, { inputs: [x] }) => [multiply(multiply(1 / Math.sqrt(2 * Math.PI), δ), gaussian(x))],

  add: (δ) => [δ, δ],
  subtract: (δ) => [δ, negate(δ)],
  multiply: (δ, { inputs: [a, b] }) => [multiply(δ, b), multiply(δ, a)],
  // h = a / b: δ / b and −δ h / b
  divide: (δ, h) => [divide(δ, h.inputs[1]), negate(multiply(δ, divide(h, h.inputs[1])))],
  // The larger operand takes δ; a tie splits it in halves.
  maximum: (δ, { inputs: [a, b] }) => [chosen(δ, a, b), chosen(δ, b, a)],
  minimum: (δ, { inputs: [a, b] }) => [chosen(δ, negate(a), negate(b)), chosen(δ, negate(b), negate(a))],
  power: (δ, h) => {
    const [x, y] = h.inputs
    // h = xᶜ: δ c xᶜ⁻¹, without the log(x) of a variable exponent; 0 for c = 0, also at x = 0
    if (y.op === 'constant') {
      const c = y.attributes.value
      return [c === 0 ? null : multiply(multiply(c, δ), power(x, c - 1)), null]
    }
    // h = xʸ: δ y xʸ⁻¹ (0 where y = 0) and δ h log x (0 where x = 0 and y ≥ 0)
    const exponentAdjoint = multiply(δ, multiply(h, log(x)))
    return [
      select(equal(y, 0), 0, multiply(δ, multiply(y, power(x, subtract(y, 1))))),
      select(less(y, 0), exponentAdjoint, select(equal(x, 0), 0, exponentAdjoint)),
    ]
  },
  less: blocked,
  lessEqual: blocked,
  equal: blocked,
  notEqual: blocked,
  noise: blocked,
  nearest: blocked,
  powerOfTwo: blocked,
  exponentOf: blocked,
  reducedAngle: blocked,
  select: (δ, { inputs: [condition] }) => [null, select(condition, δ, 0), select(condition, 0, δ)],

  // h = Σ x: every summand gets δ
  sum: (δ, { inputs: [x], attributes: { axes } }) => [alongReduced(δ, x, axes)],
  // The largest elements of a row share δ equally: I[x = h] δ / Σ I[x = h], which is NaN in a row that holds one
  max: (δ, h) => {
    const [x] = h.inputs
    const { axes, ties } = h.attributes
    if (ties === 'first') return [select(isFirst(h, x, axes), alongReduced(δ, x, axes), 0)]
    const isLargest = select(equal(x, alongReduced(h, x, axes)), constant(x.graph, 1, x.shape), 0)
    return [multiply(isLargest, alongReduced(divide(δ, sum(isLargest, axes)), x, axes))]
  },
  // ∂f/∂h = Ωᵀ and ∂ℓ/∂Ω = δ hᵀ: the same contraction, with the result and one operand exchanged
  contract: (δ, { inputs: [left, right], attributes: { left: l, right: r, out } }) => [
    contract(δ, out, right, r, l),
    contract(δ, out, left, l, r),
  ],

  reshape: (δ, { inputs: [x] }) => [reshape(δ, x.shape)],
  permute: (δ, { attributes: { axes } }) => [
    permute(
      δ,
      axes.map((_, axis) => axes.indexOf(axis)),
    ),
  ],
  broadcast: (δ, { shape, attributes: { axes } }) => [
    sum(
      δ,
      shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)),
    ),
  ],
  slice: (δ, { inputs: [x], attributes: { axis, from, to } }) => [
    pad(δ, [{ axis, before: from, after: (x.shape[axis] as number) - to }]),
  ],
  pad: (δ, { inputs: [x], attributes }) => [
    marginsOf(attributes).reduce(
      (inner, { axis, before }) => slice(inner, axis, before, before + (x.shape[axis] as number)),
      δ,
    ),
  ],
  unfold: (δ, h) => [convolved(δ, h) ?? fold(δ, h.inputs[0].shape, windowsOf(h.attributes))],
  fold: (δ, { attributes }) => [unfold(δ, windowsOf(attributes))],
  concat: (δ, { inputs, attributes: { axis } }) => {
    let from = 0
    return inputs.map((part) => slice(δ, axis, from, (from += part.shape[axis] as number)))
  },
  // h[i] = Ω[x[i]]: row v of Ω gets the sum of δ[i] where x[i] = v
  gather: (δ, { inputs: [table, indices] }) => [scatter(δ, indices, table.shape[0] as number), null],
  scatter: (δ, { inputs: [, indices] }) => [gather(δ, indices), null],
  argument: none,
  scan: adjointsOfScan,
  detach: blocked,
  branch: (δ) => [δ],
}

/** The rule for a node of any op. */
export function adjointsOfInputs(δ: Node, h: Node, pullBack: PullBack): readonly (Node | null)[] {
  return (adjointRules[h.op] as AdjointRule<Op>)(δ, h, pullBack)
}

function chosen(δ: Node, own: Node, other: Node): Node {
  return select(less(own, other), 0, select(equal(own, other), multiply(0.5, δ), δ))
}

/** Whether an element is the first largest one of those that h = max x compares: the least index at which x = h. */
function isFirst(h: Node, x: Node, axes: readonly number[]): Node {
  const place = axes.reduce<Node>(
    (place, axis) => add(multiply(place, x.shape[axis] as number), iota(x.graph, x.shape, axis)),
    constant(x.graph, 0, x.shape),
  )
  const last = max(select(equal(x, alongReduced(h, x, axes)), negate(place), -Infinity), axes)
  return equal(negate(place), alongReduced(last, x, axes))
}

/**
 * The adjoint of windows that a product with a kernel reads at every position: ∂ℓ/∂x is a product too, of the kernel with windows,
 * read backwards, over δ with a margin. The kernel's places are then summed last, where a fold of the product would add products.
 * Null where windows stride, so that such a margin would have gaps, or where δ is no such product.
 */
function convolved(δ: Node, h: NodeOf<'unfold'>): Node | null {
  const windows = windowsOf(h.attributes)
  if (δ.op !== 'contract' || windows.some(({ stride }) => stride !== 1)) return null
  const { left, right, out } = δ.attributes
  const rank = h.inputs[0].shape.length
  const positions = windows.map(({ axis }) => out[axis]!)
  const places = out.slice(rank)
  const isMoved = (labels: string) =>
    positions.every((label) => labels.includes(label)) && [...places].every((label) => !labels.includes(label))
  const isKernel = (labels: string) =>
    positions.every((label) => !labels.includes(label)) && [...places].every((label) => labels.includes(label))
  const [moved, kernel] = isMoved(left) && isKernel(right) ? [0, 1] : isMoved(right) && isKernel(left) ? [1, 0] : []
  if (moved === undefined || kernel === undefined) return null
  const labels = [left, right]
  const axisOf = (k: number) => labels[moved]!.indexOf(positions[k]!)
  const padded = pad(
    δ.inputs[moved]!,
    windows.map(({ size, dilation }, k) => {
      const margin = windowSpan(size, dilation) - 1
      return { axis: axisOf(k), before: margin, after: margin }
    }),
  )
  const backwards = windows.map(({ size, dilation }, k) => ({ axis: axisOf(k), size, dilation: -dilation }))
  // Windows are in the order of their axes.
  const appended = [...positions.keys()].sort((a, b) => axisOf(a) - axisOf(b)).map((k) => places[k])
  return contract(
    unfold(padded, backwards),
    labels[moved]! + appended.join(''),
    δ.inputs[kernel]!,
    labels[kernel]!,
    out.slice(0, rank),
  )
}
