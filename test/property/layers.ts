import {
  abs,
  add,
  broadcast,
  concat,
  contract,
  cos,
  detach,
  divide,
  equal,
  erf,
  gaussian,
  exp,
  expm1,
  extent,
  iota,
  less,
  lessEqual,
  log,
  log1p,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  normalCdf,
  noise,
  notEqual,
  pad,
  permute,
  power,
  reshape,
  select,
  sigmoid,
  sign,
  sin,
  slice,
  softplus,
  sqrt,
  subtract,
  sum,
  tan,
  tanh,
  uniform,
} from '../../src/graph/build.ts'
import type { Node } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import { rowMajorStrides, type Shape } from '../../src/graph/shape.ts'
import { fold, unfold } from '../../src/graph/windows.ts'

/** Where a random layer takes its operands and choices from. */
export interface Site {
  /** A whole number from 0 to `count - 1`. */
  choose(count: number): number
  /** An earlier tensor of this shape: the given one if there is no other. */
  like(x: Node): Node
  /** A parameter of this shape: a new one or one that is used already. */
  parameter(shape: Shape): Node
}

/** A layer on a tensor ['batch', …]; null where it doesn't fit. Values stay of order 1, away from poles. */
type Layer = (x: Node, site: Site) => Node | null

// Domains
const bounded = tanh
const positive = (x: Node) => add(abs(x), 0.5)

const lastAxis = (x: Node) => x.shape.length - 1
const lastExtent = (x: Node) => x.shape[lastAxis(x)] as number
const hasFeatures = (x: Node) => x.shape.length > 1
const innerAxes = (x: Node) => x.shape.map((_, axis) => axis).slice(1)
const spread = (scalar: Node, x: Node) => broadcast(scalar, x.shape, [])
/** Puts back the last axis, which a reduction of `x` has removed. */
const alongLast = (reduced: Node, x: Node) =>
  broadcast(
    reduced,
    x.shape,
    reduced.shape.map((_, axis) => axis),
  )
const letters = (x: Node) => 'bijkl'.slice(0, lastAxis(x))

function onFeatures(layer: Layer): Layer {
  return (x, site) => (hasFeatures(x) ? layer(x, site) : null)
}

function linear(x: Node, weight: Node, weightLetters: 'oz' | 'zo', bias: Node): Node {
  const product = contract(x, `${letters(x)}z`, weight, weightLetters, `${letters(x)}o`)
  return add(product, broadcast(bias, product.shape, [lastAxis(product)]))
}

/** Of the last axis, which is removed. */
function logSumExp(x: Node): Node {
  const largest = max(x, [lastAxis(x)])
  return add(largest, log(sum(exp(subtract(x, alongLast(largest, x))), [lastAxis(x)])))
}

/** Layers with parameters. */
export const trained: Readonly<Record<string, Layer>> = {
  linear: onFeatures((x, site) => {
    const units = 1 + site.choose(9)
    return linear(x, site.parameter([units, lastExtent(x)]), 'oz', site.parameter([units]))
  }),
  linearOfTransposed: onFeatures((x, site) => {
    const units = 1 + site.choose(9)
    return linear(x, site.parameter([lastExtent(x), units]), 'zo', site.parameter([units]))
  }),
  linearOfPermuted: onFeatures((x, site) => {
    const units = 1 + site.choose(9)
    const weight = permute(site.parameter([lastExtent(x), units]), [1, 0])
    return linear(x, weight, 'oz', site.parameter([units]))
  }),
  bilinear: (x, site) => {
    if (x.shape.length !== 3) return null
    const [, t, i] = x.shape as [Shape[0], number, number]
    return multiply(0.25, contract(x, 'bti', site.parameter([1 + site.choose(3), i, t]), 'oit', 'bo'))
  },
  scale: (x, site) => multiply(spread(site.parameter([]), x), x),
  shift: onFeatures((x, site) => add(x, broadcast(site.parameter([lastExtent(x)]), x.shape, [lastAxis(x)]))),
  affineOfScalars: (x, site) => add(spread(site.parameter([]), x), multiply(spread(site.parameter([]), x), x)),
}

