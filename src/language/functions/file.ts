import type { Source } from '../../base/errors.ts'
import { folderOf, joinPath } from '../../base/path.ts'
import { ts } from '../../base/typescript.ts'
import { MAXIMUM_BYTES } from '../text/limits.ts'
import { FormulaFault, Misfit, placing } from '../words/misfit.ts'
import { Unreadable, type ReadFile } from '../text/source.ts'
import { parseTypeScript } from '../text/syntax.ts'
import { listWords, suggestion } from '../words/vocabulary.ts'

/*
 * Files of functions, parsed and never run: what their names stand for, through imports and exports.
 */

export type FunctionNode = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction

export function nameOf(node: FunctionNode): ts.Node {
  return node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : node)
}

/** A name of another file, or of this one where `from` is left out. */
interface Reference {
  readonly name: string
  readonly from?: ts.Expression
}

/** The meaning of a name at the top of a file; `node` is where it is declared. */
export type Declaration =
  | { readonly kind: 'function'; readonly node: FunctionNode }
  | { readonly kind: 'constant'; readonly node: ts.VariableDeclaration & { readonly initializer: ts.Expression } }
  | { readonly kind: 'other'; readonly node: ts.Node }

export interface FunctionFile {
  readonly source: Source
  readonly declarations: ReadonlyMap<string, Declaration>
  readonly imports: ReadonlyMap<string, Required<Reference>>
  readonly exports: ReadonlyMap<string, Reference>
}

/** A declaration, and the file that it stands in. */
export interface Declared {
  readonly file: FunctionFile
  readonly declaration: Declaration
}

/** A mistake at a part of a file. */
export function faultAt(
  { source }: FunctionFile,
  node: ts.Node,
  code: FormulaFault['code'],
  message: string,
  hint?: string,
): FormulaFault {
  const start = node.getStart()
  return new FormulaFault(code, { offset: start, length: node.getEnd() - start }, message, hint, source)
}

/** `build()`, where what doesn't fit is a mistake at `node`. */
export function at<T>(file: FunctionFile, node: ts.Node, build: () => T): T {
  return placing(build, ({ code, message, hint }) => faultAt(file, node, code, message, hint))
}

/** A file that exports an import of itself would lead on for ever. */
const MOST_HOPS = 100

/** Thrown where a file is needed that isn't loaded yet. */
export class Unread extends Error {
  override name = 'Unread'
  readonly path: string

  constructor(path: string) {
    super(`${path} is needed`)
    this.path = path
  }
}

/** The files that a spec's functions stand in; each is read once. Methods that need one that isn't loaded throw `Unread`. */
export class FunctionFiles {
  readonly #readFile: ReadFile
  /** The text found at each path, or the mistake that there is none. */
  readonly #sources = new Map<string, Source | Misfit>()
  readonly #files = new Map<string, FunctionFile>()

  constructor(readFile: ReadFile) {
    this.#readFile = readFile
  }

  /** Finds the file that a path stands for: an import may name what it compiles to, or leave its ending out. */
  async load(path: string): Promise<void> {
    const found = await this.#find(path)
    // Several functions may have waited for it: they share the first.
    if (!this.#sources.has(path)) this.#sources.set(path, found)
  }

  async #find(path: string): Promise<Source | Misfit> {
    let unreadable: string | undefined
    for (const file of new Set([path, path.replace(/js$/, 'ts'), `${path}.ts`])) {
      const text = await Promise.resolve(file)
        .then(this.#readFile)
        .catch((error: unknown) => void (unreadable ??= error instanceof Unreadable ? error.message : undefined))
      if (text === undefined) continue
      if (!/\.[cm]?[jt]s$/.test(file)) return new Misfit('function', `${path} is no TypeScript file`)
      const bytes = new TextEncoder().encode(text).length
      return bytes > MAXIMUM_BYTES ? new Misfit('limit', `${path} has over ${MAXIMUM_BYTES} bytes`) : { file, text }
    }
    return new Misfit('function', unreadable ?? `there is no file ${path}`)
  }

  /**
   * Finds the declaration that a file exports under a name.
   * @param path as diagnostics show it: absolute, or relative to where the spec's own path is.
   * @throws Misfit when there is no such file or export; FormulaFault when that file, or one that it imports from, is wrong.
   */
  exported(path: string, name: string, hops = 0): Declared {
    if (hops > MOST_HOPS) throw new Misfit('function', `${path} exports '${name}' from itself, in a circle`)
    const file = this.#read(path)
    const found = file.exports.get(name)
    if (!found) throw noExport(file, name)
    const declared = found.from
      ? this.#follow(file, found.from, found.name, hops)
      : this.declared(file, found.name, hops)
    if (!declared) throw new Misfit('function', `${path} exports '${name}' and doesn't define it`)
    return declared
  }

  /** Finds the declaration of a name at the top of a file; undefined where there is none. */
  declared(file: FunctionFile, name: string, hops = 0): Declared | undefined {
    const declaration = file.declarations.get(name)
    if (declaration) return { file, declaration }
    const imported = file.imports.get(name)
    return imported && this.#follow(file, imported.from, imported.name, hops)
  }

  #follow(file: FunctionFile, from: ts.Expression, name: string, hops: number): Declared {
    return at(file, from, () => {
      const specifier = ts.isStringLiteral(from) ? from.text : ''
      if (!isRelative(specifier)) throw new Misfit('function', 'functions come from files beside this one: ./other.ts')
      return this.exported(joinPath(folderOf(file.source.file), specifier), name, hops + 1)
    })
  }

