import {
  apply,
  broadcast,
  concat,
  constant,
  contract,
  divide,
  add,
  multiply,
  negate,
  pad,
  permute,
  reshape,
  select,
  subtract,
} from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { pointwiseRow } from '../graph/op.ts'
import { fold, isPartition, unfold, windowsOf } from '../graph/windows.ts'
import { isPowerOfTwo, isReal, isValue, valueOf } from './constants.ts'
import { rewrite, rule, ruleOf, type Rule } from './rewrite.ts'

/**
 * The simplifier's rules. Each keeps every value exactly, NaN and infinities included (a zero's sign may change): so none
 * reassociates, and x · 0 stays x · 0. Adjoints that are zero by structure never arise: differentiation leaves them out.
 */
export const algebra: readonly Rule[] = [
  // Constants
  rule('f(c, d) = the constant it is', (node) => {
    if (node.kind !== 'pointwise' || node.element === 'truth' || !node.inputs.every(isReal)) return null
    return constant(node.graph, pointwiseRow(node.op).evaluate(...node.inputs.map(valueOf)), node.shape)
  }),
  rule('a view of a constant = that constant', (node) =>
    node.kind === 'view' && isReal(node.inputs[0]) ? constant(node.graph, valueOf(node.inputs[0]), node.shape) : null,
  ),
  ruleOf('multiply', 'x c = c x', (x, c) => (isReal(c) && !isReal(x) ? multiply(c, x) : null)),

  // Sums and differences
  ruleOf('add', 'x + 0 = x', (x, c) => (isValue(c, 0) ? x : null)),
  ruleOf('add', '0 + x = x', (c, x) => (isValue(c, 0) ? x : null)),
  ruleOf('add', 'x + x = 2 x', (x, y) => (x === y ? multiply(2, x) : null)),
  ruleOf('add', 'x + (-y) = x - y', (x, y) => (y.op === 'negate' ? subtract(x, y.inputs[0]) : null)),
  ruleOf('add', '(-x) + y = y - x', (x, y) => (x.op === 'negate' ? subtract(y, x.inputs[0]) : null)),
  ruleOf('subtract', 'x - 0 = x', (x, c) => (isValue(c, 0) ? x : null)),
  ruleOf('subtract', '0 - x = -x', (c, x) => (isValue(c, 0) ? negate(x) : null)),
  ruleOf('subtract', 'x - (-y) = x + y', (x, y) => (y.op === 'negate' ? add(x, y.inputs[0]) : null)),

  // Signs move outwards, into constants where there are any
  ruleOf('negate', '-(-x) = x', (x) => (x.op === 'negate' ? x.inputs[0] : null)),
  ruleOf('negate', '-(x - y) = y - x', (x) => (x.op === 'subtract' ? subtract(x.inputs[1], x.inputs[0]) : null)),
  ruleOf('negate', '-(c x) = (-c) x', (x) =>
    x.op === 'multiply' && isReal(x.inputs[0]) ? multiply(-valueOf(x.inputs[0]), x.inputs[1]) : null,
  ),
  ruleOf('multiply', 'c (-x) = (-c) x', (c, x) =>
    isReal(c) && x.op === 'negate' ? multiply(-valueOf(c), x.inputs[0]) : null,
  ),
  ruleOf('multiply', '(-x) y = -(x y)', (x, y) => (x.op === 'negate' ? negate(multiply(x.inputs[0], y)) : null)),
  ruleOf('multiply', 'x (-y) = -(x y)', (x, y) => (y.op === 'negate' ? negate(multiply(x, y.inputs[0])) : null)),
  ruleOf('divide', '(-x) / y = -(x / y)', (x, y) => (x.op === 'negate' ? negate(divide(x.inputs[0], y)) : null)),

  // Products, quotients, powers
  ruleOf('multiply', '1 x = x', (c, x) => (isValue(c, 1) ? x : null)),
  ruleOf('multiply', '-1 x = -x', (c, x) => (isValue(c, -1) ? negate(x) : null)),
  ruleOf('divide', 'x / 1 = x', (x, c) => (isValue(c, 1) ? x : null)),
  ruleOf('divide', 'x / 2^k = 2^-k x', (x, c) =>
    isReal(c) && !isValue(c, 1) && isPowerOfTwo(valueOf(c)) ? multiply(1 / valueOf(c), x) : null,
  ),
  ruleOf('power', 'x^1 = x', (x, c) => (isValue(c, 1) ? x : null)),
  ruleOf('power', 'x^0 = 1', (x, c) => (isValue(c, 0) ? constant(x.graph, 1, x.shape) : null)),

  // Choices
  ruleOf('select', 'c < d ? x : y = x where that holds, else y; so all comparisons', (condition, x, y) => {
    if (condition.kind !== 'pointwise' || !condition.inputs.every(isReal)) return null
    return pointwiseRow(condition.op).evaluate(...condition.inputs.map(valueOf)) ? x : y
  }),
  ruleOf('select', 'c ? x : x = x', (_, x, y) => (x === y ? x : null)),
  ruleOf('select', 'c ? (c ? x : y) : z = c ? x : z', (c, x, z) =>
    isSelectOn(c, x) ? select(c, x.inputs[1]!, z) : null,
  ),
  ruleOf('select', 'c ? x : (c ? y : z) = c ? x : z', (c, x, y) =>
    isSelectOn(c, y) ? select(c, x, y.inputs[2]!) : null,
  ),

  // Views
  rule('a branch = what it holds: it only says how to differentiate', (node) =>
    node.op === 'branch' ? node.inputs[0] : null,
  ),
  rule('f(broadcast s, broadcast t) = broadcast f(s, t)', hoistBroadcast),
  rule('broadcast broadcast x = broadcast x', (node) => {
    if (node.op !== 'broadcast') return null
    const [inner] = node.inputs
    if (inner.op !== 'broadcast') return null
    return broadcast(
      inner.inputs[0],
      node.shape,
      inner.attributes.axes.map((axis) => node.attributes.axes[axis]!),
    )
  }),
  rule('permute permute x = permute x', (node) => {
    if (node.op !== 'permute') return null
    const [inner] = node.inputs
    if (inner.op !== 'permute') return null
    return permute(
      inner.inputs[0],
      node.attributes.axes.map((axis) => inner.attributes.axes[axis]!),
    )
  }),
  rule('reshape reshape x = reshape x', (node) =>
    node.op === 'reshape' && node.inputs[0].op === 'reshape' ? reshape(node.inputs[0].inputs[0], node.shape) : null,
  ),
  rule('slice pad x = x', (node) => {
    if (node.op !== 'slice') return null
    const [inner] = node.inputs
    if (inner.op !== 'pad' || inner.attributes.axes.join() !== String(node.attributes.axis)) return null
    const x = inner.inputs[0]
    const exact =
      node.attributes.from === inner.attributes.before[0] &&
      node.shape[node.attributes.axis] === x.shape[node.attributes.axis]
    return exact ? x : null
  }),
  rule('f(fold x, y) = fold f(x, windows y), where each element is in one window', (node) => {
    if (node.kind !== 'pointwise' || node.element === 'truth') return null
    const folded = node.inputs.find(({ op }) => op === 'fold')
    if (folded?.op !== 'fold' || !isPartition(folded)) return null
    const windows = windowsOf(folded.attributes)
    const [x] = folded.inputs
    const operands = node.inputs.map((input) => {
      if (isReal(input)) return constant(input.graph, valueOf(input), x.shape)
      return input === folded ? x : unfold(input, windows)
    })
    return fold(apply(node.op, ...operands), node.shape, windows)
  }),
  rule('windows of a fold = what it folds, where each element is in one window', (node) => {
    if (node.op !== 'unfold') return null
    const [folded] = node.inputs
    if (folded.op !== 'fold' || !isPartition(folded)) return null
    const same = (['axes', 'sizes', 'strides', 'dilations'] as const).every(
      (key) => node.attributes[key].join() === folded.attributes[key].join(),
    )
    return same ? folded.inputs[0] : null
  }),
  rule('pad x + pad y = pad [x; y], where x and y lie side by side', (node) => {
    if (node.op !== 'add') return null
    const [x, y] = node.inputs
    const [first, second] = padStart(x) <= padStart(y) ? [x, y] : [y, x]
    if (first.op !== 'pad' || second.op !== 'pad') return null
    const axis = first.attributes.axes[0]!
    const parts = [first.inputs[0], second.inputs[0]]
    const start = first.attributes.before[0]!
    const sideBySide =
      [first, second].every(({ attributes }) => attributes.axes.join() === String(axis) && attributes.value === 0) &&
      start + (parts[0]!.shape[axis] as number) === second.attributes.before[0]
    return sideBySide ? pad(concat(parts, axis), [{ axis, before: start, after: second.attributes.after[0]! }]) : null
  }),
  rule('[[x; y]; z] = [x; y; z]', (node) => {
    if (node.op !== 'concat') return null
    const { axis } = node.attributes
    const isSame = (part: Node) => part.op === 'concat' && part.attributes.axis === axis
    return node.inputs.some(isSame)
      ? concat(
          node.inputs.flatMap((part) => (isSame(part) ? part.inputs : [part])),
          axis,
        )
      : null
  }),
  rule('a product with a permuted operand = the product with its letters permuted', (node) => {
    if (node.op !== 'contract') return null
    const [left, right] = node.inputs
    const { left: l, right: r, out } = node.attributes
    if (right.op === 'permute') return contract(left, l, right.inputs[0], unpermute(r, right.attributes.axes), out)
    if (left.op !== 'permute') return null
    // The left operand's letters say in which order products are added.
    const letters = unpermute(l, left.attributes.axes)
    return summed(letters, out) === summed(l, out) ? contract(left.inputs[0], letters, right, r, out) : null
  }),
  rule('a permuted product = the product with its result permuted', (node) => {
    if (node.op !== 'permute') return null
    const [inner] = node.inputs
    if (inner.op !== 'contract') return null
    const { left, right, out } = inner.attributes
    return contract(
      inner.inputs[0],
      left,
      inner.inputs[1],
      right,
      node.attributes.axes.map((axis) => out[axis]).join(''),
    )
  }),
  rule('Σ or max over axes of length 1 = reshape', (node) => {
    if (node.kind !== 'reduction') return null
    const x = node.inputs[0]
    return node.attributes.axes.every((axis) => x.shape[axis] === 1) ? reshape(x, node.shape) : null
  }),
]

