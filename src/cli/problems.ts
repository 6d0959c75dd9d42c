import picocolors from 'picocolors'
import { SpecError, type Report } from '../base/errors.ts'
import { renderDiagnostics } from '../base/render.ts'
import { MissingPackageError } from '../targets/wasm/optimize.ts'
import { TableError } from '../train/mistakes.ts'
import { endWith, exit, failureOf, type Failure } from './exit.ts'
import { numberOf, showsColor } from './report.ts'

/** What a run has to say of its input. It is told at once: one spec's mistakes keep none of another's from being found. */
export class Problems {
  readonly #failures: Failure[] = []
  readonly #counts = { error: 0, warning: 0 }
  #isStrict = false

  /** Whether nothing stands in the way: warnings don't. */
  get areNone(): boolean {
    return this.#failures.every(({ status }) => status === exit.done)
  }

  /** @param spec what the error is about. */
  add(error: unknown, spec?: string): void {
    if (error instanceof SpecError) this.#count(error)
    this.#failures.push(mistakeOf(error, spec) ?? failureOf(error, spec))
  }

  /** @param isStrict whether warnings count as mistakes. */
  warn(report: Report, isStrict: boolean): void {
    this.#count(report)
    this.#isStrict ||= isStrict
    this.#failures.push({ status: isStrict ? exit.wrongInput : exit.done, text: textOf(report) })
  }

  /** The input, or what is there already, is wrong. */
  say(text: string): void {
    this.#failures.push({ status: exit.wrongInput, text })
  }

  /** Prints them, and last how many there are in specs, and has the process end with the gravest status. */
  tell(): void {
    for (const { status, text } of this.#failures) {
      process.stderr.write(`${text}\n`)
      endWith(status)
    }
    const { error, warning } = this.#counts
    const { bold, red, yellow } = picocolors.createColors(showsColor(process.stderr))
    const counts = [
      ...(error > 0 ? [red(numberOf(error, 'error'))] : []),
      ...(warning > 0 ? [yellow(numberOf(warning, 'warning'))] : []),
    ].join(', ')
    const strict = this.#isStrict && warning > 0 ? ', and --strict takes warnings for errors' : ''
    if (counts) process.stderr.write(`${bold(counts)}${strict}\n`)
  }

  #count({ diagnostics }: Report): void {
    for (const { severity } of diagnostics) this.#counts[severity]++
  }
}

/** What is wrong with a spec or a table; undefined where something else is. */
function mistakeOf(error: unknown, spec?: string): Failure | undefined {
  if (error instanceof SpecError) return { status: exit.wrongInput, text: textOf(error) }
  if (error instanceof TableError) return { status: exit.wrongInput, text: error.message }
  if (error instanceof MissingPackageError) return { status: exit.wrongInput, text: `${spec}: ${error.message}\n` }
  return undefined
}

function textOf(report: Report): string {
  const paint = showsColor(process.stderr) ? { paint: picocolors.createColors(true) } : {}
  return `${renderDiagnostics(report, paint)}\n`
}
