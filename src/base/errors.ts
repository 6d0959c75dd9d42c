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
  | 'function' // a TypeScript function isn't there, or holds something that formulas don't have
  | 'shape' // shapes that don't fit together
  | 'independent' // a derivative by what has no part in what it is of
  | 'redundant' // layers of which one does nothing
  | 'layout' // axes that fit in number, and hardly in meaning
  | 'unused' // an equation or parameter that nothing reads
  | 'mean' // a loss's mean is taken where its elements are meant
  | 'undefined' // parameters that start where gradients aren't finite
  | 'stuck' // parameters that stay 0 however long they are trained

/** A spec with errors is refused; a warning is of something that compiles, and that hardly anybody means. */
export type Severity = 'error' | 'warning'

/** A mistake in a spec, wherever in it. */
export interface Mistake {
  readonly code: DiagnosticCode
  /** An error unless it says otherwise. */
  readonly severity?: Severity | undefined
  /** Tells what came and what was expected. */
  readonly message: string
  /** The nearest valid spelling, or what is there instead. */
  readonly hint?: string | undefined
}

/** A mistake where a reader finds it. Lines and columns count from 1, lengths in UTF-16 code units. */
export interface Diagnostic extends Mistake {
  readonly severity: Severity
  readonly file: string
  readonly line: number
  readonly column: number
  /** The length of the mistake, as far as it is on this line; at least 1. */
  readonly length: number
  readonly hint?: string
}

/** What was found in a spec, in the order of the texts. */
export interface Report {
  /** What the diagnostics point into: the spec first. */
  readonly sources: readonly Source[]
  readonly diagnostics: readonly Diagnostic[]
}

/** A spec is wrong: every mistake found in it and in files that it names, warnings among them. */
export class SpecError extends Error implements Report {
  override name = 'SpecError'
  readonly sources: readonly Source[]
  readonly diagnostics: readonly Diagnostic[]

  constructor({ sources, diagnostics }: Report) {
    super(diagnostics.map(formatDiagnostic).join('\n'))
    this.sources = sources
    this.diagnostics = diagnostics
  }
}

interface Found extends Diagnostic, Span {
  readonly source: Source
}

/** Collects the mistakes in a spec, and in files that it names, so that all are reported together. */
export class Diagnostics {
  readonly source: Source
  /** Where the lines of each source start; the sources in the order in which their mistakes are shown. */
  readonly #lineStarts = new Map<Source, readonly number[]>()
  readonly #found: Found[] = []

  constructor(source: Source) {
    this.source = source
    this.#lineStarts.set(source, lineStarts(source.text))
  }

  /** @param source the text of the span, where that isn't the spec. */
  report({ code, severity = 'error', message, hint }: Mistake, span: Span, source = this.source): void {
    // A function may be wrong in every layer that names it.
    const isKnown = ({ source: other, offset, message: said }: Found): boolean =>
      other === source && offset === span.offset && said === message
    if (source !== this.source && this.#found.some(isKnown)) return
    const starts = this.#lineStarts.get(source) ?? lineStarts(source.text)
    this.#lineStarts.set(source, starts)
    const line = lastAtMost(starts, span.offset)
    const lineEnd = (starts[line + 1] ?? source.text.length + 1) - 1
    this.#found.push({
      source,
      offset: span.offset,
      length: Math.max(1, Math.min(span.length, lineEnd - span.offset)),
      ...{ code, severity },
      file: source.file,
      line: line + 1,
      column: span.offset - starts[line]! + 1,
      message,
      ...(hint === undefined ? {} : { hint }),
    })
  }

  /** The warnings. @throws SpecError with all that was reported when any of it is an error. */
  warnings(): readonly Diagnostic[] {
    const sources = [...this.#lineStarts.keys()]
    const inOrder = sources.flatMap((source) =>
      this.#found.filter((found) => found.source === source).sort((a, b) => a.offset - b.offset),
    )
    const diagnostics = inOrder.map(({ source: _, offset: __, ...diagnostic }) => diagnostic)
    if (diagnostics.some(({ severity }) => severity === 'error')) throw new SpecError({ sources, diagnostics })
    return diagnostics
  }
}

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)]
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

/** One line: where, what, and the code. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { code, severity, file, line, column } = diagnostic
  return `${file}:${line}:${column}: ${severity === 'warning' ? 'warning: ' : ''}${saidBy(diagnostic)} (${code})`
}

/** What a mistake says, with its hint. */
export function saidBy({ message, hint }: Mistake): string {
  return hint === undefined ? message : `${message}; ${hint}`
}
