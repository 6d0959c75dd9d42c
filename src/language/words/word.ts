import { z } from './zod.ts'
import type { Mistake } from '../../base/errors.ts'
import type { Place } from '../text/source.ts'
import { Misfit } from './misfit.ts'
import { listWords, suggestion, type WordKind } from './vocabulary.ts'

/*
 * The one form that layers, losses, initializers, optimizers, schedules and clips share: `word`, `{ word: value }` for the first
 * argument alone, or `{ word: { argument: value, … } }`.
 */

/** An object of just these keys. Its unknown keys are reported with the known ones. */
export function keys<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(', ') || 'no keys' : undefined),
  })
}

/**
 * A row of a table of words. Rows of one table take different settings, the output of `arguments`. So kinds of rows declare their
 * functions as methods of `settings: object`: TypeScript compares a method's parameters in both directions, and a row's own function
 * may take what its arguments give.
 */
export interface WordRow {
  readonly arguments: z.ZodObject<z.ZodRawShape, z.core.$strict>
  /** The argument that `{ word: value }` gives. */
  readonly first?: string
}

/** A table of rows of one kind. */
export type Rows<R extends WordRow> = Readonly<Record<string, R>>

/** A word with its arguments checked and defaults filled in. */
export interface Word {
  readonly word: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Whether the spec gives the first argument alone, so that its place is the word's. */
  readonly shorthand: boolean
}

interface IssueSink {
  readonly issues: z.core.$ZodRawIssue[]
}

/** How a word of a table is written. */
export interface WordForm {
  readonly kind: WordKind
  readonly rows: () => Rows<WordRow>
  /** The keys that may stand beside the word, in a mapping. */
  readonly beside: z.ZodObject
}

const forms = new WeakMap<z.core.$ZodType, z.ZodType | WordForm>()

/** How values are written whose type zod takes for unknown: as another type has them, or as words. Undefined for other types. */
export function writtenAs(type: z.core.$ZodType): z.ZodType | WordForm | undefined {
  return forms.get(type)
}

/**
 * The type of what `parse` makes of a value; `z.NEVER` after an issue. Zod takes a transform's input for unknown: how it is written is
 * told here, to editors and to the types of specs in TypeScript.
 */
export function parsed<Out>(
  as: z.ZodType | WordForm,
  parse: (value: unknown, context: IssueSink) => Out | Promise<Out>,
): z.ZodType<Out> {
  const type = z.unknown().transform(parse)
  forms.set(type, as)
  return type as unknown as z.ZodType<Out>
}

/** The type of the words of a table, with what stands beside them. */
export function words<Out extends Word>(
  kind: WordKind,
  rows: () => Rows<WordRow>,
  beside: z.ZodRawShape = {},
): z.ZodType<Out> {
  const around = z.object(beside)
  const parse = parseWord(kind, rows, Object.keys(beside))
  return parsed({ kind, rows, beside: around }, async (value, context) => {
    const word = await parse(value, context)
    if (!isMapping(value)) return word as Out
    const more = settled(around.safeParse(value, reporting), context)
    return { ...word, ...Object.fromEntries(Object.entries(more).filter(([, given]) => given !== undefined)) } as Out
  })
}

/**
 * The result of checking a part of the value; `z.NEVER`, and the check's issues, where it found mistakes.
 * @param place the path in the value, from that in the part.
 */
export function settled<Out>(
  { data, error }: z.ZodSafeParseResult<Out>,
  context: IssueSink,
  place: (inner: readonly PropertyKey[]) => readonly PropertyKey[] = (inner) => inner,
): Out {
  for (const issue of error?.issues ?? [])
    context.issues.push({ ...issue, path: [...place(issue.path)] } as z.core.$ZodRawIssue)
  return error ? z.NEVER : data!
}

/** So that issues can say what came. */
export const reporting = { reportInput: true } as const

/** A mistake, and the part of the place that a transform of zod knows: zod adds the path of what is transformed. */
export type Issue = Mistake & Partial<Omit<Place, 'path'>>

/** Reports a mistake with a code of ours from within a zod transform. */
export function reportIssue(
  context: IssueSink,
  input: unknown,
  path: readonly PropertyKey[],
  { code, message, hint, part, within, source }: Issue,
): void {
  context.issues.push({ code: 'custom', input, path: [...path], message, params: { code, hint, part, within, source } })
}

