import {
  Diagnostics,
  type Diagnostic,
  type DiagnosticCode,
  type Mistake,
  type Source,
  type Span,
} from '../../base/errors.ts'

export type Path = readonly (string | number)[]

/** Finds the text of the key or the value at a path; where the path leaves the text, of the nearest value around it. */
export type Locator = (path: Path, part: 'key' | 'value') => Span

/** A mistake in how a spec is written, found before its meaning is looked at. */
export interface Flaw extends Mistake {
  readonly span: Span
}

/**
 * Reads a file's text. Rejects where there is no such file; with Unreadable where there is one that can't be read. Paths start where that of
 * the spec does, and have / alone.
 */
export type ReadFile = (path: string) => Promise<string>

/** Why a file that is there can't be read. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

/** A spec as plain data, still unchecked, that knows where each part of it is written. */
export interface SpecSource extends Source {
  readonly value: unknown
  /** Mistakes in entries that the value leaves out, so that the rest can be checked. */
  readonly flaws?: readonly Flaw[]
  /** Finding positions in TypeScript takes its parser, which is loaded only when there is something to report. */
  readonly locator: () => Promise<Locator>
  /** How the host reads files of functions, if it does. */
  readonly readFile?: ReadFile
}

/** The key or the value at a path of a spec. */
export interface Place {
  readonly path: Path
  readonly part: 'key' | 'value'
  /** The part of the text at `path` that is wrong, where that is a formula. */
  readonly within?: Span | undefined
  /** The text of `within`, where that is another file. */
  readonly source?: Source | undefined
}

/** A mistake at a place of the spec. */
export interface Finding extends Mistake, Place {
  /** The key that an unknown key was most likely meant to be. */
  readonly rename?: string
}

/** Whether a finding refuses its spec. */
export function isError({ severity }: Finding): boolean {
  return severity !== 'warning'
}

/**
 * Finds where in the text each finding is.
 * @returns the warnings.
 * @throws SpecError with all of them when any is an error, or when there are flaws in how the spec is written.
 */
export async function diagnose(source: SpecSource, findings: readonly Finding[]): Promise<readonly Diagnostic[]> {
  const { flaws = [] } = source
  if (findings.length + flaws.length === 0) return []
  const diagnostics = new Diagnostics(source)
  for (const flaw of flaws) diagnostics.report(flaw, flaw.span)
  const locate = await source.locator()
  for (const finding of findings) {
    const { path, part, within, source: other } = finding
    if (other && within) {
      diagnostics.report(finding, within, other)
      continue
    }
    const whole = locate(path, part)
    const span = within ? spanWithin(source.text, whole, valueAt(source.value, path), within) : whole
    diagnostics.report(finding, span)
  }
  return diagnostics.warnings()
}

/** For mistakes that are found before there is any structure to locate them in. */
export function throwAt(source: Source, code: DiagnosticCode, span: Span, message: string): never {
  throwFlaws(source, [{ code, span, message }])
  throw new Error('unreachable')
}

/** @throws SpecError when there are any. */
export function throwFlaws(source: Source, flaws: readonly Flaw[]): void {
  const diagnostics = new Diagnostics(source)
  for (const flaw of flaws) diagnostics.report(flaw, flaw.span)
  diagnostics.warnings()
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value)
}

/** How one character of a text may be written in a quoted or folded scalar of YAML, JSON or TypeScript. */
const writtenCharacter = /[ \t]*\r?\n\s*|\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|u\{[\da-f]+\}|[^])|''|[^]/giu

/** The span in `source` of a part of the text that is written at `whole`, past quotes and escapes. */
function spanWithin(source: string, whole: Span, text: unknown, part: Span): Span {
  if (typeof text !== 'string' || part.length === 0) return whole
  const written = source.slice(whole.offset, whole.offset + whole.length)
  const verbatim = written.indexOf(text)
  if (verbatim >= 0) return { offset: whole.offset + verbatim + part.offset, length: part.length }

  const quote = Number(/^["'`]/.test(written))
  const from = whole.offset + quote
  const inner = written.slice(quote, written.length - quote)
  const starts = Array.from(inner.matchAll(writtenCharacter), ({ index }) => from + index)
  if (starts.length !== text.length) return whole
  starts.push(from + inner.length)
  const offset = starts[part.offset]!
  return { offset, length: starts[Math.min(part.offset + part.length, text.length)]! - offset }
}

/** A mistake that ends the building of the part of the network that it is in. */
export class FindingError extends Error {
  override name = 'FindingError'
  readonly finding: Finding

  constructor(finding: Finding) {
    super(finding.message)
    this.finding = finding
  }
}