  #read(path: string): FunctionFile {
    const known = this.#files.get(path)
    if (known) return known
    const source = this.#sources.get(path)
    if (!source) throw new Unread(path)
    if (source instanceof Misfit) throw source
    const file = parse(source)
    this.#files.set(path, file)
    return file
  }
}

function isRelative(path: string): boolean {
  return /^\.\.?\//.test(path)
}

function noExport({ source, exports }: FunctionFile, name: string): Misfit {
  const names = [...exports.keys()]
  const hint = suggestion(name, names) ?? `it exports ${listWords(names) || 'nothing'}`
  return new Misfit('unknown-name', `${source.file} exports no '${name}'`, hint)
}

/** @throws FormulaFault when it is no TypeScript. */
function parse(source: Source): FunctionFile {
  const { syntax, flaws } = parseTypeScript(ts, source)
  const [flaw] = flaws
  if (flaw) throw new FormulaFault(flaw.code, flaw.span, flaw.message, undefined, source)
  return new Contents(source, syntax)
}

class Contents implements FunctionFile {
  readonly source: Source
  readonly declarations = new Map<string, Declaration>()
  readonly imports = new Map<string, Required<Reference>>()
  readonly exports = new Map<string, Reference>()

  constructor(source: Source, { statements }: ts.SourceFile) {
    this.source = source
    for (const statement of statements) this.#add(statement)
  }

  #add(statement: ts.Statement): void {
    if (ts.isImportDeclaration(statement)) this.#import(statement)
    else if (ts.isExportDeclaration(statement)) this.#export(statement)
    else if (ts.isVariableStatement(statement)) {
      const isConst = (statement.declarationList.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const
      for (const node of statement.declarationList.declarations)
        if (ts.isIdentifier(node.name)) this.#declare(node.name.text, declarationOf(node, isConst), statement)
    } else if (ts.isFunctionDeclaration(statement)) {
      // Without a body it is an overload.
      if (statement.name && statement.body)
        this.#declare(statement.name.text, { kind: 'function', node: statement }, statement)
    } else if (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) {
      if (statement.name) this.#declare(statement.name.text, { kind: 'other', node: statement }, statement)
    }
  }

  #declare(name: string, declaration: Declaration, statement: ts.Statement): void {
    this.declarations.set(name, declaration)
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
    const kinds = modifiers?.map(({ kind }) => kind) ?? []
    if (kinds.includes(ts.SyntaxKind.ExportKeyword))
      this.exports.set(kinds.includes(ts.SyntaxKind.DefaultKeyword) ? 'default' : name, { name })
  }

  #import({ importClause, moduleSpecifier: from }: ts.ImportDeclaration): void {
    const names = importClause?.namedBindings
    if (importClause?.name) this.imports.set(importClause.name.text, { name: 'default', from })
    if (names && ts.isNamedImports(names))
      for (const { name, propertyName } of names.elements)
        this.imports.set(name.text, { name: (propertyName ?? name).text, from })
  }

  #export({ exportClause, moduleSpecifier: from }: ts.ExportDeclaration): void {
    if (!exportClause || !ts.isNamedExports(exportClause)) return
    for (const { name, propertyName } of exportClause.elements)
      this.exports.set(name.text, { name: (propertyName ?? name).text, ...(from ? { from } : {}) })
  }
}

function declarationOf(node: ts.VariableDeclaration, isConst: boolean): Declaration {
  const { initializer } = node
  if (!isConst || !initializer) return { kind: 'other', node }
  if (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
    return { kind: 'function', node: initializer }
  return { kind: 'constant', node: node as Extract<Declaration, { kind: 'constant' }>['node'] }
}
