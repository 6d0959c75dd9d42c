import { ts } from '../../base/typescript.ts'
import type { Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { always, both, decide, either, not, operandsFor, where, type Choice } from '../formulas/choice.ts'
import { pointwiseOperators } from '../formulas/expression.ts'
import { Misfit } from '../words/misfit.ts'
import { at, faultAt, nameOf, type Declared, type FunctionFile, type FunctionFiles, type FunctionNode } from './file.ts'
import { arithmetic, comparisons, mathConstant, mathFunction, unreadable } from './language.ts'
import { declare, localValue, namesIn, requireDefined, unknown, type Scope, type Value } from './scope.ts'

/*
 * The value of a function, as nodes: an interpreter of its syntax, for which every number that depends on x is a node and every
 * test a choice. It runs nothing, and both branches of a test are part of the result.
 */

/** The most expressions that are read, calls followed, and the most nodes of the result: about as many as a formula can hold. */
const MOST_STEPS = 1_000

const joins: Readonly<Record<string, (p: Choice, q: Choice) => Choice>> = { '&&': both, '||': either }

/** One function at x, with all that it calls. */
export class Evaluation {
  readonly #files: FunctionFiles
  readonly #x: Node
  readonly #constants = new Map<ts.Node, Value>()
  /** The functions and constants that are being evaluated, from outermost. */
  readonly #active: ts.Node[] = []
  #steps = 0

  constructor(files: FunctionFiles, x: Node) {
    this.#files = files
    this.#x = x
  }

  call(file: FunctionFile, node: FunctionNode, given: readonly Value[], misfit: (message: string) => Error): Value {
    const { parameters, body } = node
    const isPlain = !node.asteriskToken && !node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
    if (!isPlain) throw faultAt(file, node, 'function', 'a formula has no async functions and generators')
    const takes = `takes ${parameters.length} number${parameters.length === 1 ? '' : 's'}, got ${given.length}`
    if (given.length > parameters.length) throw misfit(takes)
    const scope: Scope = { file, names: new Map() }
    for (const [index, { name, initializer, dotDotDotToken }] of parameters.entries()) {
      if (!ts.isIdentifier(name) || dotDotDotToken) throw unreadable(file, name)
      const value = given[index] ?? (initializer && this.#evaluate(initializer, scope))
      if (value === undefined) throw misfit(`${takes}: ${name.text} has no default`)
      scope.names.set(name.text, value)
    }
    return this.#within(node, () => {
      if (!body || !ts.isBlock(body)) return this.#evaluate(body!, scope)
      return this.#run(body.statements, declare(body.statements, scope), () => {
        throw faultAt(file, nameOf(node), 'function', 'may end without returning a number')
      })
    })
  }

  /** @param after the value of what follows the statements, where they don't return. */
  #run(statements: readonly ts.Statement[], scope: Scope, after: () => Value): Value {
    for (const [index, statement] of statements.entries()) {
      if (ts.isVariableStatement(statement)) this.#define(statement, scope)
      else if (ts.isReturnStatement(statement) && statement.expression)
        return this.#evaluate(statement.expression, scope)
      else if (ts.isBlock(statement) || ts.isIfStatement(statement)) {
        const rest = once(() => this.#run(statements.slice(index + 1), scope, after))
        const branch = (inner: ts.Statement | undefined): Value => {
          if (!inner) return rest()
          const block = ts.isBlock(inner) ? inner.statements : [inner]
          return this.#run(block, declare(block, { file: scope.file, names: new Map(), outer: scope }), rest)
        }
        if (ts.isBlock(statement)) return branch(statement)
        const test = this.#test(statement.expression, scope)
        const [a, b] = [branch(statement.thenStatement), branch(statement.elseStatement)]
        return this.#select(scope.file, statement, test, a, b)
      } else if (!ts.isEmptyStatement(statement)) throw unreadable(scope.file, statement)
    }
    return after()
  }

  #define({ declarationList }: ts.VariableStatement, scope: Scope): void {
    for (const { name, initializer } of declarationList.declarations) {
      if (!ts.isIdentifier(name) || !initializer) throw unreadable(scope.file, name)
      scope.names.set(name.text, this.#evaluate(initializer, scope))
    }
  }

  #evaluate(node: ts.Expression, scope: Scope): Value {
    const { file } = scope
    this.#count(file, node)
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isAsExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isNonNullExpression(node)
    )
      return this.#evaluate(node.expression, scope)
    if (ts.isNumericLiteral(node)) return at(file, node, () => finite(Number(node.text)))
    if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword)
      return always(node.kind === ts.SyntaxKind.TrueKeyword)
    if (ts.isIdentifier(node)) return this.#named(node, scope)
    if (ts.isPropertyAccessExpression(node) && this.#isMath(node, scope)) return mathConstant(file, node)
    if (ts.isCallExpression(node) && !node.questionDotToken) return this.#applied(node, scope)
    if (ts.isConditionalExpression(node)) {
      const test = this.#test(node.condition, scope)
      const [a, b] = [node.whenTrue, node.whenFalse].map((branch) => this.#evaluate(branch, scope)) as [Value, Value]
      return this.#select(file, node, test, a, b)
    }
    if (ts.isPrefixUnaryExpression(node)) return this.#prefixed(node, scope)
    if (ts.isBinaryExpression(node)) return this.#combined(node, scope)
    throw unreadable(file, node)
  }

  #prefixed(node: ts.PrefixUnaryExpression, scope: Scope): Value {
    switch (node.operator) {
      case ts.SyntaxKind.MinusToken:
        return pointwiseOperators.negate(this.#number(node.operand, scope))
      case ts.SyntaxKind.PlusToken:
        return this.#number(node.operand, scope)
      case ts.SyntaxKind.ExclamationToken:
        return not(this.#test(node.operand, scope))
      default:
        throw unreadable(scope.file, node)
    }
  }

  #combined(node: ts.BinaryExpression, scope: Scope): Value {
    const { left, operatorToken, right } = node
    const operator = operatorToken.getText()
    const join = joins[operator]
    if (join) {
      const joined = join(this.#test(left, scope), this.#test(right, scope))
      return this.#counted(scope.file, node, joined)
    }
    const [compute, compare] = [arithmetic[operator], comparisons[operator]]
    if (!compute && !compare) throw unreadable(scope.file, operatorToken)
    const [a, b] = [this.#number(left, scope), this.#number(right, scope)]
    if (compute) return at(scope.file, node, () => compute(a, b))
    return where(compare!(a, b))
  }

  #applied(node: ts.CallExpression, scope: Scope): Value {
    const { file } = scope
    const { expression: callee, arguments: given } = node
    if (ts.isPropertyAccessExpression(callee) && this.#isMath(callee, scope)) {
      const meaning = mathFunction(file, callee)
      const operands = given.map((operand) => this.#number(operand, scope))
      return at(file, node, () => meaning(...operandsFor(callee.name.text, operands, [this.#x])))
    }
    if (!ts.isIdentifier(callee)) throw unreadable(file, callee)
    const found = this.#lookup(callee, scope)
    if (!isDeclared(found) || found.declaration.kind !== 'function')
      throw faultAt(file, callee, 'function', `'${callee.text}' is no function`)
    const operands = given.map((operand) => this.#evaluate(operand, scope))
    requireDefined(file, callee, found, this.#active)
    return this.call(found.file, found.declaration.node, operands, (message) =>
      faultAt(file, node, 'function', `${callee.text} ${message}`),
    )
  }

  #named(name: ts.Identifier, scope: Scope): Value {
    const found = this.#lookup(name, scope)
    if (!isDeclared(found)) return found
    const { file, declaration } = found
    if (declaration.kind !== 'constant') {
      const what = declaration.kind === 'function' ? 'a function: expected a number' : 'not const'
      throw faultAt(scope.file, name, 'function', `'${name.text}' is ${what}`)
    }
    requireDefined(scope.file, name, found, this.#active)
    const known = this.#constants.get(declaration.node)
    if (known !== undefined) return known
    const value = this.#within(declaration.node, () =>
      this.#evaluate(declaration.node.initializer, { file, names: new Map() }),
    )
    this.#constants.set(declaration.node, value)
    return value
  }

  /** A local name's value, or the declaration of one at the top of a file. */
  #lookup(name: ts.Identifier, scope: Scope): Value | Declared {
    const found = localValue(name, scope) ?? this.#files.declared(scope.file, name.text)
    if (found === undefined) throw unknown(name, scope)
    return found
  }

  /** Whether it is a member of the global Math. */
  #isMath({ expression, questionDotToken }: ts.PropertyAccessExpression, scope: Scope): boolean {
    if (!ts.isIdentifier(expression) || expression.text !== 'Math' || questionDotToken) return false
    return !this.#files.declared(scope.file, 'Math') && !namesIn(scope).includes('Math')
  }

  #number(node: ts.Expression, scope: Scope): Operand {
    const value = this.#evaluate(node, scope)
    if (typeof value !== 'function') return value
    throw faultAt(scope.file, node, 'function', 'expected a number, got true or false')
  }

  #test(node: ts.Expression, scope: Scope): Choice {
    const value = this.#evaluate(node, scope)
    if (typeof value === 'function') return value
    throw faultAt(scope.file, node, 'function', 'expected a comparison, got a number', 'write x !== 0')
  }

  #select(file: FunctionFile, node: ts.Node, test: Choice, a: Value, b: Value): Value {
    if (typeof a === 'function' && typeof b === 'function')
      return this.#counted(file, node, (whenTrue, whenFalse) => test(a(whenTrue, whenFalse), b(whenTrue, whenFalse)))
    if (typeof a === 'function' || typeof b === 'function')
      throw faultAt(file, node, 'function', 'gives a number on one side, and true or false on the other')
    return decide(test, a, b, [this.#x])
  }

  #count(file: FunctionFile, node: ts.Node): void {
    if (++this.#steps > MOST_STEPS) throw tooLong(file, node)
  }

  /** Tests that are made of one another are made anew wherever they choose. */
  #counted(file: FunctionFile, node: ts.Node, choice: Choice): Choice {
    return (whenTrue, whenFalse) => {
      this.#count(file, node)
      return choice(whenTrue, whenFalse)
    }
  }

  #within<T>(node: ts.Node, evaluate: () => T): T {
    this.#active.push(node)
    const result = evaluate()
    this.#active.pop()
    return result
  }
}

function isDeclared(found: Value | Declared): found is Declared {
  return typeof found === 'object' && 'declaration' in found
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value
  throw new Misfit('out-of-range', 'a number that is not finite')
}

function tooLong(file: FunctionFile, node: ts.Node): Error {
  return faultAt(file, node, 'limit', `a function of over ${MOST_STEPS} steps, with what it calls`)
}

function once<T>(compute: () => T): () => T {
  let result: { readonly value: T } | undefined
  return () => (result ??= { value: compute() }).value
}
