import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { compile } from '../../src/compile.ts'
import { code, prose, table } from './markdown.ts'
import { networkOf } from './network.ts'

/** Of one input and one target, with all that a module may have besides. */
const layered = {
  ...{ name: 'example', input: 4, layers: [{ linear: 3 }], loss: 'crossEntropy', metrics: ['accuracy'] },
  train: { schedule: 'plateau', patience: 10 },
  emit: { target: 'wasm', wasm: 'file', inputGradient: true, hessianProduct: true },
}

/** Of several losses, which have names. */
const several = {
  ...{ name: 'example', inputs: { x: 2 }, targets: {}, parameters: { a: 2, b: 2 }, output: 'v' },
  equations: ['v = a .* x', 'l = dot(v, b)', 'm = dot(b, b)'],
  objectives: { first: { loss: 'l', trains: ['a'] }, second: { loss: 'm', trains: ['b'] } },
}

const folder = new URL('../../src/', import.meta.url)

/** What a module and the package export, by their docstrings. */
export async function apiPage(): Promise<string> {
  const [first, second] = [await moduleOf(layered), await moduleOf(several)]
  const own = namesIn(first)
  const added = second.statements.filter((one) => isExported(one) && !own.has(nameOf(one)!))
  return `# What is exported

Written by \`npm run docs\`, from the docstrings of an emitted module and of the package; not edited by hand.

[What a module has](module.md) says the same in tables to read; this is all of it, as editors show it. Members that a spec asks for are
there only if it does: \`evaluate\` where there are metrics, \`inputGradient\` and \`hessianProduct\` by \`emit\`, \`wasm\` among the options where the
binary lies beside the module.

## A module

This one classifies samples of 4 numbers into 3 classes. \`Vector\` is a \`Float64Array\` under \`precision: f64\`. Where a network has several inputs or
targets, \`Inputs\` and \`Targets\` are records of arrays by name.

${sections(first.statements.filter(isShown))}

### With several objectives

${added.map((one) => `${code(signature(one))}: ${docstringOf(one)}`).join('\n\n')} \`loss\`, \`gradient\`, \`step\` and \`evaluate\` take one as their last argument, and a \`Report\` has \`losses\` by these names.

## The package

What \`import … from 'tapeless'\` gives, everywhere but for \`readSpecFile\`, which needs Node. The programs read this spec:

\`\`\`yaml
# xor.net.yaml
input: 2
layers: [linear: 8, tanh, linear: 1]
loss: mse
\`\`\`

${sections(exportsOf('index.ts'))}
`
}

/** The name of an emitted module's file. */
const ofModule = 'example.ts'

/** What an emitted module declares. */
async function moduleOf(spec: object): Promise<ts.SourceFile> {
  const { text } = await compile((await networkOf(spec))!, 'example.net.json')
  return ts.createSourceFile(ofModule, text, ts.ScriptTarget.Latest, true)
}

/** Types that exported ones name. */
const alsoShown = new Set(['Inputs', 'Targets', 'FitOptions', 'EpochsOptions', 'LoadOptions'])

function isShown(statement: ts.Statement): boolean {
  return isExported(statement) || alsoShown.has(nameOf(statement) ?? '')
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  )
}

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]!.name.getText()
  return 'name' in statement ? (statement.name as ts.Identifier | undefined)?.text : undefined
}

const namesIn = (file: ts.SourceFile): ReadonlySet<string | undefined> => new Set(file.statements.map(nameOf))

/** The statements that declare what a file of src exports. */
function exportsOf(path: string): ts.Statement[] {
  return parsed(path).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return []
    const { exportClause } = statement
    const from = sourceOf(statement, path)
    if (!exportClause || !ts.isNamedExports(exportClause)) return exportsOf(from)
    return exportClause.elements.map(({ name }) => declaration(name.text, from))
  })
}

/** Where a file of src declares a name, or the file that it has it from. */
function declaration(name: string, path: string): ts.Statement {
  const { statements } = parsed(path)
  const own = statements.find((one) => !ts.isImportDeclaration(one) && nameOf(one) === name)
  if (own) return own
  const imported = statements
    .filter(ts.isImportDeclaration)
    .find((one) => new RegExp(`\\b${name}\\b`).test(one.getText()))
  if (!imported) throw new Error(`${path} has no ${name}`)
  return declaration(name, sourceOf(imported, path))
}

function parsed(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(new URL(path, folder), 'utf8'), ts.ScriptTarget.Latest, true)
}

function sourceOf({ moduleSpecifier }: ts.ImportDeclaration | ts.ExportDeclaration, path: string): string {
  return new URL((moduleSpecifier as ts.StringLiteral).text, new URL(path, folder)).href.slice(folder.href.length)
}

