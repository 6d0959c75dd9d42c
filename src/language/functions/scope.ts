import { ts } from '../../base/typescript.ts'
import type { Operand } from '../../graph/build.ts'
import type { Choice } from '../formulas/choice.ts'
import { listWords, suggestion } from '../words/vocabulary.ts'
import { faultAt, type Declared, type FunctionFile } from './file.ts'
import { unreadable } from './language.ts'

/** A number, or a test. */
export type Value = Operand | Choice

/** Names within a function; undefined for what is declared further down. */
export interface Scope {
  readonly file: FunctionFile
  readonly names: Map<string, Value | undefined>
  readonly outer?: Scope | undefined
}

/** Opens a block: its names are known, and not yet defined. @throws FormulaFault for any but const. */
export function declare(statements: readonly ts.Statement[], scope: Scope): Scope {
  for (const statement of statements) {
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) throw unreadable(scope.file, statement)
    if (!ts.isVariableStatement(statement)) continue
    const { flags, declarations } = statement.declarationList
    if ((flags & ts.NodeFlags.BlockScoped) !== ts.NodeFlags.Const)
      throw faultAt(scope.file, statement, 'function', 'a formula has no variables that change', 'write const')
    for (const { name } of declarations) {
      if (!ts.isIdentifier(name)) throw unreadable(scope.file, name)
      if (scope.names.has(name.text)) throw faultAt(scope.file, name, 'name-clash', `'${name.text}' is already defined`)
      scope.names.set(name.text, undefined)
    }
  }
  return scope
}

/** A local name's value; undefined where it is none of these. @throws FormulaFault where that isn't defined yet. */
export function localValue(name: ts.Identifier, scope: Scope): Value | undefined {
  for (let inner: Scope | undefined = scope; inner; inner = inner.outer) {
    if (!inner.names.has(name.text)) continue
    const value = inner.names.get(name.text)
    if (value === undefined) throw furtherDown(scope.file, name)
    return value
  }
  return undefined
}

/**
 * A constant is known once its file has run so far, and nothing is known before it is itself.
 * @param active the functions and constants that are being evaluated, from outermost.
 * @throws FormulaFault
 */
export function requireDefined(
  file: FunctionFile,
  name: ts.Identifier,
  { declaration: { node } }: Declared,
  active: readonly ts.Node[],
): void {
  if (active.includes(node))
    throw faultAt(file, name, 'function', `'${name.text}' is defined by itself: a formula has no recursion`)
  const running = active.findLast(ts.isVariableDeclaration)
  const isLater = running?.getSourceFile() === node.getSourceFile() && node.pos > running.pos
  if (isLater && !ts.isFunctionDeclaration(node)) throw furtherDown(file, name)
}

export function namesIn(scope: Scope | undefined): string[] {
  return scope ? [...scope.names.keys(), ...namesIn(scope.outer)] : []
}

function furtherDown(file: FunctionFile, name: ts.Identifier): Error {
  return faultAt(file, name, 'unknown-name', `'${name.text}' is defined further down`)
}

export function unknown(name: ts.Identifier, scope: Scope): Error {
  const { declarations, imports } = scope.file
  const known = [...namesIn(scope), ...declarations.keys(), ...imports.keys()]
  const hint = suggestion(name.text, known) ?? `known: ${listWords(known)}`
  return faultAt(scope.file, name, 'unknown-name', `nothing is called '${name.text}' here`, hint)
}
