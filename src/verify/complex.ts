import type { PointwiseOp } from '../graph/op.ts'

/**
 * The imaginary part of an op's value at complex operands a + i b, given as a₁, b₁, a₂, b₂ … The imaginary parts of a complex step are
 * so small that b² vanishes beside a number: so the real parts are those of real numbers, and only these are computed.
 */
type Imaginary = (...parts: readonly number[]) => number

/** What has no slope: it is constant between its jumps. */
const flat: Imaginary = () => 0

/** (1 + e^z) for Re z ≤ 0: arg(1 + e^z) = Im log(1 + e^z). */
const argOfOnePlusExp = (a: number, b: number) => Math.atan2(Math.exp(a) * Math.sin(b), 1 + Math.exp(a) * Math.cos(b))

/**
 * Every pointwise op as a function of complex numbers. Where it isn't analytic, the branch is that of the real parts, and at a kink that
 * which docs/kinks.md has. Abramowitz and Stegun, Handbook of Mathematical Functions, 3.7, 4.2 – 4.5 and 7.1.
 */
export const imaginary: { readonly [O in PointwiseOp]: Imaginary } = {
  negate: (_, b) => -b!,
  abs: (a, b) => Math.sign(a!) * b!,
  sign: flat,
  // 2 Re √z Im √z = Im z
  sqrt: (a, b) => b! / (2 * Math.sqrt(a!)),
  exp: (a, b) => Math.exp(a!) * Math.sin(b!),
  expm1: (a, b) => Math.exp(a!) * Math.sin(b!),
  log: (a, b) => Math.atan2(b!, a!),
  log1p: (a, b) => Math.atan2(b!, 1 + a!),
  sin: (a, b) => Math.cos(a!) * Math.sinh(b!),
  cos: (a, b) => -Math.sin(a!) * Math.sinh(b!),
  tan: (a, b) => Math.sinh(2 * b!) / (Math.cos(2 * a!) + Math.cosh(2 * b!)),
  tanh: (a, b) => Math.sin(2 * b!) / (Math.cosh(2 * a!) + Math.cos(2 * b!)),
  // 1 / (1 + e⁻ᶻ) = (1 + tanh z/2) / 2
  sigmoid: (a, b) => Math.sin(b!) / (2 * (Math.cosh(a!) + Math.cos(b!))),
  // log(1 + eᶻ) = z + log(1 + e⁻ᶻ)
  softplus: (a, b) => (a! > 0 ? b! + argOfOnePlusExp(-a!, -b!) : argOfOnePlusExp(a!, b!)),
  erf: (a, b) => imaginaryErf(a!, b!),
  // e^(−z²/2)
  gaussian: (a, b) => -Math.exp(-0.5 * a! * a!) * Math.sin(a! * b!),
  // Φ(z) = (1 + erf(z/√2)) / 2
  normalCdf: (a, b) => 0.5 * imaginaryErf(a! * Math.SQRT1_2, b! * Math.SQRT1_2),

  add: (_a, b, _c, d) => b! + d!,
  subtract: (_a, b, _c, d) => b! - d!,
  multiply: (a, b, c, d) => a! * d! + b! * c!,
  // R. Smith, "Algorithm 116: complex division" (1962)
  divide: (a, b, c, d) => (b! - (a! / c!) * d!) / (c! + d! * (d! / c!)),
  maximum: (a, b, c, d) => chosen(a! - c!, b!, d!),
  minimum: (a, b, c, d) => chosen(c! - a!, b!, d!),
  power: (a, b, c, d) => imaginaryPower(a!, b!, c!, d!),
  less: flat,
  lessEqual: flat,
  equal: flat,
  notEqual: flat,
  select: (condition, _, _a, b, _c, d) => (condition ? b! : d!),
  noise: flat,
  nearest: flat,
  powerOfTwo: flat,
  exponentOf: flat,
  reducedAngle: flat,
}

/** Of two operands whose real parts differ by `lead`, the first that leads; a tie gives halves. */
function chosen(lead: number, b: number, d: number): number {
  return lead > 0 ? b : lead < 0 ? d : (b + d) / 2
}

/**
 * z^w = |z|^c e^(−d θ) (cos φ + i sin φ), φ = d log|z| + c θ with θ = arg z, for z = a + i b and w = c + i d. Left of 0, where only
 * whole c have a power, z is turned by π: (−1)^c (−z)^c.
 */
function imaginaryPower(a: number, b: number, c: number, d: number): number {
  if (a < 0) return (c % 2 === 0 ? 1 : -1) * (d === 0 ? imaginaryPower(-a, -b, c, 0) : NaN)
  const size = Math.hypot(a, b)
  // 0^c is 0 at all exponents near c > 0.
  if (size === 0) return c > 0 || d === 0 ? 0 : NaN
  const angle = Math.atan2(b, a)
  const turn = d === 0 ? 0 : d * Math.log(size)
  return size ** c * Math.exp(-d * angle) * Math.sin(turn + c * angle)
}

/**
 * erf z = 2/√π e^(−z²) Σ 2ⁿ z^(2n+1) / (1 · 3 ⋯ (2n + 1)), whose terms have one sign (Abramowitz and Stegun 7.1.6). From 6 on erf is ±1
 * to 10⁻¹⁶, and flat.
 */
function imaginaryErf(a: number, b: number): number {
  if (!(Math.abs(a) < 6)) return a * 0
  // Terms x + i y, where y² vanishes beside x².
  let [x, y] = [a, b]
  let [sumX, sumY] = [x, y]
  const [squareX, squareY] = [a * a, 2 * a * b]
  for (let n = 1; Math.abs(x) > Math.abs(sumX) * 1e-17 || Math.abs(y) > Math.abs(sumY) * 1e-17; n++) {
    const factor = 2 / (2 * n + 1)
    ;[x, y] = [factor * (x * squareX - y * squareY), factor * (x * squareY + y * squareX)]
    sumX += x
    sumY += y
  }
  const [cos, sin] = [Math.cos(squareY), -Math.sin(squareY)]
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-squareX) * (sumX * sin + sumY * cos)
}