export const layers: Readonly<Record<string, Layer>> = {
  ...trained,

  // Products of tensors
  scores: (x, site) => {
    if (x.shape.length !== 3) return null
    return multiply(0.25, contract(x, 'bti', bounded(site.like(x)), 'bsi', 'bts'))
  },
  outer: (x, site) => (x.shape.length === 2 ? contract(x, 'bi', bounded(site.like(x)), 'bj', 'bij') : null),
  dot: onFeatures((x, site) => {
    const labels = `${letters(x)}z`
    return multiply(0.1, contract(x, labels, bounded(site.like(x)), labels, 'b'))
  }),

  // Functions
  negate,
  abs,
  sign: (x, site) => multiply(sign(x), site.like(x)),
  sqrt: (x) => sqrt(positive(x)),
  exp: (x) => exp(bounded(x)),
  expm1: (x) => expm1(bounded(x)),
  log: (x) => log(positive(x)),
  log1p: (x) => log1p(abs(x)),
  sin,
  cos,
  tan: (x) => tan(bounded(x)),
  tanh,
  sigmoid,
  erf,
  gaussian,
  normalCdf,
  relu: (x) => select(lessEqual(x, 0), 0, x),
  gelu: (x) => multiply(multiply(0.5, x), add(1, erf(multiply(Math.SQRT1_2, x)))),
  softplus,
  power: (x, site) => {
    const exponent = [0, 1, 2, 3, 4][site.choose(5)]!
    return power(bounded(x), exponent)
  },
  powerOfPositive: (x, site) => {
    const exponent = [-2, -1, -0.5, 0.5, 1.5, 2][site.choose(6)]!
    return power(positive(x), exponent)
  },
  powerOfVariable: (x, site) => power(positive(bounded(x)), bounded(site.like(x))),

  // Two tensors
  add: (x, site) => add(x, site.like(x)),
  subtract: (x, site) => subtract(x, site.like(x)),
  multiply: (x, site) => multiply(x, bounded(site.like(x))),
  gate: (x, site) => multiply(sigmoid(x), site.like(x)),
  divide: (x, site) => divide(x, add(1, abs(site.like(x)))),
  maximum: (x, site) => maximum(x, site.like(x)),
  minimum: (x, site) => minimum(x, site.like(x)),
  clamp: (x) => minimum(maximum(x, -0.75), 0.75),
  select: (x, site) => {
    const compare = [less, lessEqual, equal, notEqual][site.choose(4)]!
    const y = site.like(x)
    return select(compare(x, y), multiply(0.5, y), site.like(x))
  },

  // Reductions
  sum: onFeatures((x, site) => multiply(0.25, sum(x, [1 + site.choose(lastAxis(x))]))),
  sumOfAll: onFeatures((x) => multiply(0.1, sum(x, innerAxes(x)))),
  max: onFeatures((x, site) => max(x, [1 + site.choose(lastAxis(x))])),
  maxOfAll: onFeatures((x) => max(x, innerAxes(x))),
  centerOverBatch: (x) => {
    const mean = divide(sum(x, [0]), broadcast(extent(x.graph), x.shape.slice(1), []))
    return subtract(x, broadcast(mean, x.shape, innerAxes(x)))
  },
  softmax: onFeatures((x) => {
    const exponentials = exp(subtract(x, alongLast(max(x, [lastAxis(x)]), x)))
    return divide(exponentials, alongLast(sum(exponentials, [lastAxis(x)]), x))
  }),
  logSumExp: onFeatures(logSumExp),
  layerNorm: onFeatures((x) => {
    const mean = (of: Node) => alongLast(divide(sum(of, [lastAxis(of)]), lastExtent(of)), of)
    const centered = subtract(x, mean(x))
    return divide(centered, sqrt(add(mean(multiply(centered, centered)), 0.1)))
  }),

  // Views and joins
  flatten: (x) => reshape(x, ['batch', innerSize(x)]),
  addUnitAxis: (x, site) => reshape(x, x.shape.toSpliced(1 + site.choose(x.shape.length), 0, 1)),
  split: onFeatures((x, site) => {
    const divisors = [2, 3].filter((divisor) => lastExtent(x) % divisor === 0)
    if (divisors.length === 0) return null
    const divisor = divisors[site.choose(divisors.length)]!
    return reshape(x, [...x.shape.slice(0, -1), divisor, lastExtent(x) / divisor])
  }),
  permute: (x) => (x.shape.length < 3 ? null : permute(x, [0, ...innerAxes(x).reverse()])),
  // The same shape, read at another index.
  symmetrise: (x) => {
    const [, rows, columns] = x.shape
    if (x.shape.length !== 3 || rows !== columns) return null
    return multiply(0.5, add(x, permute(x, [0, 2, 1])))
  },
  gram: (x) => {
    if (x.shape.length !== 2) return null
    const product = contract(x, 'bi', bounded(x), 'bj', 'bij')
    return tanh(subtract(permute(product, [0, 2, 1]), product))
  },
  repeat: (x, site) => {
    const axis = 1 + site.choose(x.shape.length)
    const shape = x.shape.toSpliced(axis, 0, 1 + site.choose(3))
    return broadcast(
      x,
      shape,
      x.shape.map((_, k) => (k < axis ? k : k + 1)),
    )
  },
  slice: onFeatures((x, site) => {
    const axis = 1 + site.choose(lastAxis(x))
    const length = x.shape[axis] as number
    const from = site.choose(length)
    return slice(x, axis, from, from + 1 + site.choose(length - from))
  }),
  // Windows
  convolution: (x, site) => {
    if (x.shape.length !== 3) return null
    const [, channels, length] = x.shape as [Shape[0], number, number]
    const size = 1 + site.choose(Math.min(3, length))
    const padded = pad(x, [{ axis: 2, before: site.choose(2), after: site.choose(2) }])
    const windows = unfold(padded, [{ axis: 2, size, stride: 1 + site.choose(3) }])
    const kernel = site.parameter([1 + site.choose(3), channels, size])
    return multiply(0.5, contract(windows, 'bcqk', kernel, 'ock', 'boq'))
  },
  dilatedConvolution: (x, site) => {
    if (x.shape.length !== 4) return null
    const [, channels, height, width] = x.shape as [Shape[0], number, number, number]
    const sizes = [height, width].map((length) => (length > 2 ? 2 : 1)) as [number, number]
    const windows = unfold(x, [
      { axis: 2, size: sizes[0], dilation: sizes[0] },
      { axis: 3, size: sizes[1], dilation: -1 },
    ])
    return multiply(0.5, contract(site.parameter([2, channels, ...sizes]), 'ockl', windows, 'bcqpkl', 'boqp'))
  },
  transposedConvolution: (x, site) => {
    if (x.shape.length !== 3) return null
    const [, channels, length] = x.shape as [Shape[0], number, number]
    const [size, stride] = [1 + site.choose(3), 1 + site.choose(3)]
    const product = contract(x, 'bcq', site.parameter([channels, 2, size]), 'cok', 'boqk')
    const whole = stride * (length - 1) + size
    return fold(multiply(0.5, product), ['batch', 2, whole], [{ axis: 2, size, stride }])
  },
  maxPool: onFeatures((x, site) => {
    const axis = 1 + site.choose(lastAxis(x))
    const size = 1 + site.choose(Math.min(3, x.shape[axis] as number))
    const windows = unfold(x, [{ axis, size, stride: 1 + site.choose(3) }])
    return max(windows, [x.shape.length], 'first')
  }),
  averagePool: (x, site) => {
    if (x.shape.length !== 4) return null
    const [size, stride] = [1 + site.choose(2), 1 + site.choose(2)]
    const windows = [2, 3].map((axis) => ({ axis, size: Math.min(size, x.shape[axis] as number), stride }))
    return divide(sum(unfold(x, windows), [4, 5]), size * size)
  },
  moveWindows: onFeatures((x, site) => {
    const axis = 1 + site.choose(lastAxis(x))
    const length = x.shape[axis] as number
    const window = { axis, size: 1 + site.choose(Math.min(2, length)), stride: 1 + site.choose(2) }
    return multiply(0.5, fold(sin(unfold(x, [window])), x.shape, [window]))
  }),
  recurrence: (x, site) => {
    if (x.shape.length !== 3) return null
    const [, , features] = x.shape as [Shape[0], number, number]
    const units = 1 + site.choose(5)
    const region = `recurrence ${x.id}`
    const [carry, now, weight, recurrent] = [
      argument(x.graph, region, 'h', ['batch', units]),
      argument(x.graph, region, 'x', ['batch', features]),
      argument(x.graph, region, 'W', [units, features]),
      argument(x.graph, region, 'R', [units, units]),
    ] as [Node, Node, Node, Node]
    const next = tanh(add(contract(now, 'bi', weight, 'oi', 'bo'), contract(carry, 'bi', recurrent, 'oi', 'bo')))
    const output = site.choose(2) === 0 ? next : multiply(next, sigmoid(carry))
    return scan(
      { carries: [carry], elements: [now], captured: [weight, recurrent], next: [next] },
      {
        initial: [multiply(0, broadcast(site.parameter([units]), ['batch', units], [1]))],
        sequences: [x],
        captured: [site.parameter([units, features]), site.parameter([units, units])],
      },
      output,
      site.choose(2) === 0,
    )
  },
  pad: onFeatures((x, site) =>
    pad(x, [{ axis: 1 + site.choose(lastAxis(x)), before: site.choose(3), after: site.choose(3) }]),
  ),
  padOnAllSides: onFeatures((x, site) =>
    pad(
      x,
      innerAxes(x).map((axis) => ({ axis, before: site.choose(2), after: site.choose(2) })),
      0.5,
    ),
  ),
  concat: onFeatures((x, site) => concat([x, site.like(x)], 1 + site.choose(lastAxis(x)))),
  concatOfThree: onFeatures((x, site) => {
    const axis = 1 + site.choose(lastAxis(x))
    return concat([site.like(x), slice(x, axis, 0, 1), tanh(x)], axis)
  }),

  // Leaves that aren't data
  position: onFeatures((x, site) => add(x, multiply(0.125, iota(x.graph, x.shape, 1 + site.choose(lastAxis(x)))))),
  perSample: (x) => divide(x, spread(extent(x.graph), x)),
  hostScalar: (x) => multiply(x, spread(uniform(x.graph, 't'), x)),
  mask: (x) => multiply(select(lessEqual(0.25, noise(5, position(x))), 4 / 3, 0), x),
  detach: (x, site) => add(x, detach(multiply(0.5, site.like(x)))),
}

