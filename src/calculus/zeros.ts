import { topologicalOrder, type Node, type NodeOfKind } from '../graph/node.ts'
import { pointwiseRow } from '../graph/op.ts'
import { isReal, valueOf } from './constants.ts'

/**
 * Finds what tensors are while others are 0. A product with 0 counts as 0, which it is unless the other factor is infinite or NaN.
 * @returns for each node that `outputs` need, the number that all its elements are; undefined where that isn't known.
 */
export function valuesWhileZero(
  outputs: Iterable<Node>,
  zeros: ReadonlySet<Node>,
): ReadonlyMap<Node, number | undefined> {
  const values = new Map<Node, number | undefined>()
  for (const node of topologicalOrder(outputs)) {
    const operands = node.inputs.map((input) => values.get(input))
    values.set(node, zeros.has(node) ? 0 : valueOfNode(node, operands))
  }
  return values
}

type Values = readonly (number | undefined)[]

function valueOfNode(node: Node, operands: Values): number | undefined {
  const [first] = operands
  switch (node.kind) {
    case 'pointwise':
      return pointwiseValue(node, operands)
    case 'host':
      return isReal(node) ? valueOf(node) : undefined
    case 'view':
      return first
    case 'product':
      return operands.includes(0) ? 0 : undefined
    case 'reduction':
      return node.op === 'max' || first === 0 ? first : undefined
    case 'scatter':
      return first === 0 ? 0 : undefined
    case 'join': {
      const parts = node.op === 'pad' ? [first, node.attributes.value] : operands
      return parts.every((part) => part === first) ? first : undefined
    }
    case 'given':
    case 'index':
    case 'loop':
      return undefined
  }
}

function pointwiseValue(node: NodeOfKind<'pointwise'>, operands: Values): number | undefined {
  const [a, b, c] = operands
  const known = operands.filter((operand) => operand !== undefined)
  if (known.length === operands.length) return pointwiseRow(node.op).evaluate(...known)
  switch (node.op) {
    case 'multiply':
      return known.includes(0) ? 0 : undefined
    case 'divide':
      return a === 0 ? 0 : undefined
    case 'select':
      return a === undefined ? (b === c ? b : undefined) : a ? b : c
    default:
      return undefined
  }
}
