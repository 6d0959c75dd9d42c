import { codeFrameColumns } from '@babel/code-frame'
import { saidBy, type Diagnostic, type Report, type Source } from './errors.ts'

/*
 * Diagnostics for a terminal. Only a command needs them: they lie beside the diagnostics, so that a compiler in a page loads no painter.
 */

const SHOWN = 100
const WIDEST_LINE = 120

/** What sets a stretch of text off at a terminal. */
export type Paint = Readonly<Record<'bold' | 'dim' | 'red' | 'yellow', (text: string) => string>>

const same = (text: string) => text
const plain: Paint = { bold: same, dim: same, red: same, yellow: same }

/** For people: each diagnostic with its source line and a caret below the mistake. @param paint at a terminal that has colours. */
export function renderDiagnostics(
  { sources, diagnostics }: Report,
  { paint = plain }: { readonly paint?: Paint } = {},
): string {
  const lines = linesOf(sources)
  const blocks = diagnostics.slice(0, SHOWN).map((diagnostic) => {
    return `${headline(diagnostic, paint)}\n${excerpt(lines.get(diagnostic.file)!, diagnostic, paint !== plain)}`
  })
  if (diagnostics.length > SHOWN) blocks.push(`… and ${diagnostics.length - SHOWN} more`)
  return blocks.join('\n\n')
}

/** The place of one of a report's diagnostics in its source: the line with a caret below the mistake, and the one before. */
export function frameOf({ sources }: Report, diagnostic: Diagnostic): string {
  return excerpt(linesOf(sources).get(diagnostic.file)!, diagnostic, false)
}

/** The line of a source at which a diagnostic points. */
export function lineOf({ sources }: Report, { file, line }: Diagnostic): string {
  return linesOf(sources).get(file)![line - 1]!
}

function linesOf(sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  return new Map(sources.map(({ file, text }) => [file, text.split(/\r\n|\r|\n/)]))
}

/** One line: where, how grave, what, and the code. */
function headline(diagnostic: Diagnostic, { bold, dim, red, yellow }: Paint): string {
  const { code, severity, file, line, column } = diagnostic
  const grave = bold((severity === 'error' ? red : yellow)(severity))
  return `${bold(`${file}:${line}:${column}`)}: ${grave}: ${saidBy(diagnostic)} ${dim(`(${code})`)}`
}

/** The line before and the line itself. A very long line is cut around the mistake; control characters are made harmless. */
function excerpt(lines: readonly string[], { line, column, length }: Diagnostic, color: boolean): string {
  const first = Math.max(1, line - 1)
  const cut = Math.max(0, column - WIDEST_LINE / 2)
  const shown = lines
    .slice(first - 1, line)
    .map((text) => windowOf(text, cut).replace(/[^\P{Cc}\t]|\p{Cf}/gu, '\uFFFD'))
  const start = { line, column: column - cut }
  const end = { line, column: start.column + Math.min(length, WIDEST_LINE / 2) }
  const options = { startLine: first, forceColor: color, highlightCode: color }
  return codeFrameColumns(shown.join('\n'), { start, end }, options)
}

/** The part of a line that is shown, from column `cut` on; an ellipsis stands where the line goes on. */
function windowOf(text: string, cut: number): string {
  const shown = text.slice(cut, cut + WIDEST_LINE)
  const start = cut > 0 ? shown.replace(/^./u, '…') : shown
  return text.length > cut + WIDEST_LINE ? `${start}…` : start
}
