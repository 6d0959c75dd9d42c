import { Interner, type Node } from './node.ts'
import { pointwiseRow, type PointwiseOp } from './op.ts'
import { formatShape, isBatched, sameShape, type Extent, type Shape } from './shape.ts'

/** Where a builder takes a node, a number stands for that constant in the other operand's shape. */
export type Operand = Node | number

/** A graph was put together wrongly: shapes that don't fit, an axis that isn't there. Its message names the op and the shapes. */
export class GraphError extends Error {
  override name = 'GraphError'
}

function requireThat(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new GraphError(message())
}

function requireShape(op: string, shape: Shape): void {
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

function requireAxes(op: string, x: Node, axes: readonly number[]): void {
  requireThat(
    axes.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < x.shape.length) &&
      new Set(axes).size === axes.length,
    () => `${op}: axes ${axes.join(', ')} of ${formatShape(x.shape)}`,
  )
}

// Leaves

export function input(graph: Interner, name: string, shape: Shape): Node {
  requireShape('input', shape)
  return graph.intern('input', [], { name }, shape)
}

export function parameter(graph: Interner, name: string, shape: Shape): Node {
  requireShape('parameter', shape)
  return graph.intern('parameter', [], { name }, shape)
}

/** A scalar that the host passes with every call. */
export function uniform(graph: Interner, name: string): Node {
  return graph.intern('uniform', [], { name }, [])
}

export function constant(graph: Interner, value: number, shape: Shape = []): Node {
  requireShape('constant', shape)
  return graph.intern('constant', [], { value }, shape)
}

/** Along `axis` 0, 1, 2 …; constant along all others. */
export function iota(graph: Interner, shape: Shape, axis: number): Node {
  requireShape('iota', shape)
  requireThat(axis >= 0 && axis < shape.length, () => `iota: no axis ${axis} in ${formatShape(shape)}`)
  return graph.intern('iota', [], { axis }, shape)
}

export function extent(graph: Interner): Node {
  return graph.intern('extent', [], {}, [])
}

// Pointwise

/** Builds any pointwise op. Operands must be of one shape; numbers take the shape of the nodes beside them. */
export function apply(op: PointwiseOp, ...operands: readonly Operand[]): Node {
  const row = pointwiseRow(op)
  requireThat(operands.length === row.arity, () => `${op} takes ${row.arity} operands, not ${operands.length}`)
  const model = operands.find((operand) => typeof operand !== 'number')
  requireThat(model !== undefined, () => `${op}: at least one operand must be a node`)
  const inputs = operands.map((operand) =>
    typeof operand === 'number' ? constant(model.graph, operand, model.shape) : operand,
  )
  inputs.forEach((node, position) => {
    requireThat(
      sameShape(node.shape, model.shape),
      () => `${op}: shapes differ: ${inputs.map((x) => formatShape(x.shape)).join(', ')}`,
    )
    const expected = op === 'select' && position === 0 ? 'truth' : 'real'
    requireThat(
      node.element === expected,
      () => `${op}: operand ${position} must be ${expected}, and is ${node.element}`,
    )
  })
  return model.graph.intern(op, inputs, {}, model.shape, row.element)
}

const unary = (op: PointwiseOp) => (x: Node) => apply(op, x)
const binary = (op: PointwiseOp) => (a: Operand, b: Operand) => apply(op, a, b)

export const negate = unary('negate')
export const abs = unary('abs')
export const sign = unary('sign')
export const sqrt = unary('sqrt')
export const exp = unary('exp')
export const expm1 = unary('expm1')
export const log = unary('log')
export const log1p = unary('log1p')
export const sin = unary('sin')
export const cos = unary('cos')
export const tan = unary('tan')
export const tanh = unary('tanh')
export const sigmoid = unary('sigmoid')
/** log(1 + eˣ), finite for all finite x. */
export const softplus = unary('softplus')
export const erf = unary('erf')
export const add = binary('add')
export const subtract = binary('subtract')
export const multiply = binary('multiply')
export const divide = binary('divide')
export const power = binary('power')
export const maximum = binary('maximum')
export const minimum = binary('minimum')
export const less = binary('less')
export const lessEqual = binary('lessEqual')
export const equal = binary('equal')
export const notEqual = binary('notEqual')
export const greater = (a: Operand, b: Operand) => apply('less', b, a)
export const greaterEqual = (a: Operand, b: Operand) => apply('lessEqual', b, a)
/** `condition ? a : b`, element by element. Neither branch's NaN reaches the other's elements. */
export const select = (condition: Node, a: Operand, b: Operand) => apply('select', condition, a, b)

// Reductions and products

function reduce(op: 'sum' | 'max', x: Node, axes: readonly number[]): Node {
  requireAxes(op, x, axes)
  if (axes.length === 0) return x
  const ascending = [...axes].sort((a, b) => a - b)
  return x.graph.intern(
    op,
    [x],
    { axes: ascending },
    x.shape.filter((_, axis) => !axes.includes(axis)),
  )
}

export function sum(x: Node, axes: readonly number[]): Node {
  return reduce('sum', x, axes)
}

export function max(x: Node, axes: readonly number[]): Node {
  return reduce('max', x, axes)
}

