import { codeFrameColumns } from '@babel/code-frame'
import { formatDiagnostic, type Diagnostic, type Report } from './errors.ts'

/*
 * Diagnostics for a terminal. Only a command needs them: they lie beside the diagnostics, so that a compiler in a page loads no painter.
 */

const SHOWN = 100
const WIDEST_LINE = 120

/** For people: each diagnostic with its source line and a caret below the mistake. */
export function renderDiagnostics({ sources, diagnostics }: Report, options: { color?: boolean } = {}): string {
  const lines = new Map(sources.map(({ file, text }) => [file, text.split(/\r\n|\r|\n/)]))
  const blocks = diagnostics.slice(0, SHOWN).map((diagnostic) => {
    const shown = excerpt(lines.get(diagnostic.file)!, diagnostic, options.color ?? false)
    return `${formatDiagnostic(diagnostic)}\n${shown}`
  })
  if (diagnostics.length > SHOWN) blocks.push(`… and ${diagnostics.length - SHOWN} more`)
  return blocks.join('\n\n')
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
