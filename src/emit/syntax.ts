import { ts } from './typescript.ts'

const comment = /\/\/[^\n]*|\/\*[^]*?\*\//g
/** White space and comments before a token. */
const trivia = /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/
/** What the tree says without them. */
const separators = /[\s(),;]+/g

/**
 * What a text in TypeScript says, in a form that formatters leave as it is: its tokens, with brackets around the parts of each node of
 * the syntax tree, and then its comments. The text's own brackets, commas and semicolons don't count, nor does the kind of quotes.
 * @throws RangeError where it is nested too deeply to be parsed.
 */
export function syntaxOf(text: string): string {
  const tokens: string[] = []
  const comments: string[] = []
  /** Keeps the comments among what stands between tokens, and gives the rest. */
  const withoutComments = (between: string): string => {
    if (!between.includes('/')) return between
    return between.replaceAll(comment, (found) => {
      comments.push(found.replaceAll(/\s+/g, ' ').trim())
      return ' '
    })
  }
  const addLeaf = (node: ts.Node, isName: boolean): void => {
    const whole = text.slice(node.pos, node.end)
    const before = trivia.exec(whole)![0]
    withoutComments(before)
    tokens.push(tokenOf(whole.slice(before.length), isName))
  }
  const visit = (node: ts.Node, isName = false): void => {
    let at = node.pos
    let count = 0
    const isBracketed = !ts.isParenthesizedExpression(node) && !ts.isParenthesizedTypeNode(node)
    const addBetween = (to: number): void => {
      const between = at < to ? withoutComments(text.slice(at, to)).replaceAll(separators, ' ').trim() : ''
      // A list of alternatives may begin with a bar.
      if (between && !(ts.isUnionTypeNode(node) && count === 0)) tokens.push(between)
      at = to
    }
    ts.forEachChild(node, (child) => {
      if (count === 0 && isBracketed) tokens.push('(')
      addBetween(child.pos)
      visit(child, 'name' in node && node.name === child)
      at = child.end
      count++
    })
    if (count === 0) return addLeaf(node, isName)
    addBetween(node.end)
    if (isBracketed) tokens.push(')')
  }
  visit(ts.createSourceFile('/module.ts', text, ts.ScriptTarget.ES2022))
  return [...tokens, ...comments].join('\n')
}

/** A token in one spelling: a string in single quotes or, where it may be, as a name without. */
function tokenOf(token: string, isName: boolean): string {
  if (/^[`}/]/.test(token)) return token
  if (!/^["']/.test(token)) return token.replaceAll(separators, '')
  const characters = token.slice(1, -1).replaceAll(/\\([^])/g, (escape, of) => (`"'`.includes(of) ? of : escape))
  return isName && /^\w+$/.test(characters) ? characters : `'${characters.replaceAll("'", "\\'")}'`
}