/**
 * Rewrites with the rules above.
 * @param known what nodes have become already, to which others are added.
 * @returns the simplified form of every node that `outputs` need.
 */
export function simplify(outputs: Iterable<Node>, known = new Map<Node, Node>()): ReadonlyMap<Node, Node> {
  return rewrite(outputs, algebra, { normal: known })
}

/** Where a padded tensor starts along the first axis with a margin. */
function padStart(node: Node): number {
  return node.op === 'pad' ? node.attributes.before[0]! : -1
}

function isSelectOn(condition: Node, node: Node): boolean {
  return node.op === 'select' && node.inputs[0] === condition
}

/** Scalar factors such as 1/n meet before they are spread over a tensor: one multiplication an element instead of several. */
function hoistBroadcast(node: Node): Node | null {
  if (node.kind !== 'pointwise') return null
  const spread = node.inputs.find((x) => x.op === 'broadcast')
  if (spread?.op !== 'broadcast') return null
  const { axes } = spread.attributes
  const narrow = spread.inputs[0].shape
  const operands = node.inputs.map((x) => {
    if (isReal(x)) return constant(x.graph, x.attributes.value, narrow)
    return x.op === 'broadcast' && x.attributes.axes.join() === axes.join() ? x.inputs[0] : null
  })
  if (operands.includes(null)) return null
  return broadcast(apply(node.op, ...(operands as Node[])), node.shape, axes)
}

/** The letters of a permuted operand, in the order of the operand itself. */
function unpermute(labels: string, axes: readonly number[]): string {
  return axes.map((_, axis) => labels[axes.indexOf(axis)]).join('')
}

function summed(letters: string, out: string): string {
  return [...letters].filter((letter) => !out.includes(letter)).join('')
}
