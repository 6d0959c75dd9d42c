import type { z } from '../words/zod.ts'
import { functionsBeside } from '../functions/reference.ts'
import { schemaFor, settings, type CheckedSpec, type Settings } from './schema.ts'
import type { Finding, Path, SpecSource } from '../text/source.ts'
import { adviceFor } from '../words/elsewhere.ts'
import { foreignWord, isInferred, listWords, suggest, suggestion } from '../words/vocabulary.ts'
import { isMapping, type Issue } from '../words/word.ts'

export interface Checked {
  /** The sound part of the spec, for finding the mistakes that only building it shows; all of it when there are no findings. */
  readonly spec?: CheckedSpec | undefined
  /** The sound part of the keys that don't depend on layers or equations. */
  readonly settings?: Settings | undefined
  /** Whether `spec` lacks layers or equations at its end, or its loss. */
  readonly isPartial: boolean
  readonly findings: readonly Finding[]
}

/** Checks a spec's form: keys, types, words, formulas, functions. */
export async function checkSpec(source: SpecSource): Promise<Checked> {
  const { value } = source
  const schema = schemaFor(value, functionsBeside(source))
  const result = await schema.safeParseAsync(value, { reportInput: true })
  if (result.success) return { spec: result.data, settings: result.data, isPartial: false, findings: [] }
  const findings = withoutRenamed(result.error.issues.flatMap(findingsOf))
  const { remainder, isPartial } = withoutFaults(value, findings)
  const { data: spec } = await schema.safeParseAsync(remainder)
  return { spec, settings: spec ?? (await settings.safeParseAsync(remainder)).data, isPartial, findings }
}

/** A key that is only misspelt isn't reported as missing too. */
function withoutRenamed(findings: readonly Finding[]): Finding[] {
  const renamed = new Set(findings.map(({ path, rename }) => pathKey([...path.slice(0, -1), rename ?? ''])))
  return findings.filter(({ code, path }) => code !== 'missing-key' || !renamed.has(pathKey(path)))
}

function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** Mappings whose entries don't depend on each other, and may all be left out. */
const optionalParts: readonly string[] = ['train', 'emit']

/** Mappings that define names, without which no equation can be read. */
const namingParts: readonly string[] = ['networks', 'parameters']

/** Leaves out the keys with mistakes; of layers and equations, which build on each other, all from the first mistake on. */
function withoutFaults(value: unknown, findings: readonly Finding[]): { remainder: unknown; isPartial: boolean } {
  if (!isMapping(value)) return { remainder: value, isPartial: true }
  const remainder = new Map(Object.entries(value))
  let isPartial = false
  for (const { path } of findings) {
    const [key, inner] = path as [string, ...Path]
    const part = remainder.get(key)
    if (optionalParts.includes(key) && isMapping(part) && inner !== undefined) {
      remainder.set(key, Object.fromEntries(Object.entries(part).filter(([name]) => name !== inner)))
      continue
    }
    if (Array.isArray(part) && typeof inner === 'number') remainder.set(key, part.slice(0, inner))
    else if (key === 'loss' && remainder.has('layers')) remainder.set(key, 'mse')
    else {
      remainder.delete(key)
      if (namingParts.includes(key)) remainder.delete('equations')
      continue
    }
    isPartial = true
  }
  return { remainder: Object.fromEntries(remainder), isPartial }
}

/** Zod's names of types, in words. */
const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

function findingsOf(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path as Path
  const got = describe(issue.input)
  const at = (code: Finding['code'], expected: string, came = got): Finding[] =>
    issue.input === undefined
      ? missing(path, `expected ${expected}`)
      : [{ code, path, part: 'value', message: `expected ${expected}, got ${came}` }]
  const outOfRange = (bound: string): Finding[] =>
    Array.isArray(issue.input)
      ? at('out-of-range', `a list of ${bound}`, lengthOf(issue.input))
      : at('out-of-range', bound)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, issue.message.split(', ')))
    case 'invalid_type':
      return at('wrong-type', typeNames[issue.expected] ?? issue.expected)
    case 'invalid_value': {
      const words = issue.values.map(String)
      return withSpelling(at('wrong-type', words.join(' or ')), issue.input, words)
    }
    case 'invalid_union': {
      const words = issue.errors.flat().flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : []))
      return withSpelling(at('wrong-type', issue.message), issue.input, words.map(String))
    }
    case 'too_small':
      return outOfRange(boundOf(issue.minimum, issue.exact, issue.inclusive ? 'at least' : 'more than'))
    case 'too_big':
      return outOfRange(boundOf(issue.maximum, issue.exact, issue.inclusive ? 'at most' : 'less than'))
    case 'custom': {
      const { code = 'wrong-type', part = 'value', ...more } = (issue.params ?? {}) as Partial<Issue>
      if (issue.input === undefined && path.length > 0) return missing(path, issue.message, more.hint)
      const came = code === 'wrong-type' ? `, got ${got}` : ''
      return [{ ...more, code, path, part, message: `${issue.message}${came}` }]
    }
    case 'invalid_format':
      return [{ code: 'invalid-name', path, part: 'value', message: `${issue.message}, got ${got}` }]
    default:
      return [{ code: 'wrong-type', path, part: 'value', message: `${issue.message}, got ${got}` }]
  }
}

/** Adds the nearest of the words that are expected. */
function withSpelling(findings: readonly Finding[], given: unknown, words: readonly string[]): Finding[] {
  const hint = typeof given === 'string' ? suggestion(given, words) : undefined
  return findings.map((finding) => ({ ...finding, hint }))
}

function missing(path: Path, expected: string, hint?: string): Finding[] {
  return [{ code: 'missing-key', path, part: 'key', message: `${String(path.at(-1))} is missing: ${expected}`, hint }]
}

function unknownKey(path: Path, key: string, known: readonly string[]): Finding {
  const message = `unknown key '${shorten(key)}'`
  const finding = { code: 'unknown-key', path: [...path, key], part: 'key', message } as const
  if (path[0] === 'layers' && isInferred(key))
    return { ...finding, hint: 'leave it out: it follows from what the layer is given' }
  const rename = suggest(key, known)
  if (rename !== undefined) return { ...finding, hint: suggestion(key, known), rename }
  const advice = adviceFor(key)
  if (advice !== undefined) return { ...finding, hint: advice }
  const ours = foreignWord(key)
  const elsewhere = ours === undefined ? '' : `tapeless calls it '${ours}', but not here: `
  return { ...finding, hint: `${elsewhere}expected ${listWords(known)}` }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return `'${shorten(value)}'`
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'function' ? 'a function' : String(value)
}

function boundOf(limit: number | bigint, isExact: boolean | undefined, relation: string): string {
  return isExact ? String(limit) : `${relation} ${limit}`
}

function lengthOf(list: readonly unknown[]): string {
  return list.length === 0 ? 'an empty list' : `a list of ${list.length}`
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
