import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

/**
 * The first paragraphs of docstrings in the source of the spec language, without tags: of a row, under its table's name and its word
 * (`losses.mse`); of what a file declares, under the file's folder and its name (`layers.linear`).
 */
export function docstrings(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const folder = new URL('../../src/language/', import.meta.url)
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!path.endsWith('.ts')) continue
    const text = readFileSync(new URL(path, folder), 'utf8')
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    const scope = path.replaceAll('\\', '/').split('/').slice(0, -1).join('/')
    const note = (key: string, node: ts.Node): void => {
      const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment
      if (typeof comment === 'string') found.set(key, comment.replace(/\s+/g, ' ').trim())
    }
    for (const statement of file.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name) note(`${scope}.${statement.name.text}`, statement)
      if (!ts.isVariableStatement(statement)) continue
      for (const { name, initializer } of statement.declarationList.declarations) {
        note(`${scope}.${name.getText()}`, statement)
        const value = initializer && (ts.isAsExpression(initializer) ? initializer.expression : initializer)
        if (!value || !ts.isObjectLiteralExpression(value)) continue
        for (const row of value.properties) if (row.name) note(`${name.getText()}.${row.name.getText()}`, row)
      }
    }
  }
  return found
}
