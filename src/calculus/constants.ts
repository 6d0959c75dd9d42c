import type { Node, NodeOf } from '../graph/node.ts'

export function isReal(node: Node): node is NodeOf<'constant'> {
  return node.op === 'constant'
}

export function isValue(node: Node, value: number): boolean {
  return isReal(node) && node.attributes.value === value
}

export function valueOf(node: Node): number {
  if (!isReal(node)) throw new Error(`${node.op} is not a constant`)
  return node.attributes.value
}

/** Whether products and quotients with c are exact: it is ±2^k, and neither it nor its inverse is subnormal. */
export function isPowerOfTwo(c: number): boolean {
  const exponent = Math.log2(Math.abs(c))
  return Number.isInteger(exponent) && Math.abs(exponent) <= 1022 && c === Math.sign(c) * 2 ** exponent
}
