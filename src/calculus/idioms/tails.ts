import {
  add,
  divide,
  exp,
  expm1,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  multiply,
  negate,
  select,
  subtract,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { rebuild } from '../../graph/rebuild.ts'
import { affine, deepest, numberOf, times } from './affine.ts'

/*
 * Functions that vanish far out: exponentials of exponentials, and logarithms of what is nearly eᵘ or Φ(u). Each function gives the
 * right-hand side of its equation, or null.
 */

/** e^(v - c eᵘ) = e^(v - c e^min(u, m)), where e^m is as good as infinite */
export function exponentialOfExponential(x: Node, m: number): Node | null {
  const exponent = x.inputs[0]!
  const bounded = withDecayBounded(exponent, m, false)
  return bounded === exponent ? null : rebuild(x, [bounded])
}

/** A sum with min(u, m) for u in each term c eᵘ that is subtracted; factors whose sign isn't known are above 0 or don't matter. */
function withDecayBounded(x: Node, m: number, isDecay: boolean, depth = deepest): Node {
  if (depth === 0) return x
  const of = (inner: Node, isSame = true): Node => withDecayBounded(inner, m, isDecay === isSame, depth - 1)
  const [a, b] = x.inputs
  switch (x.op) {
    case 'exp':
      return isDecay && !isBounded(a!) ? exp(minimum(a!, m)) : x
    case 'negate':
      return rebuild(x, [of(a!, false)])
    case 'sum':
    case 'broadcast':
      return rebuild(x, [of(a!)])
    case 'add':
      return rebuild(x, [of(a!), of(b!)])
    case 'subtract':
      return rebuild(x, [of(a!), of(b!, false)])
    case 'multiply':
      return rebuild(x, [of(a!, !isNegative(b!)), of(b!, !isNegative(a!))])
    case 'divide':
      return rebuild(x, [of(a!, !isNegative(b!)), b!])
    default:
      return x
  }
}

/** Whether a factor shows its sign, and that is -. */
function isNegative(x: Node, depth = deepest): boolean {
  const number = numberOf(x)
  if (number !== undefined || depth === 0) return (number ?? 1) < 0
  if (!['negate', 'multiply', 'divide'].includes(x.op)) return false
  const [left, right = true] = x.inputs.map((input) => isNegative(input, depth - 1))
  return left !== right
}

/** Below its negative log(1 + eᵘ) and 1 - e^(-eᵘ) are eᵘ to all digits. */
const equalToExponential = 40

/** log f(u) = u for u < -40, where f(u) = log(1 + eᵘ) or 1 - e^(-eᵘ) */
export function logOfNearlyExponential(x: Node): Node | null {
  const { constant, terms } = affine(x)
  const [first] = terms
  if (terms.length !== 1 || first!.coefficient !== 1 - 2 * constant) return null
  const u = constant === 0 ? softplusExponent(first!.node) : constant === 1 ? twiceExponent(first!.node) : undefined
  if (!u) return null
  const isFar = lessEqual(u, -equalToExponential)
  const near = constant === 0 ? select(isFar, 1, x) : negate(expm1(negate(exp(maximum(u, -equalToExponential)))))
  return select(isFar, u, log(near))
}

/** The u of log(1 + eᵘ), which may be u itself where that is large. */
function softplusExponent(x: Node): Node | undefined {
  if (x.op === 'softplus') return x.inputs[0]
  if (x.op !== 'select' || x.inputs[0].op !== 'less') return undefined
  const [least, compared] = x.inputs[0].inputs
  const [large, other] = x.inputs.slice(1).map((input) => (input.op === 'branch' ? input.inputs[0] : input))
  const { constant, terms } = affine(other!)
  const [first] = terms
  const isSoftplus = constant === 0 && terms.length === 1 && first!.coefficient === 1 && first!.node.op === 'softplus'
  const isSame = (u: Node): boolean => times(1, u) === times(1, large!)
  return (numberOf(least) ?? -1) >= 0 && isSoftplus && isSame(compared) && isSame(first!.node.inputs[0]!)
    ? large
    : undefined
}

/** The u of e^(-eᵘ), or of e^(-e^min(u, m)). */
function twiceExponent(x: Node): Node | undefined {
  const decay = x.op === 'exp' && x.inputs[0].op === 'negate' ? x.inputs[0].inputs[0] : undefined
  const u = decay?.op === 'exp' ? decay.inputs[0] : undefined
  const exponent = u && isBounded(u) ? u.inputs.find((input) => numberOf(input) === undefined) : u
  return exponent?.op === 'maximum' ? undefined : exponent
}

/** log Φ(u) = -u²/2 - log(-u √(2π)) + log(1 - u⁻² + 3 u⁻⁴ - 15 u⁻⁶ …) for u < -m */
export function logOfNormalDistribution(x: Node, m: number): Node | null {
  if (x.op !== 'normalCdf') return null
  const [u] = x.inputs
  const far = minimum(u, -m)
  const square = multiply(far, far)
  const series = [9, 7, 5, 3].reduce(
    (rest, k) => subtract(1, multiply(divide(k, square), rest)),
    subtract(1, divide(11, square)),
  )
  const tail = subtract(log1p(negate(divide(series, square))), log(multiply(-Math.sqrt(2 * Math.PI), far)))
  const isFar = less(u, -m)
  return select(isFar, add(multiply(-0.5, square), tail), log(select(isFar, 1, x)))
}

/** Whether a node is the smaller of another and a number. */
function isBounded(u: Node): boolean {
  return u.op === 'minimum' && u.inputs.some((input) => numberOf(input) !== undefined)
}
