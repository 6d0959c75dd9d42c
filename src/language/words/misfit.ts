import type { DiagnosticCode, Mistake, Source, Span } from '../../base/errors.ts'

/**
 * Thrown by a row that can't be built from what it is given. The builder that called it knows where in the spec that is, and
 * puts the row's word before the message: `needs an axis` becomes `softmax needs an axis`.
 */
export class Misfit extends Error implements Mistake {
  override name = 'Misfit'
  readonly code: DiagnosticCode
  readonly hint: string | undefined
  /** The part of a formula's text that is wrong, or of a function's file; undefined where no text is known. */
  readonly within: Span | undefined
  /** The function's file. */
  readonly source: Source | undefined

  constructor(code: DiagnosticCode, message: string, hint?: string, within?: Span, source?: Source) {
    super(message)
    this.code = code
    this.hint = hint
    this.within = within
    this.source = source
  }
}

/** A mistake in a formula, at a part of its text, or in a function at a part of its file. */
export class FormulaFault extends Misfit {
  override name = 'FormulaFault'

  constructor(code: DiagnosticCode, within: Span, message: string, hint?: string, source?: Source) {
    super(code, message, hint, within, source)
  }
}

/** `build()`; a misfit that knows no place yet is thrown as what `place` makes of it. */
export function placing<T>(build: () => T, place: (misfit: Misfit) => Error): T {
  try {
    return build()
  } catch (error) {
    throw error instanceof Misfit && !error.within ? place(error) : error
  }
}
