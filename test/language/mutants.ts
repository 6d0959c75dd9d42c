import fc from 'fast-check'
import { readdirSync, readFileSync } from 'node:fs'
import { parse, stringify } from 'yaml'

/*
 * Specs that are almost right: each of the repository's, changed as the data that it is, then as text.
 */

type Choose = (count: number) => number
type Path = readonly (string | number)[]

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const filesIn = (folder: string, ending: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => `${folder}${file}`)

/** The file of functions that one of the specs names; mutants lie beside it. */
export const functions = read('test/golden/function/swish.ts')

/** Specs as texts: examples, golden cases, those that PyTorch has answered. */
const originals: readonly string[] = [
  ...[...filesIn('examples/', '.net.yaml'), ...filesIn('test/golden/', '.net.yaml')].map(read),
  ...filesIn('test/reference/', '.json').flatMap((file) => (JSON.parse(read(file)) as { spec?: string }).spec ?? []),
]

const values: readonly unknown[] = originals.map((text) => parse(text) as unknown)

/** All parts of all specs. */
const parts: readonly unknown[] = values.flatMap((value) => [...pathsIn(value)].map((path) => partAt(value, path)))

const keys: readonly string[] = [
  ...new Set(parts.flatMap((part) => (isRecord(part) ? Object.keys(part) : []))),
  ...['inputs', 'equations', 'index', 'schedule', 'clip', 'emit', 'memory', 'wasm', 'math', 'as', 'bias', 'dim'],
  ...['__proto__', 'constructor', 'toString', '', ' ', 'é', 'Linear', 'units ', '0', 'null', 'true', '<<', '\u2028'],
]

const numbers: readonly unknown[] = [
  ...[0, -0, -1, 1, 2, 3, 0.5, 1.5, -1.5, 1e-9, 5e-324, 64, 255, 1000, 65_536, 1e5, 1e6, 1e9, 2 ** 31, 2 ** 32],
  ...[2 ** 53 - 1, 2 ** 53, 1e21, 1e300, 1.7976931348623157e308, NaN, Infinity, -Infinity],
]

const scalars: readonly unknown[] = [
  ...numbers,
  ...[null, true, false, '', ' ', '0', '1', '-1', 'x', 'X', 'null', 'scalar', 'batch', 'mse', 'relu', 'linear', 'sgd'],
  ...[
    'f16',
    'f32',
    'f64',
    'wasm',
    'recompute',
    'x * 2',
    'x + ',
    '(x',
    '1/0',
    '0/0',
    'x^x^x',
    'sum(x)',
    'exp(exp(exp(x)))',
  ],
  ...[
    './swish.ts#swish',
    './gone.ts#f',
    '../a.ts#b',
    'toString',
    '__proto__',
    'ω',
    '🙂',
    '\0',
    '\ud800',
    'a\nb',
    '1e400',
  ],
  ...[
    'x'.repeat(5000),
    '('.repeat(100),
    `${'('.repeat(60)}x${')'.repeat(60)}`,
    `x${' + x'.repeat(900)}`,
    'x ? x : '.repeat(80),
  ],
]

const snippets: readonly string[] = [
  ...[':', ' ', '\n', '- ', '{', '}', '[', ']', '"', "'", '#', '&a ', '*a', '!t ', '!!str ', '|', '>', '%', '? ', '\t'],
  ...[
    '\0',
    ',',
    '0',
    '-1',
    '1e400',
    '.nan',
    '.inf',
    '0x10',
    '0o7',
    '1_000',
    '9007199254740993',
    '-',
    '.',
    '~',
    '@',
    '`',
  ],
  ...[
    '\r\n',
    '\r',
    '\u2028',
    '\ufeff',
    '\u00a0',
    '\u200b',
    '🙂',
    '\ud800',
    'β',
    '---\n',
    '...\n',
    '<<: *a\n',
    '%YAML 1.1\n---\n',
  ],
  ...[
    '\\u0000',
    '\\',
    '^',
    '^-1',
    ' * x',
    'x',
    '(',
    ')',
    '=',
    '==',
    '?',
    '<',
    "'",
    '&a [*a]',
    '&b {b: *b}',
    '[[[[[[[[',
  ],
]

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The paths of all parts of a value, itself among them. */
function* pathsIn(value: unknown, path: Path = []): Generator<Path> {
  yield path
  if (Array.isArray(value)) for (const [k, part] of value.entries()) yield* pathsIn(part, [...path, k])
  else if (isRecord(value)) for (const [key, part] of Object.entries(value)) yield* pathsIn(part, [...path, key])
}

