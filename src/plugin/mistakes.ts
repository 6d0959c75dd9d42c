import { resolve } from 'node:path'
import { formatDiagnostic, saidBy, SpecError, type Diagnostic, type Report } from '../base/errors.ts'
import { frameOf, lineOf, renderDiagnostics } from '../base/render.ts'

/*
 * What is wrong with a spec, as each bundler shows mistakes. Lines and columns count from 1, as in all that tapeless says, but where a
 * bundler counts on from 0 to show a line itself.
 */

/** As Rollup and Vite have it: what it says, and where the first of all mistakes is. */
export interface Located {
  readonly message: string
  readonly id: string
  readonly loc: { readonly file: string; readonly line: number; readonly column: number }
  readonly frame: string
}

/** All of a report at the place of its first mistake. */
export function locatedAt(report: Report): Located {
  const first = firstOf(report)
  const { file, line, column } = first
  return {
    message: report.diagnostics.map(formatDiagnostic).join('\n'),
    id: resolve(file),
    loc: { file: resolve(file), line, column },
    frame: frameOf(report, first),
  }
}

/** An error for Rollup and Vite, which show where it is. */
export function locatedError(error: SpecError): Error {
  const located = locatedAt(error)
  // Where in tapeless it was found tells its reader nothing.
  return Object.assign(new Error(located.message), located, { stack: '' })
}

/** An error for webpack and Rspack, which show its message as it is. */
export function renderedError(error: SpecError): Error {
  return Object.assign(new Error(renderDiagnostics(error)), { hideStack: true })
}

/** As esbuild has it. */
export interface Message {
  readonly text: string
  readonly location: {
    readonly file: string
    readonly line: number
    /** In bytes, from 0. */
    readonly column: number
    readonly length: number
    readonly lineText: string
  }
}

/** Each diagnostic of a report by itself. */
export function messagesOf(report: Report, severity: Diagnostic['severity']): Message[] {
  return report.diagnostics
    .filter((diagnostic) => diagnostic.severity === severity)
    .map((diagnostic) => {
      const { code, file, line, column, length } = diagnostic
      const lineText = lineOf(report, diagnostic)
      const before = lineText.slice(0, column - 1)
      const marked = lineText.slice(column - 1, column - 1 + length)
      return {
        text: `${saidBy(diagnostic)} (${code})`,
        location: { file, line, column: bytesIn(before), length: bytesIn(marked), lineText },
      }
    })
}

const bytesIn = (text: string) => Buffer.byteLength(text)

function firstOf({ diagnostics }: Report): Diagnostic {
  return diagnostics.find(({ severity }) => severity === 'error') ?? diagnostics[0]!
}
