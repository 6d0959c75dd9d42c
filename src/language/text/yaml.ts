import {
  Composer,
  CST,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  type Document,
  type Node as YamlNode,
} from 'yaml'
import type { DiagnosticCode, Source, Span } from '../../base/errors.ts'
import { MAXIMUM_NESTING, MAXIMUM_REPEATED, MAXIMUM_TOKENS, nestingMessage } from './limits.ts'
import { throwAt, throwFlaws, type Flaw, type Locator, type Path, type SpecSource } from './source.ts'

const blankTokens: ReadonlySet<unknown> = new Set(['space', 'newline', 'comment'])

interface Place {
  readonly key: Span
  readonly value: Span
}

/** For each mapping and list, the places of its entries. */
type Places = Map<unknown, Map<string | number, Place>>

/** Codes of flaws that only leave an entry of a mapping out: a key that is none, or that is given again. */
const passable: ReadonlySet<DiagnosticCode> = new Set(['wrong-type', 'repeated-key'])

/**
 * Reads YAML 1.2, of which JSON is a part. The first of several values of a key counts.
 * @throws SpecError for what isn't YAML, and for tags and excessive size; only the first syntax error counts.
 */
export function readYaml(source: Source): SpecSource {
  const document = compose(source)
  const flaws: Flaw[] = []
  const places: Places = new Map()
  const value = toPlain(document, flaws, places)
  if (!flaws.every(({ code }) => passable.has(code))) throwFlaws(source, flaws)
  const root = spanOf(document.contents)
  return { ...source, value, flaws, locator: () => Promise.resolve(locatorOf(value, root, places)) }
}

/** Parses token by token, since nesting must be stopped before the composer follows it recursively. */
function compose(source: Source): Document {
  const parser = new Parser()
  const composer = new Composer({ version: '1.2', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  const documents: Document[] = []
  let count = 0
  for (const lexeme of new Lexer().lex(source.text)) {
    const at = { offset: parser.offset, length: 1 }
    if (!blankTokens.has(CST.tokenType(lexeme))) count++
    if (count > MAXIMUM_TOKENS) throwAt(source, 'limit', at, `more than ${MAXIMUM_TOKENS} tokens`)
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
    // On the parser's stack are also the document and the scalar being read.
    if (parser.stack.length > MAXIMUM_NESTING + 2) throwAt(source, 'limit', at, nestingMessage)
  }
  for (const token of parser.end()) documents.push(...composer.next(token))
  documents.push(...composer.end(true, source.text.length))

  const [document, second] = documents
  const { version } = document!.directives!.yaml
  if (version !== '1.2') throwAt(source, 'syntax', { offset: 0, length: 1 }, `expected YAML 1.2, got ${version}`)
  for (const { message, pos } of [...document!.errors, ...document!.warnings]) {
    if (message.startsWith('Unresolved tag')) continue
    const key = keyWithoutSpace(source.text, pos)
    if (key) throwAt(source, 'syntax', key, `expected a space after ${source.text.substr(key.offset, key.length)}`)
    throwAt(source, 'syntax', { offset: pos[0], length: pos[1] - pos[0] }, message)
  }
  if (second) throwAt(source, 'syntax', spanOf(second), 'expected one document, got several')
  return document!
}

/**
 * The first key whose value follows its colon at once, in the lines of a syntax error: `input:4` is no key to YAML, but text that goes on in
 * the next line.
 */
function keyWithoutSpace(text: string, [from, to]: readonly [number, number]): Span | undefined {
  const start = text.lastIndexOf('\n', from - 1) + 1
  const end = text.indexOf('\n', to)
  const key = /^(?: |- )*([A-Za-z$]\w*:)(?=[^\s/])/m.exec(text.slice(start, end < 0 ? text.length : end))
  return key ? { offset: start + key.index + key[0].length - key[1]!.length, length: key[1]!.length } : undefined
}

function toPlain(document: Document, flaws: Flaw[], places: Places): unknown {
  const anchors = new Map<string, unknown>()
  let repeated = 0
  let exceeded = false
  const report = (code: DiagnosticCode, span: Span, message: string): void => {
    flaws.push({ code, span, message })
  }
  const reportLimit = (span: Span, message: string): null => {
    if (!exceeded) report('limit', span, message)
    exceeded = true
    return null
  }

  const convert = (node: unknown, depth: number, repeats: boolean): unknown => {
    if (isAlias(node)) {
      if (anchors.has(node.source)) return convert(anchors.get(node.source), depth, true)
      report('syntax', spanOf(node), `no anchor '${node.source}' above`)
      return null
    }
    const span = spanOf(node)
    if (repeats && ++repeated > MAXIMUM_REPEATED)
      return reportLimit(span, `aliases repeat more than ${MAXIMUM_REPEATED} values`)
    if (depth > MAXIMUM_NESTING && isCollection(node)) return reportLimit(span, nestingMessage)
    if (isNode(node) && node.anchor !== undefined) anchors.set(node.anchor, node)
    if (isNode(node) && node.tag !== undefined) report('syntax', span, `a tag, ${node.tag}: specs have none`)
    if (isSeq(node)) {
      const list: unknown[] = []
      const entries = new Map<string | number, Place>()
      places.set(list, entries)
      node.items.forEach((item, index) => {
        entries.set(index, { key: spanOf(item), value: spanOf(item) })
        list.push(convert(item, depth + 1, repeats))
      })
      return list
    }
    if (isMap(node)) {
      const mapping: Record<string, unknown> = {}
      const entries = new Map<string | number, Place>()
      places.set(mapping, entries)
      for (const pair of node.items) {
        const key = spanOf(pair.key)
        const name = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : undefined
        if (name === undefined || name === '__proto__') report('wrong-type', key, 'not a key')
        else if (entries.has(name)) report('repeated-key', key, `'${name}' is already given above`)
        else {
          const value = pair.value ? spanOf(pair.value) : key
          entries.set(name, { key, value: value.length > 0 ? value : key })
          mapping[name] = convert(pair.value, depth + 1, repeats)
        }
      }
      return mapping
    }
    return isScalar(node) ? node.value : null
  }

  return convert(document.contents, 1, false)
}

function spanOf(node: unknown): Span {
  const range = (node as YamlNode | Document | null)?.range
  return range ? { offset: range[0], length: range[1] - range[0] } : { offset: 0, length: 1 }
}

function locatorOf(root: unknown, rootSpan: Span, places: Places): Locator {
  return (path: Path, part) => {
    let value = root
    let place: Place = { key: rootSpan, value: rootSpan }
    for (const [depth, step] of path.entries()) {
      const next = places.get(value)?.get(step)
      if (!next) return place.value
      place = next
      value = (value as Record<string | number, unknown>)[step]
      if (depth === path.length - 1) return place[part]
    }
    return place.value
  }
}
