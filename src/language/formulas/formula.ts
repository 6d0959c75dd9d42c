import type { ConditionalNode, FunctionNode, MathNode, OperatorNode, ParenthesisNode } from 'mathjs'
import type { Span } from '../../base/errors.ts'
import { lazy } from '../../base/lazy.ts'
import { namePattern } from '../../base/name.ts'
import { foldTree, partsInOrder } from '../../base/tree.ts'
import { MAXIMUM_FORMULA_LENGTH, MAXIMUM_NESTING, nestingMessage } from '../text/limits.ts'
import { FormulaFault } from '../words/misfit.ts'
import { transposeMark } from './transposes.ts'

/*
 * The text of a formula to an expression tree. mathjs parses; but it gives no positions and accepts far more than formulas have,
 * so the text is split into tokens first: a token is what a position is found by, and what isn't a token isn't let through.
 */

export type Operator =
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'dotMultiply'
  | 'divide'
  | 'power'
  | 'negate'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'notEqual'
  | 'select'

/** `span` lies in the formula's text. */
export type Expression = { readonly span: Span } & (
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'apply'; readonly operator: Operator; readonly operands: readonly Expression[] }
  | { readonly kind: 'call'; readonly function: string; readonly operands: readonly Expression[] }
)

export function operandsOf(expression: Expression): readonly Expression[] {
  return 'operands' in expression ? expression.operands : []
}

interface Token {
  readonly kind: 'number' | 'name' | 'symbol'
  readonly text: string
  readonly span: Span
}

const tokenPattern = new RegExp(
  [
    String.raw`(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)`,
    `(?<name>${namePattern.source})`,
    String.raw`(?<symbol>\.\*|[<>=!]=|[-+*/^()<>?:,])`,
  ].join('|'),
  'uy',
)

/** mathjs's names of the operators that formulas have. */
const operators: Readonly<Record<string, Operator>> = {
  add: 'add',
  subtract: 'subtract',
  multiply: 'multiply',
  dotMultiply: 'dotMultiply',
  divide: 'divide',
  pow: 'power',
  unaryMinus: 'negate',
  smaller: 'less',
  smallerEq: 'lessEqual',
  larger: 'greater',
  largerEq: 'greaterEqual',
  equal: 'equal',
  unequal: 'notEqual',
}

const loadParser = lazy(() => import('./parser.ts'))

/**
 * Numbers, names, calls, `+ - * .* / ^`, comparisons and `c ? a : b`, as mathjs groups them: `^` to the right, above the sign.
 * @throws FormulaFault for anything else, for over 4,000 characters and for nesting over 64 levels.
 */
export async function parseFormula(text: string): Promise<Expression> {
  const whole = { offset: 0, length: text.length }
  if (text.length > MAXIMUM_FORMULA_LENGTH)
    throw new FormulaFault('limit', whole, `a formula over ${MAXIMUM_FORMULA_LENGTH} characters`)
  const tokens = tokenize(text)
  if (tokens.length === 0) throw new FormulaFault('formula', whole, 'expected a formula, got nothing')
  requireOperators(tokens)
  requireShallow(tokens)
  const { parse } = await loadParser()
  try {
    // A line break would end the expression for mathjs.
    const expression = toExpression(parse(text.replace(/\s/g, ' ')), tokens)
    if (nesting(expression) > MAXIMUM_NESTING) throw new FormulaFault('limit', whole, nestingMessage)
    return expression
  } catch (error) {
    if (error instanceof RangeError) throw new FormulaFault('limit', whole, nestingMessage)
    if (!(error instanceof SyntaxError)) throw error
    const { char = 1 } = error as SyntaxError & { char?: number }
    const offset = Math.min(char - 1, text.length - 1)
    const message = error.message.replace(/ \(char \d+\)$/, '')
    throw new FormulaFault('syntax', { offset, length: 1 }, message, hintAt(text, offset))
  }
}

/** What to write in place of what other languages have. */
const insteadOf: Readonly<Record<string, string>> = {
  '@': 'a product with a matrix is written with *',
  '[': 'a part is taken by slice(x, from, to)',
  '.': 'functions stand by themselves: exp(x), not Math.exp(x)',
}

/** What a reader may have meant where the parser stopped. */
function hintAt(text: string, offset: number): string | undefined {
  if (text.slice(offset - 1, offset + 1) === '**') return 'a power is written with ^'
  const isOpen = text.split('(').length > text.split(')').length
  return isOpen
    ? 'in a list in brackets a comma ends an item: write the formula on a line of its own, or in quotes'
    : undefined
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let offset = 0
  while (offset < text.length) {
    if (/\s/.test(text[offset]!)) {
      offset++
      continue
    }
    tokenPattern.lastIndex = offset
    const match = tokenPattern.exec(text)
    if (!match) {
      const transpose = transposeMark(text, offset)
      if (transpose) throw transpose
      const character = String.fromCodePoint(text.codePointAt(offset)!)
      throw new FormulaFault(
        'formula',
        { offset, length: character.length },
        `formulas have no '${character}'`,
        insteadOf[character],
      )
    }
    const kind = match.groups!.number !== undefined ? 'number' : match.groups!.name !== undefined ? 'name' : 'symbol'
    tokens.push({ kind, text: match[0], span: { offset, length: match[0].length } })
    offset += match[0].length
  }
  return tokens
}

