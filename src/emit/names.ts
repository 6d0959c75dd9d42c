import { ts } from './typescript.ts'

export interface Names {
  readonly declared: ReadonlySet<string>
  readonly used: ReadonlySet<string>
  readonly imports: boolean
}

/** What the language itself gives a name. */
const languageNames = new Set(['const', 'undefined'])

/** The names that a file or a part of it declares, members among them, and the others that it uses. */
export function namesIn(whole: ts.Node): Names {
  const declared = new Set<string>()
  const used = new Set<string>()
  let imports = false
  const isDeclared = (name: ts.Identifier | ts.StringLiteral): boolean => {
    const { parent } = name
    const isUse = ts.isPropertyAccessExpression(parent) || ts.isShorthandPropertyAssignment(parent)
    return !isUse && 'name' in parent && parent.name === name
  }
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.ImportKeyword) imports = true
    if (ts.isStringLiteral(node) && isDeclared(node)) declared.add(node.text)
    if (ts.isIdentifier(node)) (isDeclared(node) ? declared : used).add(ts.idText(node))
    ts.forEachChild(node, visit)
  }
  visit(whole)
  return { declared, used, imports }
}

/** What is used and neither declared nor known. */
export function unknownNames({ declared, used }: Names, known: ReadonlySet<string>): string[] {
  return [...used].filter((name) => !declared.has(name) && !known.has(name) && !languageNames.has(name))
}
