import { add, multiply, type Operand } from '../build.ts'
import type { Node } from '../node.ts'

/** c₀ + c₁ x + c₂ x² …, by Horner's rule. */
export function polynomial(x: Node, coefficients: readonly number[]): Operand {
  return coefficients.reduceRight<Operand>(
    (sum, coefficient, k) => (k === coefficients.length - 1 ? coefficient : add(coefficient, multiply(x, sum))),
    0,
  )
}
