import type { Node, NodeOf, NodeOfKind } from '../node.ts'
import { isPointwise, type PointwiseOp } from '../op.ts'
import { isBatched, sampleShape } from '../shape.ts'
import { alignmentOf, areAlike, longAxes, type Alignment } from './align.ts'
import { choiceForm, relations } from './choice.ts'
import { callForm, nameForm, type Form } from './form.ts'
import type { Writer } from './writer.ts'

/** An elementwise expression, and what a reader knows of its shape by itself. */
interface Elementwise {
  readonly form: Form
  /** The shape of the operand with the most axes longer than 1, then the most axes; undefined if several have other shapes. */
  readonly seen: readonly number[] | undefined
  /** Whether axes of the expression are spoken of. */
  readonly hasAxes: boolean
}

type ElementwiseOp = PointwiseOp | 'broadcast' | 'detach' | 'branch' | 'iota' | 'constant' | 'extent'
const others: ReadonlySet<string> = new Set(['broadcast', 'detach', 'branch', 'iota', 'constant', 'extent'])

/** Whether a node is written into one expression with those that read it. */
export function isElementwise(node: Node): node is NodeOf<ElementwiseOp> {
  return isPointwise(node.op) || others.has(node.op)
}

/** Whether a reshape is silent: it adds or takes away axes of length 1 alone. */
function isSilent({ shape, inputs: [x] }: NodeOf<'reshape'>): boolean {
  return isBatched(shape) === isBatched(x.shape) && areAlike(sampleShape(shape), sampleShape(x.shape))
}

/**
 * A node and what leads to it elementwise: operands of fewer axes repeat along the others, those of length 1 are left out.
 * @param frame the shape of one sample of the expression.
 * @param isTotal whether sums over the samples aren't written.
 */
export function elementwise(root: Node, frame: readonly number[], writer: Writer, isTotal: boolean): Elementwise {
  let seen: readonly number[] | undefined = []
  let most: readonly number[] = []
  let hasAxes = false

  const write = (node: Node, axes: Alignment): Form => {
    const name = node === root ? undefined : writer.names.get(node)
    if (name === undefined && node !== root && writer.isTooLong(node)) return { kind: 'ellipsis' }
    if (name !== undefined) return leaf(node, nameForm(name), axes)
    if (node.op === 'sum' && isTotal && node === root && node.attributes.axes.length === 1)
      return write(node.inputs[0], axes)
    if (node.op === 'reshape' && isSilent(node)) return write(node.inputs[0], thenReshape(node, axes))
    const isSummed = isTotal && (node === root || root.op !== 'sum')
    if (!isElementwise(node)) return leaf(node, writer.structural(node, isSummed), axes)
    if (node.op === 'select') return choiceForm(node, (input) => write(input, axes), axesOf)
    switch (node.op) {
      case 'constant':
        return { kind: 'number', value: node.attributes.value }
      case 'extent':
        return { kind: 'extent' }
      case 'iota':
        return indexForm(node, axes)
      case 'broadcast':
        return write(node.inputs[0], thenBroadcast(node, axes))
      case 'detach':
      case 'branch':
        return write(node.inputs[0], axes)
      default:
        return pointwise(
          node,
          node.inputs.map((input) => write(input, axes)),
        )
    }
    function axesOf(of: Node, reduced: readonly number[]): readonly number[] {
      hasAxes = true
      return reduced.map((axis) => axes[axis - Number(isBatched(of.shape))]!)
    }
  }

  const indexForm = (node: NodeOf<'iota'>, axes: Alignment): Form => {
    if (node.shape[node.attributes.axis] === 'batch') return { kind: 'index', axis: 'samples' }
    const axis = axes[node.attributes.axis - Number(isBatched(node.shape))]!
    if (axis === null) return { kind: 'number', value: 0 }
    hasAxes = true
    return { kind: 'index', axis }
  }

  const leaf = (node: Node, form: Form, axes: Alignment): Form => {
    const shape = sampleShape(node.shape)
    const more = longAxes(shape).length - longAxes(most).length || shape.length - most.length
    if (more > 0) seen = most = shape
    else if (more === 0 && shape.some((length, axis) => length !== most[axis])) seen = undefined
    const aligned = longAxes(shape).map((axis) => axes[axis])
    const silent = alignmentOf(shape, frame)
    if (silent?.every((axis, k) => axis === aligned[k])) return form
    hasAxes = true
    return { kind: 'placed', of: form, axes: shape.map((length, axis) => (length === 1 ? null : axes[axis]!)) }
  }

  const form = write(
    root,
    frame.map((_, axis) => axis),
  )
  return { form, seen, hasAxes }
}

/** Where the operand's axes are, if those of a broadcast are at `axes`. */
function thenBroadcast(node: NodeOf<'broadcast'>, axes: Alignment): Alignment {
  const [from, to] = [node.inputs[0].shape, node.shape].map((shape) => Number(isBatched(shape))) as [number, number]
  return node.attributes.axes.slice(from).map((axis) => axes[axis - to]!)
}

function thenReshape(node: NodeOf<'reshape'>, axes: Alignment): Alignment {
  const from = sampleShape(node.inputs[0].shape)
  const to = longAxes(sampleShape(node.shape)).map((axis) => axes[axis]!)
  const long = longAxes(from)
  return from.map((_, axis) => (long.includes(axis) ? to[long.indexOf(axis)]! : null))
}

type BinaryForm = 'sum' | 'difference' | 'fraction'
const binary: Partial<Record<PointwiseOp, BinaryForm>> = { add: 'sum', subtract: 'difference', divide: 'fraction' }

function pointwise({ op, inputs }: NodeOfKind<'pointwise'>, operands: readonly Form[]): Form {
  const [left, right] = operands as [Form, Form]
  const kind = binary[op]
  if (kind) return { kind, left, right }
  const relation = relations[op]
  if (relation) return { kind: 'relation', left, relation, right }
  switch (op) {
    case 'negate':
      return { kind: 'negative', of: left }
    case 'power':
      return { kind: 'power', base: left, exponent: right }
    case 'multiply':
      return multiplication(inputs, left, right)
    default:
      return callForm(op, ...operands)
  }
}

/** 2 x beside a number; a · b between scalars; a ⊙ b between tensors; x² for x x. */
function multiplication([a, b]: readonly [Node, Node], left: Form, right: Form): Form {
  if (a === b) return { kind: 'power', base: left, exponent: { kind: 'number', value: 2 } }
  if (left.kind === 'number') return { kind: 'multiple', left, right }
  return { kind: isScalar(a) || isScalar(b) ? 'scalarProduct' : 'elementwiseProduct', left, right }
}

function isScalar(node: Node): boolean {
  return sampleShape(node.shape).length === 0 || (node.op === 'broadcast' && isScalar(node.inputs[0]!))
}
