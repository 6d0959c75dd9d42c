import type { Mistake } from '../../base/errors.ts'
import type { Operand } from '../../graph/build.ts'
import type { Expression, Operator } from './formula.ts'

export type FormulaFunction = (...operands: readonly Operand[]) => Operand

/** A function that looks at how its operands are written, besides what they are. */
export type FormulaForm = (operands: readonly Expression[], values: readonly Operand[]) => Operand

/** A meaning for expressions. Formulas are pointwise; equations have more functions and another product, and are a second dialect. */
export interface Dialect {
  readonly operators: Readonly<Record<Exclude<Operator, 'select'>, FormulaFunction>>
  /** @param names the values of the names that the branches may use. */
  readonly choose: (condition: Operand, a: Operand, b: Operand, names: Iterable<Operand>) => Operand
  readonly functions: ReadonlyMap<string, FormulaFunction>
  readonly forms?: ReadonlyMap<string, FormulaForm>
  /** Names that are no functions here, and why. */
  readonly withheld: ReadonlyMap<string, Mistake>
}

/** What can be called. */
export function functionNames({ functions, forms = new Map<string, FormulaForm>() }: Dialect): string[] {
  return [...functions.keys(), ...forms.keys()]
}
