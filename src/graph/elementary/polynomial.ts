import { add, multiply, type Operand } from '../build.ts'
import type { Node } from '../node.ts'

/** c₀ + c₁ x + c₂ x² …, by Horner's rule. */
export function polynomial(x: Node, coefficients: readonly number[]): Operand {
  const [last, ...others] = coefficients.toReversed() as [number, ...number[]]
  return others.reduce<Operand>((sum, c) => add(c, sum === 1 ? x : multiply(x, sum)), last)
}
