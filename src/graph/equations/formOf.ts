import { marginsOf } from '../build.ts'
import type { Node, NodeOf, Windows } from '../node.ts'
import { isBatched, sameShape, sampleShape } from '../shape.ts'
import { areAlike } from './align.ts'
import { elementwise, isElementwise } from './elementwise.ts'
import { callForm, callOver, nameForm, stepSettings, type Form, type Settings } from './form.ts'
import { longestExpression, type Visible } from './names.ts'
import { productForm } from './product.ts'
import { isTotal, sumsSamples } from './total.ts'
import type { Reading, Writer } from './writer.ts'

/**
 * The right side of a node's equation: its inputs by name where they have one, written out where not. It is seen for one sample: the
 * batch axis is left out, and so is a sum over it as a whole, where what is summed differs from sample to sample. Elementwise operands
 * with fewer axes than the node repeat, along the axes that `alignmentOf` leaves or those that are told.
 */
export function definitionOf(node: Node, names: Visible): Form {
  return elementwise(node, sampleShape(node.shape), writerIn(names), isTotal(node, names)).form
}

/** What stands for a node on one side of an assignment: its name, or its definition, with sums over the samples. */
export function valueOf(node: Node, names: Visible): Form {
  const name = names.get(node)
  return name === undefined ? elementwise(node, sampleShape(node.shape), writerIn(names), false).form : nameForm(name)
}

function writerIn(names: Visible): Writer {
  const writer: Writer = {
    names,
    isTooLong: (node) => isLonger(node, longestExpression, names),
    operand: (input, reading = 'exact') => {
      const name = names.get(input)
      if (name !== undefined) return nameForm(name)
      if (writer.isTooLong(input)) return { kind: 'ellipsis' }
      return closed(input, reading, writer)
    },
    structural: (node, isTotal) => {
      const form = structural(node, writer)
      return sumsSamples(node) && !isTotal ? callOver('sum', ['samples'], form) : form
    },
  }
  return writer
}

/** An elementwise expression within another, in which its shape is plain to see. */
function closed(node: Node, reading: Reading, writer: Writer): Form {
  const shape = sampleShape(node.shape)
  const { form, seen, hasAxes } = elementwise(node, shape, writer, false)
  const isExact = seen !== undefined && sameShape(seen, shape)
  const isLike = seen !== undefined && !hasAxes && areAlike(seen, shape)
  const isVector = reading === 'vector' && seen?.length === 0 && sameShape(shape, [1])
  if (isExact || (isLike && (isVector || reading === 'alike'))) return form
  return callForm(isLike ? 'reshape' : 'repeat', form, { kind: 'shape', lengths: shape })
}

function structural(node: Node, writer: Writer): Form {
  const { operand } = writer
  if (isElementwise(node)) throw new Error(`${node.op} is elementwise`)
  const only = (reading?: Reading) => operand(node.inputs[0]!, reading)
  const shape: Form = { kind: 'shape', lengths: sampleShape(node.shape) }
  switch (node.op) {
    case 'input':
    case 'parameter':
    case 'state':
    case 'uniform':
    case 'argument':
      return nameForm(writer.names.get(node) ?? node.attributes.name)
    case 'contract':
      return productForm(node, writer)
    case 'sum':
    case 'max':
      return reduction(node, writer)
    case 'reshape':
      return callForm('reshape', only('alike'), shape)
    case 'permute': {
      const axes = node.attributes.axes.flatMap((axis) => ofSample(node, axis))
      if (axes.length === 2) return { kind: 'transpose', of: only() }
      return callOver('permute', axes, only())
    }
    case 'slice': {
      const { axis, from, to } = node.attributes
      return { kind: 'slice', of: only(), axis: sampleAxis(node, axis), from, to }
    }
    case 'pad': {
      const margins = marginsOf(node.attributes).map((margin) => ({ ...margin, axis: sampleAxis(node, margin.axis) }))
      const isWhole = margins.length === sampleShape(node.shape).length
      return { kind: 'pad', of: only(), margins, isWhole, value: node.attributes.value }
    }
    case 'gather':
      return { kind: 'element', of: only(), index: operand(node.inputs[1]) }
    case 'scatter':
      return { ...callForm('scatter', only(), operand(node.inputs[1])), settings: { rows: [node.attributes.length] } }
    case 'scan':
      return callForm('scan', operand(node.attributes.output))
    case 'unfold':
      return windowed('windows', node.inputs[0], { size: node.attributes.sizes }, node.attributes, only())
    case 'fold': {
      const to = node.attributes.axes.map((axis) => node.shape[axis] as number)
      return windowed('fold', node, { to }, node.attributes, only())
    }
    case 'concat':
      return {
        kind: 'stack',
        parts: node.inputs.map((part) => operand(part, 'vector')),
        axis: sampleAxis(node, node.attributes.axis),
      }
  }
}

/** Along all axes of a sample if none is said. The sum over the samples isn't written here. */
function reduction(node: NodeOf<'sum' | 'max'>, { operand }: Writer): Form {
  const [x] = node.inputs
  const axes = node.attributes.axes.flatMap((axis) => ofSample(x, axis))
  const isWhole = axes.length === sampleShape(x.shape).length
  const isOverSamples = axes.length < node.attributes.axes.length
  if (isOverSamples && axes.length === 0)
    return node.op === 'sum' ? operand(x) : callOver('max', ['samples'], operand(x))
  const ofSamples = isWhole ? callForm(node.op, operand(x, 'alike')) : callOver(node.op, axes, operand(x))
  return isOverSamples && node.op === 'max' ? callOver('max', ['samples'], ofSamples) : ofSamples
}

/** @param whole what the windows are over. */
function windowed(called: string, whole: Node, size: Settings, { axes, strides, dilations }: Windows, of: Form): Form {
  const settings = { ...size, ...stepSettings(strides, dilations) }
  const isWhole = axes.length === sampleShape(whole.shape).length
  const along = isWhole ? undefined : axes.map((axis) => sampleAxis(whole, axis))
  return { kind: 'call', function: called, axes: along, operands: [of], settings }
}

const ofSample = (node: Node, axis: number) => (node.shape[axis] === 'batch' ? [] : [sampleAxis(node, axis)])
const sampleAxis = ({ shape }: Node, axis: number) => axis - Number(isBatched(shape))

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
