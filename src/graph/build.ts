import { Interner, type Node, type StructuralAttributes } from './node.ts'
import { pointwiseRow, type PointwiseOp } from './op.ts'
import { GraphError, requireAxes, requireShape, requireThat } from './require.ts'
import { formatShape, isBatched, sameShape, type Extent, type Shape } from './shape.ts'

export { GraphError }

/** An operand of a pointwise op: a node, or a number, which stands for that constant in the other operand's shape. */
export type Operand = Node | number

// Leaves

export function input(graph: Interner, name: string, shape: Shape): Node {
  requireShape('input', shape)
  return graph.intern('input', [], { name }, shape)
}

export function parameter(graph: Interner, name: string, shape: Shape): Node {
  requireShape('parameter', shape)
  return graph.intern('parameter', [], { name }, shape)
}

export function state(graph: Interner, name: string, shape: Shape): Node {
  requireShape('state', shape)
  return graph.intern('state', [], { name }, shape)
}

/** A scalar that the host passes with every call. */
export function uniform(graph: Interner, name: string): Node {
  return graph.intern('uniform', [], { name }, [])
}

export function constant(graph: Interner, value: number, shape: Shape = []): Node {
  requireShape('constant', shape)
  return graph.intern('constant', [], { value }, shape)
}

/** The index along `axis`: 0, 1, 2 …; constant along all others. */
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
    const expected = row.condition && position === 0 ? 'truth' : 'real'
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
export const gaussian = unary('gaussian')
export const normalCdf = unary('normalCdf')
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
/** Uniform in [0, 1): a function of two whole numbers below 2^53. */
export const noise = binary('noise')
export const nearest = unary('nearest')
export const powerOfTwo = unary('powerOfTwo')
export const exponentOf = unary('exponentOf')
export const reducedAngle = binary('reducedAngle')
export const greater = (a: Operand, b: Operand) => apply('less', b, a)
export const greaterEqual = (a: Operand, b: Operand) => apply('lessEqual', b, a)
/** `condition ? a : b`, element by element. Neither branch's NaN reaches the other's elements. */
export const select = (condition: Node, a: Operand, b: Operand) => apply('select', condition, a, b)

// Reductions and products

export function sum(x: Node, axes: readonly number[]): Node {
  requireAxes('sum', x.shape, axes)
  return axes.length === 0 ? x : x.graph.intern('sum', [x], { axes: ascending(axes) }, withoutAxes(x, axes))
}

/** @param ties how the derivative is shared where several elements are the largest: in equal parts, or all to the first. */
export function max(x: Node, axes: readonly number[], ties: 'share' | 'first' = 'share'): Node {
  requireAxes('max', x.shape, axes)
  return axes.length === 0 ? x : x.graph.intern('max', [x], { axes: ascending(axes), ties }, withoutAxes(x, axes))
}

function ascending(axes: readonly number[]): readonly number[] {
  return [...axes].sort((a, b) => a - b)
}

function withoutAxes(x: Node, axes: readonly number[]): Shape {
  return x.shape.filter((_, axis) => !axes.includes(axis))
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
  requireAxes('permute', x.shape, axes)
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
  requireAxes('slice', x.shape, [axis])
  const length = x.shape[axis]!
  requireThat(
    length !== 'batch' && 0 <= from && from < to && to <= length,
    () => `slice: ${from} to ${to} of axis ${axis} of ${formatShape(x.shape)}`,
  )
  if (to - from === length) return x
  return x.graph.intern('slice', [x], { axis, from, to }, x.shape.with(axis, to - from), x.element)
}

/** The margins of a padded tensor along one axis, in elements. */
export interface Margin {
  readonly axis: number
  readonly before: number
  readonly after: number
}

/** @param value of the elements around x. */
export function pad(x: Node, margins: readonly Margin[], value = 0): Node {
  const wide = margins.filter(({ before, after }) => before !== 0 || after !== 0).sort((a, b) => a.axis - b.axis)
  const axes = wide.map(({ axis }) => axis)
  requireAxes('pad', x.shape, axes)
  const shape = [...x.shape]
  for (const { axis, before, after } of wide) {
    const length = x.shape[axis]!
    requireThat(
      length !== 'batch' && before >= 0 && after >= 0,
      () => `pad: ${before}, ${after} at axis ${axis} of ${formatShape(x.shape)}`,
    )
    shape[axis] = before + length + after
  }
  if (wide.length === 0) return x
  const [before, after] = [wide.map((margin) => margin.before), wide.map((margin) => margin.after)]
  return x.graph.intern('pad', [x], { axes, before, after, value }, shape)
}

export function concat(parts: readonly Node[], axis: number): Node {
  const first = parts[0]
  requireThat(first !== undefined, () => 'concat: nothing to join')
  requireAxes('concat', first.shape, [axis])
  const lengths = parts.map((part) => part.shape[axis])
  requireThat(
    parts.every(
      (part) =>
        part.shape.length === first.shape.length && sameShape(part.shape.with(axis, 1), first.shape.with(axis, 1)),
    ) && lengths.every((length) => typeof length === 'number'),
    () => `concat: shapes differ beside axis ${axis}: ${parts.map((part) => formatShape(part.shape)).join(', ')}`,
  )
  const total = lengths.reduce((a, b) => a + b)
  return parts.length === 1 ? first : first.graph.intern('concat', parts, { axis }, first.shape.with(axis, total))
}

/** The margins of a pad, axis by axis. */
export function marginsOf({ axes, before, after }: StructuralAttributes['pad']): Margin[] {
  return axes.map((axis, k) => ({ axis, before: before[k]!, after: after[k]! }))
}

/** @param indices whole numbers from 0 to below the number of the table's rows, which isn't checked. */
export function gather(table: Node, indices: Node): Node {
  const [rows] = table.shape
  requireThat(rows !== undefined && rows !== 'batch', () => `gather: no table of rows: ${formatShape(table.shape)}`)
  return table.graph.intern('gather', [table, indices], {}, [...indices.shape, ...table.shape.slice(1)])
}

/** @param length the number of rows that `indices` choose from. */
export function scatter(rows: Node, indices: Node, length: number): Node {
  const rank = indices.shape.length
  requireThat(
    sameShape(rows.shape.slice(0, rank), indices.shape),
    () => `scatter: rows of ${formatShape(rows.shape)} at numbers of ${formatShape(indices.shape)}`,
  )
  const shape = [length, ...rows.shape.slice(rank)]
  requireShape('scatter', shape)
  return rows.graph.intern('scatter', [rows, indices], { length }, shape)
}

export function detach(x: Node): Node {
  return x.op === 'detach' || x.op === 'constant' ? x : x.graph.intern('detach', [x], {}, x.shape)
}

/** @param variables where the branch ends: it is an expression of these; of all that x needs, if there are none. */
export function branch(x: Node, variables: readonly Node[] = []): Node {
  return x.op === 'constant' ? x : x.graph.intern('branch', [x], { variables }, x.shape)
}
