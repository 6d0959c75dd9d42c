import { abs, broadcast, constant, detach, less, multiply, select, subtract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { numberOf } from './affine.ts'

/*
 * By what exponents are shifted: constants to derivatives, that other idioms know again.
 */

/** A shift of exponents, the largest of which is `greatest`: that one, where it is finite and farther from 0 than `limit`, else 0. */
export function shiftBeyond(limit: number, greatest: Node): Node {
  const distance = abs(greatest)
  return detach(select(less(limit, distance), select(less(distance, Infinity), greatest, 0), 0))
}

/** A number that is x but for the lower half of its digits, so that short numbers times it are exact. */
export function coarse(x: Node): Node {
  const wide = multiply(2 ** 12 + 1, x)
  return subtract(wide, subtract(wide, x))
}

/** The same wherever it is finite. */
export function shiftAlways(greatest: Node): Node {
  return detach(select(less(abs(greatest), Infinity), greatest, 0))
}

/** Whether a node, repeated or not, is such a shift beyond some limit. */
export function isShiftBeyond(node: Node): boolean {
  if (node.op === 'broadcast') return isShiftBeyond(node.inputs[0])
  const outer = node.op === 'detach' ? node.inputs[0] : node
  if (outer.op !== 'select' || outer.inputs[0].op !== 'less' || outer.inputs[1].op !== 'select') return false
  const limit = numberOf(outer.inputs[0].inputs[0])
  return limit !== undefined && shiftBeyond(limit, outer.inputs[1].inputs[1]) === node
}

/** An exponent before it was shifted beyond a limit. */
export function unshifted(u: Node): Node {
  if (u.op === 'subtract' && isPartOfShift(u.inputs[1])) return u.inputs[0]
  if (u.op === 'negate' && isPartOfShift(u.inputs[0])) return constant(u.graph, 0, u.shape)
  return u
}

/** Whether an exponent is shifted, be it by a maximum that was taken by hand. */
export function stateOf(u: Node): { readonly isShifted: boolean; readonly isStable: boolean } {
  const shift = u.op === 'subtract' ? u.inputs[1] : u.op === 'negate' ? u.inputs[0] : undefined
  const isShifted = shift !== undefined && isPartOfShift(shift)
  return { isShifted, isStable: isShifted || (u.op === 'subtract' && isMaximumOf(u.inputs[0], u.inputs[1])) }
}

/** Whether a node, repeated or not, is a shift or what is made of one: a power's share, or what weights of 0 choose in its place. */
export function isPartOfShift(node: Node): boolean {
  if (node.op === 'broadcast') return isPartOfShift(node.inputs[0])
  if (node.op === 'multiply' && numberOf(node.inputs[0]) !== undefined) return isPartOfShift(node.inputs[1])
  if (node.op === 'divide' && numberOf(node.inputs[1]) !== undefined) return isPartOfShift(node.inputs[0])
  const isWhereWeighted =
    node.op === 'detach' && node.inputs[0].op === 'select' && isPartOfShift(node.inputs[0].inputs[2])
  return isWhereWeighted || isShiftBeyond(node)
}

/** Whether a node is, or repeats, the largest of some, x among them, by whatever chain of maxima and choices. */
function isMaximumOf(x: Node, node: Node): boolean {
  // A set iterates over what is added meanwhile.
  const reached = new Set([node])
  for (const { op, inputs } of reached) {
    const isChoice = op === 'max' || op === 'maximum' || op === 'select'
    if (isChoice && inputs.some((input) => (input.op === 'branch' ? input.inputs[0] : input) === x)) return true
    if (isChoice || ['broadcast', 'detach', 'branch', 'reshape'].includes(op))
      inputs.forEach((input) => reached.add(input))
  }
  return false
}

/** What a node repeats, and how. */
export function repeated(node: Node): { readonly inner: Node; readonly repeat: (x: Node) => Node } {
  if (node.op !== 'broadcast') return { inner: node, repeat: (x) => x }
  return { inner: node.inputs[0], repeat: (x) => broadcast(x, node.shape, node.attributes.axes) }
}