function partAt(value: unknown, path: Path): unknown {
  return path.reduce((part, step) => (part as Record<string | number, unknown>)[step], value)
}

/** A copy with another part at a path; `undefined` leaves it out. */
function withPart(value: unknown, [step, ...rest]: Path, change: (part: unknown) => unknown): unknown {
  if (step === undefined) return change(value)
  if (Array.isArray(value)) {
    const part = withPart(value[step as number], rest, change)
    return value.toSpliced(step as number, 1, ...(part === undefined ? [] : [part]))
  }
  const entries = Object.entries(value as object).map(([key, part]: [string, unknown]) => [
    key,
    key === step ? withPart(part, rest, change) : part,
  ])
  return Object.fromEntries(entries.filter(([, part]) => part !== undefined))
}

const pick = <T>(list: readonly T[], choose: Choose): T => list[choose(list.length)]!

/** The path of some part that may be looked for; any where there is none. */
function somewhere(value: unknown, choose: Choose, wanted: (part: unknown) => boolean = () => true): Path {
  const all = [...pathsIn(value)]
  const found = all.filter((path) => wanted(partAt(value, path)))
  return pick(found.length > 0 ? found : all, choose)
}

const wrapped = (value: unknown, depth: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: depth }).reduce((inner) => wrap(inner), value)

const depths = [1, 1, 2, 5, 40, 70, 300]

/** A formula, with a piece of it changed. */
function editedText(text: string, choose: Choose): string {
  const tokens = text.split(/\b/)
  const at = choose(tokens.length)
  const changed = [
    () => tokens.toSpliced(at, 1),
    () => tokens.toSpliced(at, 0, tokens[at]!),
    () => tokens.toSpliced(at, 1, pick(snippets, choose)),
    () => tokens.toSpliced(at, 1, pick(tokens, choose)),
    () => [...tokens, pick(snippets, choose)],
  ]
  return pick(changed, choose)().join('')
}

type Change = (value: unknown, choose: Choose) => unknown

const changes: readonly Change[] = [
  // A part is left out, stands twice, stands elsewhere, or is another spec's.
  (value, choose) => withPart(value, somewhere(value, choose), () => undefined),
  (value, choose) =>
    withPart(value, somewhere(value, choose, Array.isArray), (list) =>
      Array.isArray(list) && list.length > 0
        ? list.toSpliced(choose(list.length), 0, pick(list as unknown[], choose))
        : list,
    ),
  (value, choose) => {
    const [a, b] = [somewhere(value, choose), somewhere(value, choose)]
    const part = partAt(value, a)
    return withPart(value, b, () => part)
  },
  (value, choose) => withPart(value, somewhere(value, choose), () => pick(parts, choose)),
  (value, choose) =>
    withPart(value, somewhere(value, choose, Array.isArray), (list) =>
      Array.isArray(list) ? list.toSpliced(choose(list.length + 1), 0, pick(parts, choose)) : list,
    ),
  (value, choose) =>
    withPart(value, somewhere(value, choose, Array.isArray), (list) =>
      Array.isArray(list) ? [...list].sort(() => choose(3) - 1) : list,
    ),
  // A key is another, or one more.
  (value, choose) =>
    withPart(value, somewhere(value, choose, isRecord), (record) => {
      if (!isRecord(record)) return record
      const key = pick(Object.keys(record), choose)
      const other = choose(3) === 0 ? `${key}x` : pick(keys, choose)
      return Object.fromEntries(Object.entries(record).map(([name, part]) => [name === key ? other : name, part]))
    }),
  (value, choose) =>
    withPart(value, somewhere(value, choose, isRecord), (record) => {
      const added = pick(choose(2) === 0 ? parts : scalars, choose)
      return isRecord(record) ? { ...record, [pick(keys, choose)]: added } : record
    }),
  // A number, a text or anything is something else.
  (value, choose) => withPart(value, somewhere(value, choose, isNumber), () => pick(numbers, choose)),
  (value, choose) => withPart(value, somewhere(value, choose, isNumber), () => pick(numbers, choose)),
  (value, choose) =>
    withPart(value, somewhere(value, choose, isNumber), (part) =>
      typeof part === 'number' ? pick([part + 1, part - 1, -part, part / 2, part * 1000, String(part)], choose) : part,
    ),
  (value, choose) =>
    withPart(value, somewhere(value, choose, isText), (part) => (isText(part) ? editedText(part, choose) : part)),
  (value, choose) => withPart(value, somewhere(value, choose), () => pick(scalars, choose)),
  // One list or mapping more, or many.
  (value, choose) => {
    const [depth, key, isList] = [pick(depths, choose), pick(keys, choose), choose(2) === 0]
    return withPart(value, somewhere(value, choose), (part) =>
      wrapped(part, depth, (inner) => (isList ? [inner] : { [key]: inner })),
    )
  },
  (value, choose) => {
    const depth = pick(depths, choose)
    return withPart(value, somewhere(value, choose, Array.isArray), (list) =>
      wrapped(list, depth, (inner) => [{ residual: inner }]),
    )
  },
]

