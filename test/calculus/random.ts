import fc from 'fast-check'
import {
  add,
  apply,
  branch,
  broadcast,
  concat,
  constant,
  contract,
  detach,
  equal,
  input,
  iota,
  less,
  lessEqual,
  max,
  multiply,
  negate,
  notEqual,
  pad,
  parameter,
  permute,
  reshape,
  select,
  slice,
  sum,
  type Operand,
} from '../../src/graph/build.ts'
import type { Bindings } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { pointwise, pointwiseRow, type PointwiseOp } from '../../src/graph/op.ts'
import { elementCount, sameShape, type Extent } from '../../src/graph/shape.ts'
import { fold, unfold } from '../../src/graph/windows.ts'

/** Expressions over every op and every shape, in no safe domain: what a simplifier must keep, whatever the values. */
export interface RandomExpressions {
  readonly outputs: readonly Node[]
  readonly bindings: Bindings
}

type Choose = (count: number) => number
/** Builds on the tensor `x`, with operands from among all `tensors`; null where it doesn't fit. */
type Growth = (x: Node, choose: Choose, tensors: readonly Node[]) => Node | null

const numbers = [0, 1, -1, 2, 0.5, -0, 3, -0.25, NaN, Infinity]
const batch = 2
const largest = 60

const comparisons = [less, lessEqual, equal, notEqual]
const axisOf = (x: Node, choose: Choose) => (x.shape.length > 1 ? 1 + choose(x.shape.length - 1) : 0)
const isFixed = (x: Node, axis: number) => typeof x.shape[axis] === 'number'

/** A tensor of the shape of `x`, its negative, or a number. */
function operand(x: Node, choose: Choose, tensors: readonly Node[]): Operand {
  if (choose(4) === 0) return numbers[choose(numbers.length)]!
  const same = tensors.filter((tensor) => sameShape(tensor.shape, x.shape))
  const chosen = same[choose(same.length)]!
  return choose(4) === 0 ? negate(chosen) : chosen
}

/**
 * Only these ops tell 0 from -0, the one thing that a rewrite may change: so they never see a zero there. The base of a power is one
 * as well where its exponent may be negative.
 */
const withoutZeros: Partial<Record<PointwiseOp, number>> = { divide: 1, power: 0 }

function pointwiseGrowth(op: PointwiseOp): Growth {
  const { arity } = pointwiseRow(op)
  return (x, choose, tensors) => {
    const operands: Operand[] = [x]
    while (operands.length < arity) operands.push(operand(x, choose, tensors))
    if (op === 'select') {
      // Now and then on a condition that chose before.
      const earlier = tensors.find((tensor) => tensor.op === 'select' && sameShape(tensor.shape, x.shape))
      const compare = comparisons[choose(comparisons.length)]!
      const condition = earlier && choose(2) === 0 ? earlier.inputs[0]! : compare(x, operand(x, choose, tensors))
      const [a, b] = choose(2) === 0 ? [earlier ?? x, operands[1]!] : [operands[2]!, earlier ?? x]
      return select(condition, a, b)
    }
    if (arity === 2 && choose(2) === 0) operands.reverse()
    if (pointwise[op].element === 'truth') return select(apply(op, ...operands), x, operand(x, choose, tensors))
    const position = withoutZeros[op]
    if (position === undefined) return apply(op, ...operands)
    const nonZero = operands[position]!
    return apply(
      op,
      ...operands.with(position, typeof nonZero === 'number' ? nonZero || 2 : select(equal(nonZero, 0), 2, nonZero)),
    )
  }
}

/** A product over any pairing of equally long axes; the batch is shared, since a result has at most one. */
const randomContract: Growth = (x, choose, tensors) => {
  const y = tensors[choose(tensors.length)]!
  const left = [...'abcdefgh'].slice(0, x.shape.length)
  const free = [...'stuvwxyz']
  const taken = new Set<string>()
  const right = y.shape.map((extent) => {
    const partner = left.find((label, axis) => x.shape[axis] === extent && !taken.has(label))
    const label = partner !== undefined && (extent === 'batch' || choose(3) > 0) ? partner : free.shift()!
    taken.add(label)
    return label
  })
  const extents = new Map<string, Extent>([
    ...left.map((label, axis) => [label, x.shape[axis]!] as const),
    ...right.map((label, axis) => [label, y.shape[axis]!] as const),
  ])
  const kept = [...extents.keys()].filter((label) => !(left.includes(label) && taken.has(label)) || choose(2) === 0)
  for (let k = kept.length - 1; k > 0; k--) {
    const other = choose(k + 1)
    ;[kept[k], kept[other]] = [kept[other]!, kept[k]!]
  }
  const out = [...kept].sort((a, b) => Number(extents.get(b) === 'batch') - Number(extents.get(a) === 'batch'))
  return contract(x, left.join(''), y, right.join(''), out.join(''))
}

