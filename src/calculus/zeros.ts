import { topologicalOrder, type Node, type NodeOfKind } from '../graph/node.ts'
import { pointwiseRow } from '../graph/op.ts'
import { isReal, valueOf } from './constants.ts'

/**
 * Finds what tensors are while others are 0. A product of 0 and what isn't known counts as 0, which it is unless the other factor is
 * infinite or NaN; a quotient of it by 0 as NaN, though it may be infinite.
 * @returns for each node that `outputs` need, the number, or NaN, that all its elements are; undefined where that isn't known.
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
      return productOf(operands)
    case 'reduction':
      return node.op === 'max' || isFixed(first) ? first : undefined
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

/** What sums, and quotients by something, are as their terms are. */
const isFixed = (value: number | undefined) => value === 0 || Number.isNaN(value)

function productOf(factors: Values): number | undefined {
  return factors.find(Number.isNaN) ?? factors.find((factor) => factor === 0)
}

function pointwiseValue(node: NodeOfKind<'pointwise'>, operands: Values): number | undefined {
  const [a, b, c] = operands
  const known = operands.filter((operand) => operand !== undefined)
  if (known.length === operands.length) return pointwiseRow(node.op).evaluate(...known)
  switch (node.op) {
    case 'add':
    case 'subtract':
      return known.find(Number.isNaN)
    case 'multiply':
      return productOf(operands)
    case 'divide':
      return b === 0 || Number.isNaN(b) ? NaN : isFixed(a) ? a : undefined
    case 'select':
      return a === undefined ? (b === c ? b : undefined) : a ? b : c
    default:
      return undefined
  }
}