/** Waits for a result; of a misfit it makes an issue. */
export async function orIssue<T>(context: IssueSink, input: unknown, result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    reportIssue(context, input, [], error)
    return z.NEVER
  }
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const article: Readonly<Record<WordKind, string>> = {
  layer: 'a layer',
  loss: 'a loss',
  metric: 'a metric',
  initializer: 'an initializer',
  optimizer: 'an optimizer',
  schedule: 'a schedule',
  clip: 'a way to clip',
}

/** A word of `table`. Beside it, in a mapping, may stand the keys `beside`, which `parseWord` leaves alone. */
function parseWord(kind: WordKind, table: () => Rows<WordRow>, beside: readonly string[]) {
  return async (value: unknown, context: IssueSink): Promise<Word> => {
    const rows = table()
    const found = findWord(kind, rows, beside, value, context)
    if (!found) return z.NEVER
    const { word, given, path } = found
    const row = rows[word]!
    const shorthand = given !== undefined && !isMapping(given)
    if (shorthand && row.first === undefined) {
      const [expected] = Object.keys(row.arguments.shape)
      const hint = expected === undefined ? `write - ${word}` : `write { ${word}: { ${expected}: … } }`
      reportIssue(context, given, path, { code: 'wrong-type', message: `${word} takes no single argument`, hint })
      return z.NEVER
    }
    const result = await row.arguments.safeParseAsync(shorthand ? { [row.first!]: given } : (given ?? {}), reporting)
    if (
      Array.isArray(given) &&
      result.error?.issues.every(({ code, path }) => code === 'invalid_type' && path.length === 1)
    ) {
      const names = Object.keys(row.arguments.shape)
      const alone = `write the ${row.first} alone, or { ${word}: { ${listWords(names)} } }`
      const hint = kind === 'layer' ? `${alone}; what a layer takes follows from the one above` : alone
      reportIssue(context, given, path, { code: 'wrong-type', message: `expected one value, the ${row.first}`, hint })
      return z.NEVER
    }
    const settings = settled(result, context, (inner) => [...path, ...inner.slice(shorthand ? 1 : 0)])
    return result.success ? { word, arguments: settings, shorthand } : z.NEVER
  }
}

/** The word that `value` holds, what it is given, and where that stands; undefined, and an issue, when there is none. */
function findWord(
  kind: WordKind,
  rows: Rows<WordRow>,
  beside: readonly string[],
  value: unknown,
  context: IssueSink,
): { word: string; given?: unknown; path: string[] } | undefined {
  const names = typeof value === 'string' ? [value] : isMapping(value) ? Object.keys(value) : []
  const candidates = names.filter((name) => !beside.includes(name))
  const known = candidates.filter((name) => Object.hasOwn(rows, name))
  const word = known[0] ?? candidates[0]
  if (word === undefined) {
    const message = `expected ${article[kind]}, as word or { word: argument }`
    const hint = `such as ${listWords(Object.keys(rows).slice(0, 5))}`
    reportIssue(context, value, [], { code: 'wrong-type', message, hint })
    return undefined
  }
  const path = typeof value === 'string' ? [] : [word]
  const part = typeof value === 'string' ? 'value' : 'key'
  if (known.length === 0) {
    const hint = suggestion(word, Object.keys(rows)) ?? `supported: ${listWords(Object.keys(rows))}`
    reportIssue(context, value, path, { code: 'unknown-word', part, message: `no ${kind} is called '${word}'`, hint })
    return undefined
  }
  const { shape } = rows[word]!.arguments
  const reportBeside = (names: string, at: string, hint: string | undefined) => {
    const message = `${names} beside ${word}: expected one ${kind}`
    reportIssue(context, value, [at], { code: 'unknown-key', part: 'key', message, hint })
  }
  const extras = candidates.filter((name) => name !== word)
  const outdented = extras.filter((name) => Object.hasOwn(shape, name))
  if (outdented.length > 0) {
    const names = outdented.map((name) => `'${name}'`).join(', ')
    const hint = `indent ${outdented.length > 1 ? 'them' : 'it'} further than ${word}, or write { ${word}: { ${outdented[0]}: … } }`
    reportBeside(names, outdented[0]!, hint)
  }
  for (const extra of extras.filter((name) => !outdented.includes(name)))
    reportBeside(`'${extra}'`, extra, suggestion(extra, [...beside, ...Object.keys(shape)]))
  if (!isMapping(value)) return { word, path }
  // YAML's `word:` is the word by itself. What stands beside it for want of indentation is what it was to be given.
  const meant = () => Object.fromEntries(outdented.map((name) => [name, value[name]]))
  return { word, path, given: value[word] ?? (outdented.length > 0 ? meant() : undefined) }
}
