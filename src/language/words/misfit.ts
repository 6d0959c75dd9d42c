import type { DiagnosticCode } from '../../base/errors.ts'

/**
 * What a row throws when it can't be built from what it is given. The builder that called it knows where in the spec that is, and
 * puts the row's word before the message: `needs an axis` becomes `softmax needs an axis`.
 */
export class Misfit extends Error {
  override name = 'Misfit'
  readonly code: DiagnosticCode
  readonly hint: string | undefined

  constructor(code: DiagnosticCode, message: string, hint?: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}
