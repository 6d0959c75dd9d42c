import type { Source, Span } from '../base/errors.ts'
import { lazy } from '../base/lazy.ts'
import type { ts } from '../base/typescript.ts'
import type { Locator } from '../language/text/source.ts'
import { parseTypeScript } from '../language/text/syntax.ts'

export const start: Span = { offset: 0, length: 1 }

export const loadTypeScript = lazy(() => import('../base/typescript.ts'))

/** Follows a path through the module's object literals, as far as they are literal. */
export async function moduleLocator(source: Source): Promise<Locator> {
  const { ts } = await loadTypeScript()
  const { syntax: file } = parseTypeScript(ts, source)

  const initializers = new Map<string, ts.Expression>()
  let exported: ts.Expression | undefined
  for (const statement of file.statements) {
    if (ts.isExportAssignment(statement)) exported = statement.expression
    if (!ts.isVariableStatement(statement)) continue
    for (const { name, initializer } of statement.declarationList.declarations)
      if (ts.isIdentifier(name) && initializer) initializers.set(name.text, initializer)
  }

  /** The literal behind parentheses, type assertions, `defineNetwork(…)` and the names of constants. */
  const literal = (expression: ts.Expression): ts.Expression => {
    let inner = expression
    for (let hops = 0; hops < 100; hops++) {
      if (ts.isParenthesizedExpression(inner) || ts.isAsExpression(inner) || ts.isSatisfiesExpression(inner))
        inner = inner.expression
      else if (ts.isCallExpression(inner) && inner.arguments.length === 1) inner = inner.arguments[0]!
      else if (ts.isIdentifier(inner) && initializers.has(inner.text)) inner = initializers.get(inner.text)!
      else break
    }
    return inner
  }
  const member = (
    container: ts.Expression,
    step: string | number,
  ): { key: ts.Node; value: ts.Expression } | undefined => {
    if (ts.isArrayLiteralExpression(container) && typeof step === 'number') {
      const literalUpToHere = container.elements.slice(0, step + 1).every((element) => !ts.isSpreadElement(element))
      const value = literalUpToHere ? container.elements[step] : undefined
      return value && { key: value, value }
    }
    if (!ts.isObjectLiteralExpression(container)) return undefined
    for (const property of container.properties) {
      if (property.name && 'text' in property.name && property.name.text === step) {
        if (ts.isPropertyAssignment(property)) return { key: property.name, value: property.initializer }
        if (ts.isGetAccessor(property)) return { key: property.name, value: property.name as ts.Identifier }
        if (ts.isShorthandPropertyAssignment(property)) return { key: property.name, value: property.name }
      }
    }
    return undefined
  }
  const spanOf = (node: ts.Node): Span => ({ offset: node.getStart(file), length: node.getWidth(file) })

  return (path, part) => {
    if (!exported) return start
    let place: { key: ts.Node; value: ts.Expression } = { key: exported, value: exported }
    for (const step of path) {
      const next = member(literal(place.value), step)
      if (!next) return spanOf(literal(place.value))
      place = next
    }
    return spanOf(part === 'key' ? place.key : literal(place.value))
  }
}
