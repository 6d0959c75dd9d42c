import { add, expm1, normalCdf, sigmoid, softplus, subtract } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { affine, numberOf, scaled, scaledTangent, times, type Affine } from './affine.ts'
import { isShiftBeyond, repeated } from './shifts.ts'

/*
 * Sums that cancel. Each function gives the right-hand side of its equation for a sum or a difference, or null.
 */

/** A node as coefficient · f(u) + constant. */
function oneTerm(node: Node) {
  const { constant, terms } = affine(node)
  const [first] = terms
  return terms.length === 1 ? { ...first!, constant } : undefined
}

/** eᵘ - 1 = expm1(u) */
export function exponentialLessOne(node: Node): Node | null {
  const sum = oneTerm(node)
  if (sum?.node.op !== 'exp' || sum.coefficient !== -sum.constant) return null
  return scaled(sum.coefficient, expm1(sum.node.inputs[0]))
}

/** 1 - σ(u) = σ(-u) */
export function logisticComplement(node: Node): Node | null {
  const sum = oneTerm(node)
  if (sum?.node.op !== 'sigmoid' || sum.coefficient !== -sum.constant) return null
  return scaled(sum.constant, sigmoid(times(-1, sum.node.inputs[0])))
}

/** 2 σ(u) - 1 = tanh(u / 2) */
export function centredLogistic(node: Node): Node | null {
  const sum = oneTerm(node)
  if (sum?.node.op !== 'sigmoid' || sum.coefficient !== -2 * sum.constant) return null
  return scaledTangent(-sum.constant, times(0.5, sum.node.inputs[0]))
}

/** 1 + tanh u = 2 σ(2u), 1 - tanh u = 2 σ(-2u) */
export function raisedTangent(node: Node): Node | null {
  const sum = oneTerm(node)
  if (sum?.node.op !== 'tanh' || Math.abs(sum.coefficient) !== Math.abs(sum.constant)) return null
  const sign = Math.sign(sum.coefficient / sum.constant)
  return scaled(2 * sum.constant, sigmoid(times(2 * sign, sum.node.inputs[0])))
}

/** 1 ± erf(u / √2) = 2 Φ(±u) */
export function normalDistribution(node: Node): Node | null {
  const sum = oneTerm(node)
  if (sum?.node.op !== 'erf' || Math.abs(sum.coefficient) !== Math.abs(sum.constant)) return null
  const { number, other } = numberTimes(sum.node.inputs[0])
  if (!isRootOfHalf(Math.abs(number))) return null
  const sign = Math.sign((sum.coefficient / sum.constant) * number)
  return scaled(2 * sum.constant, normalCdf(times(sign, other)))
}

/** 1 - Φ(u) = Φ(-u) */
export function normalComplement(node: Node): Node | null {
  const sum = oneTerm(node)
  if (sum?.node.op !== 'normalCdf' || sum.coefficient !== -sum.constant) return null
  return scaled(sum.constant, normalCdf(times(-1, sum.node.inputs[0])))
}

/** A node as a number times another, which may be a sum. */
function numberTimes(node: Node): { readonly number: number; readonly other: Node } {
  let [number, other] = [1, node]
  for (;;) {
    const [a, b] = other.inputs
    const [left, right] = [a && numberOf(a), b && numberOf(b)]
    if (other.op === 'negate') [number, other] = [-number, a!]
    else if (other.op === 'multiply' && left !== undefined) [number, other] = [number * left, b!]
    else if (other.op === 'multiply' && right !== undefined) [number, other] = [number * right, a!]
    else if (other.op === 'divide' && right !== undefined) [number, other] = [number / right, a!]
    else return { number, other }
  }
}

/** Whether a number is 1 / √2, however it was rounded. */
function isRootOfHalf(number: number): boolean {
  return Math.abs(number - Math.SQRT1_2) <= 2 ** -52
}

/** log(1 + eᵘ) - u = log(1 + e⁻ᵘ) */
export function softplusLessItsOperand(node: Node): Node | null {
  const { constant, terms } = affine(node)
  const found = terms.find(({ node }) => node.op === 'softplus')
  if (found?.node.op !== 'softplus') return null
  const [u] = found.node.inputs
  const rest: Affine = { constant, terms: terms.filter((term) => term !== found) }
  if (!isMultiple(rest, -found.coefficient, affine(u))) return null
  return scaled(found.coefficient, softplus(times(-1, u)))
}

/** Whether a sum is c times another. */
function isMultiple(sum: Affine, c: number, other: Affine): boolean {
  const coefficientIn = (node: Node): number => other.terms.find((term) => term.node === node)?.coefficient ?? 0
  return (
    sum.constant === c * other.constant &&
    sum.terms.length === other.terms.length &&
    sum.terms.every(({ node, coefficient }) => coefficient === c * coefficientIn(node))
  )
}

/** a ± (s + log b) = (a ± s) ± log b, where s is the shift of a logarithm of exponentials */
export function shiftFirst(node: Node): Node | null {
  if (node.op !== 'add' && node.op !== 'subtract') return null
  const [a, b] = node.inputs
  const combine = node.op === 'add' ? add : subtract
  const right = shiftedLogarithm(b)
  if (right) return combine(combine(a, right.shift), right.logarithm)
  const left = shiftedLogarithm(a)
  if (!left) return null
  return add(node.op === 'add' ? add(b, left.shift) : subtract(left.shift, b), left.logarithm)
}

/** s + log b, repeated or not. */
function shiftedLogarithm(node: Node): { readonly shift: Node; readonly logarithm: Node } | undefined {
  const { inner, repeat } = repeated(node)
  if (inner.op !== 'add' || !isShiftBeyond(inner.inputs[0]) || inner.inputs[1].op !== 'log') return undefined
  return { shift: repeat(inner.inputs[0]), logarithm: repeat(inner.inputs[1]) }
}
