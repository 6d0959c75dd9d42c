import type { Node } from '../../graph/node.ts'
import { deepest, numberOf } from './affine.ts'

/*
 * What is above 0.
 */

/** Whether all that a node is made of shows that it is above 0. */
export function isAboveZero(x: Node, depth = deepest): boolean {
  if (depth === 0) return false
  if (isPositive(x) || x.op === 'exp' || x.op === 'sigmoid') return true
  const isArithmetic = ['add', 'multiply', 'divide', 'broadcast', 'sum', 'sqrt'].includes(x.op)
  if (isArithmetic) return x.inputs.every((input) => isAboveZero(input, depth - 1))
  return x.op === 'power' && isAboveZero(x.inputs[0], depth - 1)
}

export function isPositive(x: Node): boolean {
  return (numberOf(x) ?? 0) > 0
}