/** No `2 x`, `(a) (b)`, `a to b`: between two operands stands an operator; only a name before `(` is a call. */
function requireOperators(tokens: readonly Token[]): void {
  for (const [index, right] of tokens.entries()) {
    const left = tokens[index - 1]
    if (!left || (left.kind === 'symbol' && left.text !== ')')) continue
    if (right.kind === 'symbol' && (right.text !== '(' || left.kind === 'name')) continue
    const message = `expected an operator between '${left.text}' and '${right.text}'`
    throw new FormulaFault('formula', right.span, message, `a product is written with *`)
  }
}

/** mathjs follows parentheses recursively. */
function requireShallow(tokens: readonly Token[]): void {
  let depth = 0
  for (const { text, span } of tokens) {
    depth += Number(text === '(') - Number(text === ')')
    if (depth > MAXIMUM_NESTING) throw new FormulaFault('limit', span, nestingMessage)
  }
}

/**
 * Walks mathjs's tree in the order of the text, so that the parts that are numbers, names and calls are the tokens that are numbers and
 * names, one by one.
 */
function toExpression(root: MathNode, tokens: readonly Token[]): Expression {
  const leaves = tokens.filter(({ kind }) => kind !== 'symbol')
  const own = new Map<MathNode, Token>()
  for (const node of partsInOrder(root, partsOf)) {
    const token = leaves[own.size]
    const { span } = token ?? tokens.at(-1)!
    const fault = faultOf(node)
    if (fault !== undefined) throw new FormulaFault('formula', span, fault)
    if (!['ConstantNode', 'SymbolNode', 'FunctionNode'].includes(node.type)) continue
    if (!token) throw new FormulaFault('formula', span, 'expected a number or a name')
    own.set(node, token)
  }

  const join = (first: Span, last: Span): Span => ({
    offset: first.offset,
    length: last.offset + last.length - first.offset,
  })
  /** The parenthesis that ends the call of a function. */
  const closing = (name: Token): Token => {
    let depth = 0
    return tokens.slice(tokens.indexOf(name) + 1).find(({ text }) => {
      depth += Number(text === '(') - Number(text === ')')
      return depth === 0
    })!
  }
  return foldTree<MathNode, Expression>(root, partsOf, (node, operands) => {
    const token = own.get(node)
    if (node.type === 'FunctionNode')
      return { kind: 'call', function: token!.text, operands, span: join(token!.span, closing(token!).span) }
    if (token) return leafOf(token)
    const operator = operatorOf(node)
    if (operator === undefined) return operands[0]!
    return { kind: 'apply', operator, operands, span: join(operands[0]!.span, operands.at(-1)!.span) }
  })
}

function partsOf(node: MathNode): readonly MathNode[] {
  switch (node.type) {
    case 'ParenthesisNode':
      return [(node as ParenthesisNode).content]
    case 'FunctionNode':
    case 'OperatorNode':
      return (node as FunctionNode | OperatorNode).args
    case 'ConditionalNode': {
      const { condition, trueExpr, falseExpr } = node as ConditionalNode
      return [condition, trueExpr, falseExpr]
    }
    default:
      return []
  }
}

/** Undefined for a parenthesis and a plus sign, which leave no trace. */
function operatorOf(node: MathNode): Operator | undefined {
  if (node.type === 'ConditionalNode') return 'select'
  return node.type === 'OperatorNode' ? operators[(node as OperatorNode).fn] : undefined
}

/** Why a formula has no such part, if it hasn't. */
function faultOf(node: MathNode): string | undefined {
  switch (node.type) {
    case 'ConstantNode':
    case 'SymbolNode':
    case 'FunctionNode':
    case 'ParenthesisNode':
    case 'ConditionalNode':
      return undefined
    case 'OperatorNode': {
      const fn: string = (node as OperatorNode).fn
      return fn === 'unaryPlus' || Object.hasOwn(operators, fn) ? undefined : `formulas have no ${fn}`
    }
    case 'RelationalNode':
      return 'comparisons in a row: compare two values at a time'
    default:
      return `formulas have no ${node.type.replace(/Node$/, '').toLowerCase()}`
  }
}

function leafOf({ kind, text, span }: Token): Expression {
  if (kind !== 'number') return { kind: 'name', name: text, span }
  const value = Number(text)
  if (!Number.isFinite(value)) throw new FormulaFault('out-of-range', span, `${text} is not finite`)
  return { kind: 'number', value, span }
}

/** Levels of calls, signs, powers and choices; a long sum or product isn't nested, however many terms it has. */
function nesting(expression: Expression): number {
  return foldTree<Expression, number>(expression, operandsOf, (part, [first, ...rest]) => {
    if (first === undefined) return 0
    const [left] = operandsOf(part)
    const chained = part.kind === 'apply' && left?.kind === 'apply' && left.operands.length === 2
    return Math.max(first + Number(!chained), ...rest.map((levels) => levels + 1))
  })
}