/** `contract(x, 'bi', W, 'oi', 'bo')` = Σ_i x[b, i] W[o, i]. Letters are renamed in order of appearance, so equal products are one node. */
export function contract(left: Node, leftLabels: string, right: Node, rightLabels: string, outLabels: string): Node {
  const name = `contract ${leftLabels},${rightLabels}->${outLabels}`
  const extents = new Map<string, Extent>()
  for (const [node, labels] of [
    [left, leftLabels],
    [right, rightLabels],
  ] as const) {
    requireThat(labels.length === node.shape.length, () => `${name}: an operand has shape ${formatShape(node.shape)}`)
    requireThat(new Set(labels).size === labels.length, () => `${name}: a letter repeats within an operand`)
    ;[...labels].forEach((label, axis) => {
      const known = extents.get(label) ?? node.shape[axis]!
      requireThat(known === node.shape[axis], () => `${name}: '${label}' is both ${known} and ${node.shape[axis]} long`)
      extents.set(label, known)
    })
  }
  requireThat(
    new Set(outLabels).size === outLabels.length && [...outLabels].every((label) => extents.has(label)),
    () => `${name}: not a result`,
  )
  for (const label of extents.keys()) {
    const summed = !outLabels.includes(label)
    requireThat(
      !summed || (leftLabels.includes(label) && rightLabels.includes(label)),
      () => `${name}: '${label}' is summed in one operand only`,
    )
  }
  const letters = [...extents.keys()]
  const rename = (labels: string) =>
    [...labels].map((label) => String.fromCharCode(97 + letters.indexOf(label))).join('')
  const shape = [...outLabels].map((label) => extents.get(label)!)
  requireShape('contract', shape)
  const labels = { left: rename(leftLabels), right: rename(rightLabels), out: rename(outLabels) }
  return left.graph.intern('contract', [left, right], labels, shape)
}

// Views

/** The same elements in row-major order under another shape; the batch axis stays as it is. */
export function reshape(x: Node, shape: Shape): Node {
  requireShape('reshape', shape)
  const product = (extents: Shape) =>
    extents.reduce<number>((size, length) => (length === 'batch' ? size : size * length), 1)
  requireThat(
    isBatched(shape) === isBatched(x.shape) && product(shape) === product(x.shape),
    () => `reshape: ${formatShape(x.shape)} to ${formatShape(shape)}`,
  )
  return sameShape(x.shape, shape) ? x : x.graph.intern('reshape', [x], {}, shape, x.element)
}

export function permute(x: Node, axes: readonly number[]): Node {
  requireAxes('permute', x, axes)
  requireThat(axes.length === x.shape.length, () => `permute: ${axes.length} axes of ${formatShape(x.shape)}`)
  const shape = axes.map((axis) => x.shape[axis]!)
  requireShape('permute', shape)
  return axes.every((axis, k) => axis === k) ? x : x.graph.intern('permute', [x], { axes }, shape, x.element)
}

export function broadcast(x: Node, shape: Shape, axes: readonly number[]): Node {
  requireShape('broadcast', shape)
  requireThat(
    axes.length === x.shape.length &&
      axes.every((axis, k) => shape[axis] === x.shape[k] && (k === 0 || axis > axes[k - 1]!)),
    () => `broadcast: ${formatShape(x.shape)} at axes ${axes.join(', ')} to ${formatShape(shape)}`,
  )
  return axes.length === shape.length ? x : x.graph.intern('broadcast', [x], { axes }, shape, x.element)
}

export function slice(x: Node, axis: number, from: number, to: number): Node {
  requireAxes('slice', x, [axis])
  const length = x.shape[axis]!
  requireThat(
    length !== 'batch' && 0 <= from && from < to && to <= length,
    () => `slice: ${from} to ${to} of axis ${axis} of ${formatShape(x.shape)}`,
  )
  if (to - from === length) return x
  return x.graph.intern('slice', [x], { axis, from, to }, x.shape.with(axis, to - from), x.element)
}

export function pad(x: Node, axis: number, before: number, after: number): Node {
  requireAxes('pad', x, [axis])
  const length = x.shape[axis]!
  requireThat(
    length !== 'batch' && before >= 0 && after >= 0,
    () => `pad: ${before}, ${after} at axis ${axis} of ${formatShape(x.shape)}`,
  )
  if (before === 0 && after === 0) return x
  return x.graph.intern('pad', [x], { axis, before, after }, x.shape.with(axis, before + length + after))
}

export function concat(parts: readonly Node[], axis: number): Node {
  const first = parts[0]
  requireThat(first !== undefined, () => 'concat: nothing to join')
  requireAxes('concat', first, [axis])
  const lengths = parts.map((part) => part.shape[axis])
  requireThat(
    parts.every(
      (part) =>
        part.shape.length === first.shape.length && sameShape(part.shape.with(axis, 1), first.shape.with(axis, 1)),
    ) && lengths.every((length) => typeof length === 'number'),
    () => `concat: shapes differ beside axis ${axis}: ${parts.map((part) => formatShape(part.shape)).join(', ')}`,
  )
  const total = (lengths as number[]).reduce((a, b) => a + b)
  return parts.length === 1 ? first : first.graph.intern('concat', parts, { axis }, first.shape.with(axis, total))
}

export function detach(x: Node): Node {
  return x.op === 'detach' || x.op === 'constant' ? x : x.graph.intern('detach', [x], {}, x.shape)
}
