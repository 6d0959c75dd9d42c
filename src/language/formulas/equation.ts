import { z } from '../words/zod.ts'
import type { Span } from '../../base/errors.ts'
import { isName, namePattern } from '../../base/name.ts'
import { FormulaFault } from '../words/misfit.ts'
import { parseFormula, type Expression } from './formula.ts'
import { orIssue, parsed, reportIssue } from '../words/word.ts'

/** `name = expression`; spans lie in the equation's text. */
export interface Equation {
  readonly name: string
  readonly nameSpan: Span
  readonly expression: Expression
}

const definition = new RegExp(String.raw`^\s*(?<name>${namePattern.source})\s*=(?!=)`, 'u')

/** @throws FormulaFault when the text is no equation. */
async function parseEquation(text: string): Promise<Equation> {
  const match = definition.exec(text)
  const name = match?.groups?.name
  if (!match || name === undefined || !isName(name))
    throw new FormulaFault('formula', { offset: 0, length: text.length }, 'expected an equation: name = formula')
  // Blanks stand for the name, so that positions remain the equation's.
  const expression = await parseFormula(text.replace(match[0], ' '.repeat(match[0].length)))
  return { name, nameSpan: { offset: match[0].indexOf(name), length: name.length }, expression }
}

export const equation = parsed<Equation>(z.string(), async (value, context) => {
  if (typeof value !== 'string') {
    const hint = "quote an equation that holds ': ' or ' #'"
    reportIssue(context, value, [], { code: 'wrong-type', message: 'expected an equation: name = formula', hint })
    return z.NEVER
  }
  return orIssue(context, value, parseEquation(value))
})
