import type { Mistake } from '../../base/errors.ts'
import type { Operand } from '../../graph/build.ts'
import type { Operator } from './formula.ts'

export type FormulaFunction = (...operands: readonly Operand[]) => Operand

/** A meaning for expressions. Formulas are pointwise; equations have more functions and another product, and are a second dialect. */
export interface Dialect {
  readonly operators: Readonly<Record<Exclude<Operator, 'select'>, FormulaFunction>>
  /** @param names the values of the names that the branches may use. */
  readonly choose: (condition: Operand, a: Operand, b: Operand, names: Iterable<Operand>) => Operand
  readonly functions: ReadonlyMap<string, FormulaFunction>
  /** Names that are no functions here, and why. */
  readonly withheld: ReadonlyMap<string, Mistake>
}