const onAxes: readonly Growth[] = [
  (x, choose) => sum(x, choose(4) === 0 ? x.shape.map((_, axis) => axis) : [choose(x.shape.length)]),
  (x, choose) => max(x, [choose(x.shape.length)]),
  randomContract,
  randomContract,
  (x) => reshape(x, [...x.shape, 1]),
  (x) =>
    reshape(
      x,
      x.shape.filter((extent) => extent !== 1),
    ),
  (x) =>
    reshape(
      x,
      x.shape[0] === 'batch' ? ['batch', elementCount(x.shape.slice(1), batch)] : [elementCount(x.shape, batch)],
    ),
  (x) => {
    const first = x.shape[0] === 'batch' ? 1 : 0
    const axes = x.shape.map((_, axis) => axis)
    return permute(x, [...axes.slice(0, first), ...axes.slice(first).reverse()])
  },
  (x) => {
    const first = x.shape[0] === 'batch' ? 1 : 0
    const axes = x.shape.map((_, axis) => axis)
    return permute(x, [...axes.slice(0, first), ...axes.slice(first + 1), ...axes.slice(first, first + 1)])
  },
  (x, choose) => {
    const axis = axisOf(x, choose) + choose(2)
    const extent = x.shape[0] !== 'batch' && axis === 0 && choose(2) === 0 ? 'batch' : 1 + choose(3)
    if (axis === 0 && x.shape[0] === 'batch') return null
    return broadcast(
      x,
      x.shape.toSpliced(axis, 0, extent),
      x.shape.map((_, k) => (k < axis ? k : k + 1)),
    )
  },
  (x, choose) => {
    const axis = axisOf(x, choose)
    if (!isFixed(x, axis)) return null
    const from = choose(x.shape[axis] as number)
    return slice(x, axis, from, x.shape[axis] as number)
  },
  (x, choose) =>
    isFixed(
      x,
      axisOf(x, () => 0),
    )
      ? pad(x, [{ axis: axisOf(x, () => 0), before: choose(3), after: choose(2) }])
      : null,
  (x, choose) => {
    const axis = axisOf(x, choose)
    if (!isFixed(x, axis)) return null
    const before = choose(2)
    const padded = pad(x, [{ axis, before, after: 1 }])
    return slice(padded, axis, before, before + (x.shape[axis] as number))
  },
  (x, choose) =>
    isFixed(
      x,
      axisOf(x, () => 0),
    )
      ? concat(
          [x, multiply(choose(2), x), x],
          axisOf(x, () => 0),
        )
      : null,
  (x, choose) => {
    const axis = axisOf(x, choose)
    const window = { axis, size: 1 + choose(2), stride: 1 + choose(2), dilation: choose(2) === 0 ? 1 : -1 }
    if (!isFixed(x, axis) || (x.shape[axis] as number) < window.size) return null
    const windows = unfold(x, [window])
    return [windows, fold(windows, x.shape, [window]), unfold(fold(windows, x.shape, [window]), [window])][choose(3)]!
  },
  (x, choose) => {
    const axis = axisOf(x, choose)
    if (!isFixed(x, axis)) return null
    const [length, more] = [x.shape[axis] as number, choose(2)]
    const parts = [
      pad(x, [{ axis, before: more, after: length + more }]),
      pad(multiply(2, x), [{ axis, before: length + more, after: more }]),
    ] as const
    return choose(2) === 0 ? add(parts[0], parts[1]) : add(parts[1], parts[0])
  },
  (x, choose) => add(x, iota(x.graph, x.shape, choose(x.shape.length))),
]

const structural: readonly Growth[] = [
  ...onAxes.map(
    (growth): Growth =>
      (x, ...rest) =>
        x.shape.length === 0 ? null : growth(x, ...rest),
  ),
  detach,
  (x) => branch(x),
]

const growths: readonly Growth[] = [
  ...(Object.keys(pointwise) as PointwiseOp[]).map(pointwiseGrowth),
  ...structural,
  ...structural,
]

const special = [0, -0, 1, -1, 0.5, -2, 3, NaN, Infinity, -Infinity]

export const randomExpressions: fc.Arbitrary<RandomExpressions> = fc
  .record({
    steps: fc.array(fc.array(fc.nat({ max: 997 }), { minLength: 14, maxLength: 14 }), {
      minLength: 1,
      maxLength: 24,
      size: 'max',
    }),
    values: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(...special) },
      ),
      {
        minLength: 18,
        maxLength: 18,
      },
    ),
  })
  .map(({ steps, values }) => {
    const graph = new Interner()
    const tensors: Node[] = [
      parameter(graph, 's', []),
      parameter(graph, 'v', [3]),
      input(graph, 'x', ['batch', 2, 3]),
      constant(graph, 1, ['batch', 2, 3]),
    ]
    for (const choices of steps) {
      const remaining = [...choices]
      const choose: Choose = (count) => (remaining.shift() ?? 0) % count
      const growth = growths[choose(growths.length)]!
      const x = choose(2) === 0 ? tensors.at(-1)! : tensors[choose(tensors.length)]!
      const result = growth(x, choose, tensors)
      if (result && elementCount(result.shape, batch) <= largest && result.shape.length <= 5) tensors.push(result)
    }
    return {
      outputs: tensors,
      bindings: {
        batch,
        inputs: { x: values.slice(0, 12) },
        parameters: { s: values.slice(12, 13), v: values.slice(13, 16) },
      },
    }
  })
