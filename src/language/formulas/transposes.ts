import type { Span } from '../../base/errors.ts'
import { FormulaFault } from '../words/misfit.ts'

/*
 * A transposed matrix is transpose(A). Books and other languages write it in many ways; each is told the same.
 */

/** A', Aᵀ, A⊤, A.', A.T, A.mT, A.t(), A.transpose() */
const marks = /^(?:\.?['\u2018\u2019\u2032]|[ᵀ⊤]|\.m?T(?![\p{L}\p{N}_(])|\.(?:t|transpose)\(\s*\))/u
/** A^{T}, A^{\top}, A^\top */
const exponents = /^(?:\{\s*(?:T|⊤|\\top)\s*\}|\\top)/u
/** What may be transposed, and has a name or not. */
const operand = /(?:(?<name>[\p{L}_][\p{L}\p{N}_]*)|\))\s*(?<power>\^?)\s*$/u

/** The mistake of a mark for the transposed that stands at `offset`, if one does. */
export function transposeMark(text: string, offset: number): FormulaFault | undefined {
  const before = operand.exec(text.slice(0, offset))
  if (!before) return undefined
  const rest = text.slice(offset)
  const found = marks.exec(rest) ?? (before.groups!.power === '' ? undefined : exponents.exec(rest))
  return found ? transposeFault({ offset, length: found[0].length }, before.groups!.name) : undefined
}

/** @param name what is to be transposed, where that has one. */
export function transposeFault(span: Span, name = 'A'): FormulaFault {
  const hint = `in equations write transpose(${name})`
  return new FormulaFault('formula', span, 'formulas have another word for a transposed matrix', hint)
}
