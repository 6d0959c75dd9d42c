import { ts } from '../../base/typescript.ts'
import type { Operand } from '../../graph/build.ts'
import type { FormulaFunction } from '../formulas/dialect.ts'
import { folded, operation, pointwiseOperators } from '../formulas/expression.ts'
import { listWords, suggestion } from '../words/vocabulary.ts'
import { faultAt, type FunctionFile } from './file.ts'
import type { FormulaFault } from '../words/misfit.ts'

/*
 * The part of TypeScript that a function may hold, and the names of the rest, for mistakes.
 */

type Binary = (a: Operand, b: Operand) => Operand

/** Operators from numbers to a number, by their tokens. */
export const arithmetic: Readonly<Record<string, Binary>> = {
  '+': pointwiseOperators.add,
  '-': pointwiseOperators.subtract,
  '*': pointwiseOperators.multiply,
  '/': pointwiseOperators.divide,
  '**': pointwiseOperators.power,
}

/** Comparisons of numbers, by their tokens: they give 1 and 0, or nodes of truth values. */
export const comparisons: Readonly<Record<string, Binary>> = {
  '<': pointwiseOperators.less,
  '<=': pointwiseOperators.lessEqual,
  '>': pointwiseOperators.greater,
  '>=': pointwiseOperators.greaterEqual,
  '===': pointwiseOperators.equal,
  '!==': pointwiseOperators.notEqual,
  '==': pointwiseOperators.equal,
  '!=': pointwiseOperators.notEqual,
}

const { PI, E, LN2, LN10, LOG2E, LOG10E, SQRT2, SQRT1_2 } = Math
const mathConstants: Readonly<Record<string, number>> = { PI, E, LN2, LN10, LOG2E, LOG10E, SQRT2, SQRT1_2 }

/** Functions of one operand, spelt as the ops that they are. */
const unary = ['abs', 'sign', 'sqrt', 'exp', 'expm1', 'log', 'log1p', 'sin', 'cos', 'tan', 'tanh'] as const

const mathFunctions: Readonly<Record<string, FormulaFunction>> = {
  ...Object.fromEntries(unary.map((op) => [op, operation(op)])),
  pow: operation('power'),
  max: folded('maximum'),
  min: folded('minimum'),
}

const supported =
  'functions hold const, if, return, c ? a : b, + - * / **, comparisons, && || !, Math and other such functions'

type Kinds = readonly (keyof typeof ts.SyntaxKind)[]

/** Syntax that functions don't hold, in words. */
const refusals = new Map(
  (
    [
      ['loops', ['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoStatement']],
      ['switch', ['SwitchStatement']],
      ['exceptions', ['ThrowStatement', 'TryStatement']],
      ['statements that are run for their effect', ['ExpressionStatement', 'PostfixUnaryExpression']],
      ['functions within functions', ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction']],
      ['classes and objects', ['ClassDeclaration', 'NewExpression', 'ObjectLiteralExpression', 'ThisKeyword']],
      ['lists', ['ArrayLiteralExpression', 'SpreadElement', 'ArrayBindingPattern', 'ObjectBindingPattern']],
      ['properties', ['PropertyAccessExpression', 'ElementAccessExpression']],
      ['text', ['StringLiteral', 'NoSubstitutionTemplateLiteral', 'TemplateExpression']],
      ['null', ['NullKeyword']],
      ['whole numbers of any size', ['BigIntLiteral']],
      ['await', ['AwaitExpression', 'YieldExpression']],
      ['return without a number', ['ReturnStatement']],
    ] satisfies [string, Kinds][]
  ).flatMap(([words, kinds]) => (kinds as Kinds).map((kind) => [ts.SyntaxKind[kind] as ts.SyntaxKind, words] as const)),
)

export function unreadable(file: FunctionFile, node: ts.Node): FormulaFault {
  const what = refusals.get(node.kind) ?? `'${node.getText().slice(0, 20)}'`
  return faultAt(file, node, 'function', `a formula has no ${what}`, supported)
}

/** The number that `Math.name` is. @throws FormulaFault where formulas haven't got it. */
export function mathConstant(file: FunctionFile, node: ts.PropertyAccessExpression): number {
  return member(file, node, mathConstants)
}

export function mathFunction(file: FunctionFile, node: ts.PropertyAccessExpression): FormulaFunction {
  return member(file, node, mathFunctions)
}

function member<T>(file: FunctionFile, node: ts.PropertyAccessExpression, table: Readonly<Record<string, T>>): T {
  const { text } = node.name
  if (Object.hasOwn(table, text)) return table[text]!
  const known = Object.keys(table)
  const hint = suggestion(text, known, (nearest) => `Math.${nearest}`) ?? `of Math they have ${listWords(known)}`
  throw faultAt(file, node, 'unknown-name', `formulas have no Math.${text} here`, hint)
}