function isNumber(part: unknown): part is number {
  return typeof part === 'number'
}

function isText(part: unknown): part is string {
  return typeof part === 'string'
}

const texts: readonly ((value: unknown) => string)[] = [
  (value) => stringify(value, { aliasDuplicateObjects: false }) ?? '',
  (value) => stringify(value, { aliasDuplicateObjects: true, lineWidth: 30 }) ?? '',
  (value) => stringify(value, { collectionStyle: 'flow', aliasDuplicateObjects: false }) ?? '',
  (value) => JSON.stringify(value, null, 1) ?? '',
]

const textChanges: readonly ((text: string, choose: Choose) => string)[] = [
  (text, choose) => {
    const at = choose(text.length + 1)
    return text.slice(0, at) + pick(snippets, choose) + text.slice(at + choose(4))
  },
  (text, choose) => {
    const at = choose(text.length + 1)
    return text.slice(0, at) + text.slice(at + 1 + choose(12))
  },
  onLines((lines, at) => lines.toSpliced(at, 0, lines[at]!)),
  onLines((lines, at) => lines.toSpliced(at, 1)),
  onLines((lines, at, choose) => lines.with(at, lines[choose(lines.length)]!)),
  onLines((lines, at, choose) => lines.with(at, `${' '.repeat(choose(5))}${lines[at]!.trimStart()}`)),
  onLines((lines, at) => lines.with(at, `\t${lines[at]!}`)),
  onLines((lines, at) => lines.with(at, lines[at]!.replace(/: /, ': &a '))),
  onLines((lines, at) => lines.with(at, lines[at]!.replace(/: .*/, ': *a'))),
  onLines((lines, at) => lines.with(at, lines[at]!.replace(/: (.*)/, ': "$1"'))),
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\ufeff${text}`,
  (text, choose) => text.slice(0, choose(text.length + 1)),
  (text) => `${text}\n---\n${text}`,
]

function onLines(change: (lines: readonly string[], at: number, choose: Choose) => readonly string[]) {
  return (text: string, choose: Choose): string => {
    const lines = text.split('\n')
    return change(lines, choose(lines.length), choose).join('\n')
  }
}

/** A spec with up to four changes as data and up to two as text. */
export const mutants: fc.Arbitrary<string> = fc
  .record({
    original: fc.nat({ max: originals.length - 1 }),
    data: fc.array(choices(), { maxLength: 4 }),
    print: fc.nat({ max: texts.length - 1 }),
    text: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(choices(), { maxLength: 2 }) },
    ),
  })
  .map(({ original, data, print, text }) => {
    const changed = apply(changes, values[original], data)
    const printed = data.length === 0 ? originals[original]! : texts[print]!(changed)
    return apply(textChanges, printed, text)
  })

function choices(): fc.Arbitrary<number[]> {
  return fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 8, maxLength: 8 })
}

function apply<T>(
  from: readonly ((whole: T, choose: Choose) => T)[],
  whole: T,
  each: readonly (readonly number[])[],
): T {
  return each.reduce((result, numbers) => {
    const left = [...numbers]
    const choose = (count: number) => (left.shift() ?? 0) % count
    return pick(from, choose)(result, choose)
  }, whole)
}
