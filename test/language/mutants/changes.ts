import { parts } from './originals.ts'
import {
  isNumber,
  isRecord,
  isText,
  partAt,
  pathsIn,
  pick,
  somewhere,
  withPart,
  wrapped,
  type Choose,
} from './parts.ts'
import { emits, keys, names, numbers, scalars, snippets } from './words.ts'

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

/** A name that a spec gives, and all that says it, called otherwise. */
function renamed(value: unknown, choose: Choose): unknown {
  const given = ['inputs', 'targets', 'parameters'].flatMap((key) => Object.keys(Object((value as never)?.[key])))
  const labels = [...pathsIn(value)].filter((path) => path.at(-1) === 'as').map((path) => String(partAt(value, path)))
  const name = pick([...given, ...labels, 'h', 'l'], choose)
  const other = pick(names, choose)
  const inText = (text: string) =>
    text
      .split(/([\p{L}\p{N}_]+)/u)
      .map((token) => (token === name ? other : token))
      .join('')
  const inAll = (part: unknown): unknown =>
    isText(part)
      ? inText(part)
      : Array.isArray(part)
        ? part.map(inAll)
        : isRecord(part)
          ? Object.fromEntries(Object.entries(part).map(([key, inner]) => [key === name ? other : key, inAll(inner)]))
          : part
  return inAll(value)
}

type Change = (value: unknown, choose: Choose) => unknown

export const changes: readonly Change[] = [
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
  renamed,
  (value, choose) => (isRecord(value) ? { ...value, emit: pick(emits, choose) } : value),
  (value, choose) => (isRecord(value) ? { ...value, emit: pick(emits, choose) } : value),
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

export const textChanges: readonly ((text: string, choose: Choose) => string)[] = [
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
