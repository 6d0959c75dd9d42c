import type { Declaration, OptionalPart, Reference } from '../../src/emit/runtime.ts'
import { format } from '../../src/emit/format.ts'
import { ts } from '../../src/base/typescript.ts'

/** A top-level declaration as its file has it. */
export interface Source {
  readonly name: string
  readonly file: string
  readonly docstring: string
  /** Without docstring and `export`. */
  readonly text: string
}

export function parse(text: string): ts.SourceFile {
  return ts.createSourceFile('text.ts', text, ts.ScriptTarget.ES2022, true)
}

/** Calls `visit` for a node and all below it, in the order of the text. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** The declarations of a file but its imports. */
export function declarationsOf(file: string, text: string): Source[] {
  const source = parse(text)
  return source.statements.flatMap((statement) => {
    const name = nameOf(statement)
    if (name === undefined) return []
    const start = statement.getStart(source)
    return {
      name,
      file,
      docstring: text.slice(statement.getStart(source, true), start),
      text: text.slice(start, statement.getEnd()).replace(/^export /, ''),
    }
  })
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]!.name.getText()
  const isNamed =
    ts.isFunctionDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
  return isNamed ? statement.name?.text : undefined
}

/**
 * A declaration with what the compiler needs to know of it.
 * @param known names whose uses count as references.
 * @param optional functions that some modules are without.
 */
export async function declare(source: Source, known: Names, optional: Names): Promise<Declaration> {
  const text = (await format(source.text)).trimEnd()
  const tree = parse(text)
  const parts = partsOf(tree, optional)
  const references = referencesOf(tree, parts).filter(({ name }) => known.has(name) && name !== source.name)
  return { ...source, text, signature: signatureOf(text), references, parts }
}

type Names = Pick<ReadonlySet<string>, 'has'>

function partsOf(tree: ts.SourceFile, optional: Names): OptionalPart[] {
  const parts = new Map<ts.Node, string[]>()
  walk(tree, (node) => {
    if (!ts.isCallExpression(node) || !optional.has(node.expression.getText(tree))) return
    const part = around(node)
    parts.set(part, [...(parts.get(part) ?? []), node.expression.getText(tree)])
  })
  const list = Array.from(parts, ([node, calls]): OptionalPart[] => {
    const comma = tree.text[node.end] === ',' ? 1 : 0
    const part = { calls, start: node.pos, end: node.end + comma }
    const last = ts.isReturnStatement(node) && ts.isBlock(node.parent) ? node.parent.statements.at(-1)! : node
    return last === node ? [part] : [part, { calls, isElse: true, start: node.end, end: last.end }]
  })
    .flat()
    .sort((a, b) => a.start - b.start)
  if (list.some(({ start }, i) => i > 0 && start < list[i - 1]!.end))
    throw new Error(`An optional call of the runtime stands within another:\n${tree.text}`)
  return list
}

/** The whole statement of a block, or property of an object, in which a call stands. */
function around(call: ts.Node): ts.Node {
  for (let node = call; node.parent; node = node.parent)
    if (
      ts.isPropertyAssignment(node) ||
      ts.isSpreadAssignment(node) ||
      (ts.isStatement(node) && ts.isBlock(node.parent))
    )
      return node
  throw new Error(`An optional call of the runtime stands in no statement that could be left out: ${call.getText()}`)
}

function referencesOf(tree: ts.SourceFile, parts: readonly OptionalPart[]): Reference[] {
  const references = new Map<string, Reference>()
  walk(tree, (node) => {
    if (!ts.isIdentifier(node) || !isReference(node)) return
    const part = parts.findIndex(({ start, end }) => start <= node.pos && node.end <= end)
    references.set(`${node.text} ${part}`, { name: node.text, ...(part < 0 ? {} : { part }) })
  })
  return [...references.values()]
}

function isReference(name: ts.Identifier): boolean {
  const { parent } = name
  const isMember = 'name' in parent && parent.name === name
  return !(isMember && (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || isMemberOf(parent)))
}

function isMemberOf(parent: ts.Node): boolean {
  return ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isObjectLiteralElementLike(parent)
    ? !ts.isShorthandPropertyAssignment(parent)
    : false
}

function signatureOf(text: string): string {
  const { outputText } = ts.transpileDeclaration(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, strict: true },
  })
  return outputText.trim()
}
