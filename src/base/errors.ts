import { codeFrameColumns } from '@babel/code-frame'

/** A text that diagnostics point into. */
export interface Source {
  readonly file: string
  readonly text: string
}

/** A stretch of a source, in UTF-16 code units from its start. */
export interface Span {
  readonly offset: number
  readonly length: number
}

export type DiagnosticCode =
  | 'syntax' // the text is not YAML, JSON, TypeScript or a formula at all
  | 'module' // a TypeScript spec didn't load, or exports no plain data
  | 'limit' // larger, longer or deeper than tapeless takes
  | 'repeated-key'
  | 'unknown-key'
  | 'missing-key'
  | 'unknown-word' // no such layer, loss, optimizer …
  | 'unsupported' // a word of the language that this version can't compile yet
  | 'wrong-type'
  | 'out-of-range'
  | 'invalid-name'
  | 'name-clash'
  | 'unknown-name' // a formula uses a name that nothing above it defines
  | 'formula' // a formula holds something that formulas don't have
  | 'shape' // shapes that don't fit together

/** One mistake in a spec. Lines and columns count from 1, lengths in UTF-16 code units. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly file: string
  readonly line: number
  readonly column: number
  /** Of the mistake, as far as it is on this line; at least 1. */
  readonly length: number
  /** What came and what was expected. */
  readonly message: string
  /** The nearest valid spelling, or what is there instead. */
  readonly hint?: string
}

/** A spec is wrong: every mistake found in it, in the order of the text. */
export class SpecError extends Error {
  override name = 'SpecError'
  readonly source: Source
  readonly diagnostics: readonly Diagnostic[]

  constructor(source: Source, diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join('\n'))
    this.source = source
    this.diagnostics = diagnostics
  }
}

/** Collects the mistakes in one source, so that all are reported together. */
export class Diagnostics {
  readonly source: Source
  readonly #lineStarts: readonly number[]
  readonly #found: (Diagnostic & Span)[] = []

  constructor(source: Source) {
    this.source = source
    this.#lineStarts = [0, ...Array.from(source.text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)]
  }

  get isEmpty(): boolean {
    return this.#found.length === 0
  }

  report(code: DiagnosticCode, span: Span, message: string, hint?: string): void {
    const line = lastAtMost(this.#lineStarts, span.offset)
    const lineEnd = (this.#lineStarts[line + 1] ?? this.source.text.length + 1) - 1
    this.#found.push({
      offset: span.offset,
      length: Math.max(1, Math.min(span.length, lineEnd - span.offset)),
      code,
      file: this.source.file,
      line: line + 1,
      column: span.offset - this.#lineStarts[line]! + 1,
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** @throws SpecError when anything was reported. */
  throwIfAny(): void {
    if (this.isEmpty) return
    const inOrder = [...this.#found].sort((a, b) => a.offset - b.offset)
    throw new SpecError(
      this.source,
      inOrder.map(({ offset: _, ...diagnostic }) => diagnostic),
    )
  }
}

/** The position of the last element of ascending `values` (which start at 0) that is at most `limit`. */
function lastAtMost(values: readonly number[], limit: number): number {
  let low = 0
  let high = values.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (values[middle]! <= limit) low = middle
    else high = middle
  }
  return low
}

function formatDiagnostic({ code, file, line, column, message, hint }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : `; ${hint}`} (${code})`
}

const SHOWN = 100
const WIDEST_LINE = 160

/** For people: each diagnostic with its source line and a caret below the mistake. */
export function renderDiagnostics({ source, diagnostics }: SpecError, options: { color?: boolean } = {}): string {
  const lines = source.text.split(/\r\n|\r|\n/)
  const blocks = diagnostics
    .slice(0, SHOWN)
    .map((diagnostic) => `${formatDiagnostic(diagnostic)}\n${excerpt(lines, diagnostic, options.color ?? false)}`)
  if (diagnostics.length > SHOWN) blocks.push(`… and ${diagnostics.length - SHOWN} more`)
  return blocks.join('\n\n')
}

/** The line before and the line itself. A very long line is cut around the mistake; control characters are made harmless. */
function excerpt(lines: readonly string[], { line, column, length }: Diagnostic, color: boolean): string {
  const first = Math.max(1, line - 1)
  const cut = Math.max(0, column - WIDEST_LINE / 2)
  const shown = lines
    .slice(first - 1, line)
    .map((text) => text.slice(cut, cut + WIDEST_LINE).replace(/[^\P{Cc}\t]|\p{Cf}/gu, '\uFFFD'))
  const start = { line, column: column - cut }
  const end = { line, column: start.column + Math.min(length, WIDEST_LINE / 2) }
  const options = { startLine: first, forceColor: color, highlightCode: color }
  return codeFrameColumns(shown.join('\n'), { start, end }, options)
}
