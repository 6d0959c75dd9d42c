import type { CallExpression, Identifier, Node as Syntax, Statement } from 'ts-morph'
import { Fault } from '../base/fault.ts'
import { readRuntime } from './package.ts'
import { portableRuntime } from './portable.ts'

/** A top-level declaration of the runtime. */
export interface Declaration {
  readonly name: string
  /** The source file's name, e.g. `random.ts`. */
  readonly file: string
  readonly docstring: string
  /** Its text without docstring and `export`. */
  readonly text: string
  /** Every name that it uses, of the runtime or not. */
  readonly references: ReadonlySet<string>
}

/** The files of what every module declares for itself: never copied. */
const moduleOwn = new Set(['module.ts', 'types.ts'])

/**
 * The runtime's declarations that `roots` name and all that these refer to, callers before what they call.
 * Fault: the runtime has no such name.
 * @param absent functions that the module doesn't have: the statements and properties that call one are left out.
 * @param math whether functions like exp are the runtime's own too.
 */
export async function inlineRuntime(
  roots: readonly string[],
  absent: ReadonlySet<string>,
  math?: 'portable',
): Promise<Declaration[]> {
  const key = `${math} ${[...absent].join()}`
  if (!declarations.has(key)) declarations.set(key, readDeclarations(absent, math))
  const runtime = await declarations.get(key)!
  const found = new Set<Declaration>()
  for (const name of roots) {
    const root = runtime.get(name)
    if (root === undefined) throw new Fault(`The runtime has no ${name}.`)
    found.add(root)
  }
  // A set iterates over what is added meanwhile: breadth first.
  for (const { references } of found) {
    for (const name of references) {
      const referred = runtime.get(name)
      if (referred !== undefined) found.add(referred)
    }
  }
  return [...found]
}

/** By whose functions they call and what is left out of them. */
const declarations = new Map<string, Promise<ReadonlyMap<string, Declaration>>>()

/** All top-level declarations of the runtime by name; a name must be unique over its files. */
async function readDeclarations(
  absent: ReadonlySet<string>,
  math?: 'portable',
): Promise<ReadonlyMap<string, Declaration>> {
  const { Node, Project, SyntaxKind } = await import('ts-morph')
  const project = new Project({ useInMemoryFileSystem: true })
  const byName = new Map<string, Declaration>()

  const isReference = (identifier: Identifier): boolean => {
    const parent = identifier.getParent()
    return !(
      (Node.isPropertyAccessExpression(parent) && parent.getNameNode() === identifier) ||
      (Node.isPropertyNamed(parent) &&
        parent.getNameNode() === identifier &&
        !Node.isShorthandPropertyAssignment(parent))
    )
  }
  /** The whole statement of a block, or property of an object, in which a call stands. */
  const around = (call: CallExpression): Syntax =>
    call.getFirstAncestorOrThrow(
      (node) => Node.isPropertyAssignment(node) || (Node.isStatement(node) && Node.isBlock(node.getParent())),
    )
  const add = (name: string, file: string, statement: Statement): void => {
    if (byName.has(name)) throw new Fault(`The runtime declares ${name} twice.`)
    const omitted = statement
      .getDescendantsOfKind(SyntaxKind.CallExpression)
      .filter((call) => absent.has(call.getExpression().getText()))
      .map(around)
    const identifiers = statement
      .getDescendantsOfKind(SyntaxKind.Identifier)
      .filter((one) => isReference(one) && !omitted.some((part) => part.containsRange(one.getPos(), one.getEnd())))
    const start = statement.getStart()
    const whole = statement.getSourceFile().getFullText()
    byName.set(name, {
      name,
      file,
      docstring: whole.slice(statement.getStart(true), start),
      text: without(whole, start, statement.getEnd(), omitted).replace(/^export /, ''),
      references: new Set(identifiers.map((identifier) => identifier.getText())),
    })
  }

  const files = await readRuntime()
  for (const { name: file, text } of math === 'portable' ? portableRuntime(files) : files) {
    if (moduleOwn.has(file)) continue
    for (const statement of project.createSourceFile(file, text).getStatements()) {
      if (Node.isVariableStatement(statement)) add(statement.getDeclarations()[0]!.getName(), file, statement)
      else if (Node.hasName(statement)) add(statement.getName(), file, statement)
    }
  }
  return byName
}

/** A stretch of a text without some parts of it, their comments and the commas after them. */
function without(text: string, start: number, end: number, parts: readonly Syntax[]): string {
  let kept = ''
  for (const part of parts) {
    kept += text.slice(start, part.getFullStart())
    start = part.getEnd() + Number(text[part.getEnd()] === ',')
  }
  return kept + text.slice(start, end)
}
