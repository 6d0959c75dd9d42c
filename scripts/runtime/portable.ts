import { parse, walk } from './declarations.ts'
import { ts } from '../../src/base/typescript.ts'

/**
 * A text with functions of its own in place of the engine's: `f(x)` for `Math.f(x)`, f being one of `functions`, and `pow(x, y)` for
 * x ** y. Powers of literals stay: they are numbers.
 */
export function withOwnFunctions(text: string, functions: ReadonlySet<string>): string {
  const tree = parse(text)
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = []
  walk(tree, (node) => {
    if (ts.isCallExpression(node) && isOfMath(node.expression) && functions.has(node.expression.name.text)) {
      edits.push({ start: node.expression.getStart(tree), end: node.expression.name.getStart(tree), text: '' })
    }
    if (isPower(node) && !ts.isNumericLiteral(node.left)) {
      const { left, right } = node
      edits.push({ start: left.getStart(tree), end: left.getStart(tree), text: 'pow(' })
      edits.push({ start: left.end, end: right.getStart(tree), text: ', ' })
      edits.push({ start: right.end, end: right.end, text: ')' })
    }
  })
  return edits
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((edited, { start, end, text }) => edited.slice(0, start) + text + edited.slice(end), text)
}

function isOfMath(node: ts.Expression): node is ts.PropertyAccessExpression {
  return ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math'
}

function isPower(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken
}