/** Declarations under their names; interfaces of one name are one. */
function sections(statements: readonly ts.Statement[]): string {
  const names = [...new Set(statements.map((statement) => nameOf(statement)!))]
  const parts = names.map((name) => {
    const group = statements.filter((statement) => nameOf(statement) === name)
    const parts = [`### \`${name}\``, ...group.map(docstringOf), contentOf(group), ...group.map(programOf)]
    return parts.filter(Boolean).join('\n\n')
  })
  return parts.join('\n\n')
}

/** What is the compiler's own, and no caller's. */
const opaque = new Set(['Network'])

/** Members as a table, or the text of what has none. */
function contentOf(group: readonly ts.Statement[]): string {
  const [first] = group
  if (opaque.has(nameOf(first!)!)) return 'Its members are the compiler’s own.'
  const types = group.filter((one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one))
  if (types.length === 0) return code(signature(first!))
  const parents = types.flatMap(parentsOf)
  const heritage = parents
    .filter((parent) => !declarationOf(parent))
    .map((parent) => `${code(`extends ${nameIn(parent)}`)}.`)
  const members = [...parents.flatMap((parent) => declarationOf(parent) ?? []), ...types]
    .flatMap((type) => [...type.members])
    .filter((member) => !ts.isConstructorDeclaration(member) && !member.getText().startsWith('override'))
  const last = new Map(members.map((member) => [member.name?.getText(), member]))
  const rows = [...last.values()].map((member) => [code(signature(member)), docstringOf(member)])
  return [...heritage, rows.length > 0 ? table(['', ''], rows) : ''].join('\n\n')
}

type ClassLike = ts.InterfaceDeclaration | ts.ClassDeclaration

function parentsOf({ heritageClauses }: ClassLike): ts.ExpressionWithTypeArguments[] {
  return (heritageClauses ?? []).flatMap(({ token, types }) =>
    token === ts.SyntaxKind.ExtendsKeyword ? [...types] : [],
  )
}

const nameIn = (parent: ts.ExpressionWithTypeArguments): string => parent.expression.getText()

/** The declaration of a parent that has no section of its own, as a module's types and the language's have. */
function declarationOf(parent: ts.ExpressionWithTypeArguments): ClassLike | undefined {
  const { fileName } = parent.getSourceFile()
  if (fileName === ofModule || nameIn(parent) === 'Error') return undefined
  return declaration(nameIn(parent), fileName) as ClassLike
}

/** A declaration's text as one line, without its body or its value. */
function signature(node: ts.Node): string {
  const end =
    ts.isFunctionDeclaration(node) && node.body
      ? node.body.getStart()
      : ts.isVariableStatement(node)
        ? node.declarationList.declarations[0]!.initializer!.getStart()
        : node.getEnd()
  const text = node.getSourceFile().text.slice(node.getStart(), end)
  return text
    .replace(/\/\*[^]*?\*\/|(?<=\s)\/\/.*/g, '')
    .replace(/^(?:export |readonly |override )+/, '')
    .replace(/,?\s*\n\s*\)/g, ')')
    .replace(/\(\s+/g, '(')
    .replace(/(?<=[^{|;,(\s])\s*\n\s*(?=(?:readonly )?\w+\??:)/g, '; ')
    .replace(/\s+/g, ' ')
    .replace(/ ?=? ?$/, '')
    .replace(/^(type \w+ =) \|/, '$1')
}

const docOf = (node: ts.Node): ts.JSDoc | undefined => ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)

const isExample = ({ tagName }: ts.JSDocTag): boolean => tagName.text === 'example'

/** A docstring's example, where it is a whole program: it begins with the name of its file. */
function programOf(node: ts.Node): string {
  const example = docOf(node)?.tags?.find(isExample)
  const text = (example && ts.getTextOfJSDocComment(example.comment)) ?? ''
  return text.startsWith('// ') ? `\`\`\`ts\n${text}\n\`\`\`` : ''
}

/** A docstring in one paragraph, with its tags as sentences. Its example is none. */
function docstringOf(node: ts.Node): string {
  const doc = docOf(node)
  if (!doc) return ''
  const text = (part: ts.JSDoc | ts.JSDocTag) =>
    ts.getTextOfJSDocComment(part.comment)?.replace(/\s+/g, ' ').trim() ?? ''
  const tags = (doc.tags ?? [])
    .filter((tag) => !isExample(tag))
    .map((tag) => {
      const named = ts.isJSDocParameterTag(tag)
        ? `\`${tag.name.getText()}\`: `
        : tag.tagName.text === 'throws'
          ? 'Throws '
          : ''
      const type = ts.isJSDocThrowsTag(tag) && tag.typeExpression ? `${tag.typeExpression.getText()} ` : ''
      return `${named}${type}${text(tag)}`
    })
  return prose([text(doc), ...tags].filter(Boolean).join(' '))
}