/** Losses ['batch'] of a prediction and a target of the same shape. */
export const losses: Readonly<Record<string, (prediction: Node, target: Node) => Node>> = {
  meanSquaredError: (p, y) => divide(sum(power(subtract(p, y), 2), innerAxes(p)), innerSize(p)),
  meanAbsoluteError: (p, y) => divide(sum(abs(subtract(p, y)), innerAxes(p)), innerSize(p)),
  huber: (p, y) => {
    const error = abs(subtract(p, y))
    return sum(select(less(error, 1), multiply(0.5, power(error, 2)), subtract(error, 0.5)), innerAxes(p))
  },
  binaryCrossEntropy: (p, y) => sum(subtract(softplus(p), multiply(p, y)), innerAxes(p)),
  crossEntropy: (p, y) => {
    if (!hasFeatures(p)) return losses.meanSquaredError!(p, y)
    const rows = sum(multiply(y, subtract(alongLast(logSumExp(p), p), p)), [lastAxis(p)])
    return sum(rows, innerAxes(rows))
  },
}

/** The number of each element in a tensor. */
function position(x: Node): Node {
  return rowMajorStrides(x.shape)
    .map((stride, axis) => multiply(stride, iota(x.graph, x.shape, axis)))
    .reduce((sum, term) => add(sum, term))
}

export function innerSize(x: Node): number {
  return x.shape.slice(1).reduce<number>((size, length) => size * (length as number), 1)
}
