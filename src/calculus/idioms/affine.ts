import { apply, broadcast, divide, exp, multiply, negate, subtract, tanh } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { isPowerOfTwo, isReal, valueOf } from '../constants.ts'

/*
 * What people write in many ways as one: sums as coefficients of their terms, and products with ± powers of two as those.
 */

/** How deep an expression is looked into: no idiom is deeper. */
export const deepest = 8

/** The number that a tensor is everywhere. */
export function numberOf(node: Node): number | undefined {
  if (node.op === 'broadcast') return numberOf(node.inputs[0])
  return isReal(node) ? valueOf(node) : undefined
}

/** A function of what is repeated, in place of a function's value that is. */
export function spread(node: Node): Node {
  if (node.op !== 'broadcast' || node.inputs[0].kind !== 'pointwise') return node
  const [{ op, inputs }] = node.inputs
  return apply(op, ...inputs.map((input) => broadcast(input, node.shape, node.attributes.axes)))
}

/** factor · base, where the factor is ± a power of two, so that the product is exact. */
export interface Multiple {
  readonly factor: number
  readonly base: Node
}

/** A node as a multiple of what u, -u, 2 u and their like have in common. */
export function multipleOf(node: Node, depth = deepest): Multiple {
  const x = spread(node)
  if (depth === 0) return { factor: 1, base: x }
  const of = (inner: Node): Multiple => multipleOf(inner, depth - 1)
  switch (x.op) {
    case 'negate': {
      const { factor, base } = of(x.inputs[0])
      return { factor: -factor, base }
    }
    case 'subtract': {
      const [a, b] = x.inputs
      return a.id <= b.id ? { factor: 1, base: x } : { factor: -1, base: subtract(b, a) }
    }
    case 'multiply': {
      const [a, b] = x.inputs
      const [left, right] = [numberOf(a), numberOf(b)]
      if (left === undefined && right === undefined) {
        const [m, n] = [of(a), of(b)]
        return { factor: m.factor * n.factor, base: multiply(m.base, n.base) }
      }
      const [c, other] = left === undefined ? [right!, of(a)] : [left, of(b)]
      if (isPowerOfTwo(c)) return { factor: c * other.factor, base: other.base }
      if (c > 0) return { factor: other.factor, base: multiply(c, other.base) }
      return c < 0 ? { factor: -other.factor, base: multiply(-c, other.base) } : { factor: 1, base: x }
    }
    case 'divide': {
      const [a, b] = x.inputs
      const { factor, base } = of(a)
      const c = numberOf(b)
      return c !== undefined && isPowerOfTwo(c) ? { factor: factor / c, base } : { factor, base: divide(base, b) }
    }
    default:
      return { factor: 1, base: x }
  }
}

/** c u, for ± a power of two. */
export function times(c: number, u: Node): Node {
  const { factor, base } = multipleOf(u)
  return scaled(c * factor, base)
}

/** c u for any number. */
export function scaled(c: number, u: Node): Node {
  if (c === 1) return u
  if (c !== -1) return multiply(c, u)
  return u.op === 'subtract' ? subtract(u.inputs[1], u.inputs[0]) : negate(u)
}

/** c tanh u, whose sign moves to c. */
export function scaledTangent(c: number, u: Node): Node {
  return multipleOf(u).factor < 0 ? scaled(-c, tanh(times(-1, u))) : scaled(c, tanh(u))
}

interface Term {
  readonly node: Node
  readonly coefficient: number
}

/** constant + Σ coefficient · node, each node once, with a coefficient other than 0. */
export interface Affine {
  readonly constant: number
  readonly terms: readonly Term[]
}

/** A node as such a sum; e^u − 1 counts as what it says. Equal exponents are equal nodes, whatever way they are written. */
export function affine(node: Node, depth = deepest): Affine {
  const number = numberOf(node)
  if (number !== undefined) return { constant: number, terms: [] }
  const x = spread(node)
  const [a, b] = x.inputs
  const of = (inner: Node | undefined): Affine => affine(inner!, depth - 1)
  const [left, right] = [a && numberOf(a), b && numberOf(b)]
  if (depth > 0)
    switch (x.op) {
      case 'negate':
        return combined([of(a), -1])
      case 'add':
        return combined([of(a), 1], [of(b), 1])
      case 'subtract':
        return combined([of(a), 1], [of(b), -1])
      case 'multiply':
        if (left !== undefined) return combined([of(b), left])
        if (right !== undefined) return combined([of(a), right])
        break
      case 'divide':
        if (right !== undefined) return combined([of(a), 1 / right])
        break
      case 'exp':
        return term(exp(times(1, a!)))
      case 'expm1':
        return { constant: -1, terms: term(exp(times(1, a!))).terms }
    }
  return term(x)
}

function term(node: Node): Affine {
  return { constant: 0, terms: [{ node, coefficient: 1 }] }
}

function combined(...parts: readonly (readonly [Affine, number])[]): Affine {
  const coefficients = new Map<Node, number>()
  let sum = 0
  for (const [{ constant, terms }, factor] of parts) {
    sum += factor * constant
    for (const { node, coefficient } of terms)
      coefficients.set(node, (coefficients.get(node) ?? 0) + factor * coefficient)
  }
  const terms = [...coefficients].map(([node, coefficient]) => ({ node, coefficient }))
  return { constant: sum, terms: terms.filter(({ coefficient }) => coefficient !== 0) }
}

/** scale (eᵘ ± eᵛ), or scale (eᵘ ± 1), where there is no v. */
export interface Pair {
  readonly scale: number
  readonly sign: number
  readonly u: Node
  readonly v: Node | undefined
}

/** A node as such a pair. */
export function pairOf(node: Node): Pair | undefined {
  const { constant, terms } = affine(node)
  const [first, second] = terms
  if (first?.node.op !== 'exp' || terms.length + Number(constant !== 0) !== 2) return undefined
  if (second && second.node.op !== 'exp') return undefined
  const other = second?.coefficient ?? constant
  if (Math.abs(other) !== Math.abs(first.coefficient)) return undefined
  return {
    scale: first.coefficient,
    sign: Math.sign(other / first.coefficient),
    u: first.node.inputs[0],
    v: second?.node.op === 'exp' ? second.node.inputs[0] : undefined,
  }
}

/** u − v; u alone where there is no v. */
export function difference({ u, v }: Pair): Node {
  if (!v) return u
  const [a, b] = [multipleOf(u), multipleOf(v)]
  return a.base === b.base ? scaled(a.factor - b.factor, a.base) : subtract(u, v)
}
