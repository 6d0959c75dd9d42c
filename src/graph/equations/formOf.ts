import { marginsOf } from '../build.ts'
import type { Node } from '../node.ts'
import { isPointwise, type PointwiseOp } from '../op.ts'
import { sampleShape } from '../shape.ts'
import { choiceForm, relations } from './choice.ts'
import { callForm, nameForm, type Form } from './form.ts'
import type { Visible } from './names.ts'
import { productForm } from './product.ts'

/** Longer expressions without a name are abbreviated: what is shared in the graph would repeat on paper, up to exponentially. */
const longestExpression = 200

/**
 * The right side of a node's equation: its inputs by name where they have one, written out where not. It is seen for one sample: the
 * batch axis is left out, and so is a sum over it.
 */
export function definitionOf(node: Node, names: Visible): Form {
  if (node.op !== 'sum' || !overBatch(node)) return expression(node, names)
  const ofSample = operandOf(node.inputs[0]!, names)
  return node.attributes.axes.length === 1 ? ofSample : callForm('sum', ofSample)
}

/** An expression within another: its name, or as much as can be read of it. */
export function operandOf(input: Node, names: Visible): Form {
  const name = names.get(input)
  if (name !== undefined) return nameForm(name)
  return isLonger(input, longestExpression, names) ? { kind: 'ellipsis' } : expression(input, names)
}

function expression(node: Node, names: Visible): Form {
  const operand = (input: Node): Form => operandOf(input, names)
  const operands = (): readonly Form[] => node.inputs.map(operand)
  const only = (): Form => operand(node.inputs[0]!)
  if (node.op === 'select') return choiceForm(node, operand)
  if (isPointwise(node.op)) return pointwise(node.op, node, operands())
  switch (node.op) {
    case 'input':
    case 'parameter':
    case 'state':
    case 'uniform':
    case 'argument':
      return nameForm(names.get(node) ?? node.attributes.name)
    case 'constant':
      return { kind: 'number', value: node.attributes.value }
    case 'extent':
      return nameForm('n')
    case 'iota':
      return nameForm('index')
    case 'contract':
      return productForm(node, operands() as [Form, Form])
    case 'sum':
      return callForm(overBatch(node) ? 'sum_n' : 'sum', only())
    case 'reshape':
    case 'broadcast':
    case 'detach':
    case 'branch':
      return only()
    case 'permute':
      return sampleShape(node.shape).length === 2 ? { kind: 'transpose', of: only() } : callForm('permute', only())
    case 'slice':
      return { kind: 'slice', of: only(), from: node.attributes.from, to: node.attributes.to }
    case 'pad':
      return { kind: 'pad', of: only(), margins: marginsOf(node.attributes) }
    case 'gather':
      return { kind: 'element', of: only(), index: operand(node.inputs[1]!) }
    case 'scan':
      return callForm('scan', operand(node.attributes.output))
    case 'unfold':
      return { kind: 'windows', of: only() }
    case 'concat':
      return { kind: 'stack', parts: operands() }
    case 'max':
    case 'fold':
    case 'scatter':
      return callForm(node.op, ...operands())
  }
}

type BinaryForm = 'sum' | 'difference' | 'fraction'
const binary: Partial<Record<PointwiseOp, BinaryForm>> = { add: 'sum', subtract: 'difference', divide: 'fraction' }

function pointwise(op: PointwiseOp, node: Node, operands: readonly Form[]): Form {
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
      return multiplication(node.inputs as [Node, Node], left, right)
    case 'noise':
      return nameForm('noise')
    default:
      return callForm(op, ...operands)
  }
}

/** 2 x beside a number; a · b between scalars; a ⊙ b between tensors; x² for x x. */
function multiplication([a, b]: readonly [Node, Node], left: Form, right: Form): Form {
  if (a === b) return { kind: 'power', base: left, exponent: { kind: 'number', value: 2 } }
  if (a.op === 'constant') return { kind: 'multiple', left, right }
  return { kind: isScalar(a) || isScalar(b) ? 'scalarProduct' : 'elementwiseProduct', left, right }
}

/** Whether an expression without a name has more than `budget` ops, when what is shared is repeated and what is named counts as one. */
function isLonger(node: Node, budget: number, names: Visible): boolean {
  const pending = [node]
  for (let size = 0; size <= budget; size++) {
    const next = pending.pop()
    if (!next) return false
    if (names.get(next) === undefined) pending.push(...next.inputs)
  }
  return true
}

function isScalar(node: Node): boolean {
  return sampleShape(node.shape).length === 0 || (node.op === 'broadcast' && isScalar(node.inputs[0]!))
}

function overBatch({ inputs: [x], attributes: { axes } }: Extract<Node, { op: 'sum' }>): boolean {
  return axes.some((axis) => x!.shape[axis] === 'batch')
}
