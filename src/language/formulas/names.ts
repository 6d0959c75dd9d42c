import type { Mistake } from '../../base/errors.ts'
import { asciiName, isName } from '../../base/name.ts'
import { partsInOrder } from '../../base/tree.ts'
import { functionNames, type Dialect } from './dialect.ts'
import { FormulaFault } from '../words/misfit.ts'
import { operandsOf, type Expression } from './formula.ts'
import { transposeFault } from './transposes.ts'
import { listWords, suggestion } from '../words/vocabulary.ts'

export const constants: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E }

/** Words of formulas, and of the parser, that are no functions of all formulas. */
const reservedNames = [
  ...['derivative', 'jacobian', 'true', 'false', 'null', 'undefined', 'NaN', 'Infinity'],
  ...['mod', 'to', 'in', 'and', 'or', 'xor', 'not', 'end'],
]

/** Spellings in formulas of functions that other languages have. */
const spelledOut: Readonly<Record<string, string>> = {
  pow: 'x ^ 2',
  power: 'x ^ 2',
  square: 'x ^ 2',
  log2: 'log(x) / log(2)',
  log10: 'log(x) / log(10)',
  where: 'c ? a : b',
}

/** What other languages call transpose. */
const transposeFunctions: ReadonlySet<string> = new Set(['t', 'T', 'trans', 'transposed', 'Transpose'])

/** The names that a network or a formula defines: from their spelling in code to their own. */
export type DefinedNames = Map<string, string>

/** Defines a name, unless it can't be one. @returns why not. */
export function defineName(name: string, defined: DefinedNames, dialect: Dialect): Mistake | undefined {
  const ascii = asciiName(name)
  const other = defined.get(ascii)
  if (!isName(name)) {
    const message = `'${name}' is no name: expected a letter (Latin, Greek, ℓ), then letters, digits and _`
    return { code: 'invalid-name', message }
  }
  const isTaken =
    Object.hasOwn(constants, name) || functionNames(dialect).includes(name) || reservedNames.includes(name)
  if (isTaken) return { code: 'invalid-name', message: `'${name}' means something in formulas already` }
  if (other !== undefined) {
    const message =
      other === name ? `'${name}' is already defined` : `'${name}' and '${other}' are both ${ascii} in code`
    return { code: 'name-clash', message }
  }
  defined.set(ascii, name)
  return undefined
}

/** Every name and function in the expression that isn't there. */
export function unknownNames(
  expression: Expression,
  names: ReadonlyMap<string, unknown>,
  dialect: Dialect,
): FormulaFault[] {
  const faults: FormulaFault[] = []
  const missing = (kind: string, name: string, span: Expression['span'], known: readonly string[]): void => {
    const written = kind === 'function' && Object.hasOwn(spelledOut, name) ? spelledOut[name] : undefined
    const nearest = suggestion(name, known) ?? `known: ${listWords(known)}`
    const hint = written === undefined ? nearest : `write ${written}`
    faults.push(
      new FormulaFault('unknown-name', { ...span, length: name.length }, `no ${kind} is called '${name}'`, hint),
    )
  }
  const parts = partsInOrder(expression, operandsOf)
  const functions = functionNames(dialect)
  const transposes = parts.flatMap((part) => transposeWord(part, names) ?? [])
  if (transposes.length > 0) return transposes
  for (const part of parts) {
    if (part.kind === 'name' && !Object.hasOwn(constants, part.name) && !names.has(part.name))
      missing('value', part.name, part.span, [...names.keys(), ...Object.keys(constants)])
    const withheld = part.kind === 'call' ? dialect.withheld.get(part.function) : undefined
    if (withheld) faults.push(new FormulaFault(withheld.code, part.span, withheld.message))
    else if (part.kind === 'call' && !functions.includes(part.function))
      missing('function', part.function, part.span, functions)
  }
  return faults
}

/** The mistake of writing A^T or t(A) where nothing is called so. */
function transposeWord(part: Expression, names: ReadonlyMap<string, unknown>): FormulaFault | undefined {
  const [first, second] = operandsOf(part)
  const isPower = part.kind === 'apply' && part.operator === 'power' && second?.kind === 'name' && second.name === 'T'
  const isCall = part.kind === 'call' && transposeFunctions.has(part.function)
  if (!isCall && !(isPower && !names.has('T'))) return undefined
  return transposeFault(part.span, first?.kind === 'name' ? first.name : undefined)
}

export function namesIn(expression: Expression): string[] {
  return partsInOrder(expression, operandsOf).flatMap((part) => (part.kind === 'name' ? [part.name] : []))
}
