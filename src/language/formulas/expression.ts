import { z } from '../words/zod.ts'
import { foldTree } from '../../base/tree.ts'
import { apply, constant, input, notEqual, select, type Operand } from '../../graph/build.ts'
import { evaluate } from '../../graph/evaluate.ts'
import { Interner, type Node } from '../../graph/node.ts'
import { pointwiseRow, type PointwiseOp } from '../../graph/op.ts'
import { activations, type Activation } from '../words/activations.ts'
import { decide, operandsFor, where } from './choice.ts'
import { FormulaFault, Misfit, placing } from '../words/misfit.ts'
import type { Dialect, FormulaFunction } from './dialect.ts'
import { operandsOf, parseFormula, type Expression } from './formula.ts'
import { constants, namesIn, unknownNames } from './names.ts'
import { orIssue, reportIssue, type WordRow } from '../words/word.ts'

/*
 * The meaning of expressions: nodes, or numbers where everything in them is a number.
 */

/** A comparison as a number: 1 or 0. */
export function real(operand: Operand): Operand {
  return typeof operand !== 'number' && operand.element === 'truth' ? select(operand, 1, 0) : operand
}

/** A number as a condition: whether it isn't 0. */
function truth(operand: Operand): Operand {
  return typeof operand === 'number' || operand.element === 'truth' ? operand : notEqual(operand, 0)
}

/** `op` on nodes; on numbers alone its value. Shapes must be equal. @throws Misfit when that value isn't finite. */
export function pointwise(op: PointwiseOp, ...operands: readonly Operand[]): Operand {
  const values = operands.filter((operand) => typeof operand === 'number')
  if (values.length < operands.length) return apply(op, ...operands.map(real))
  const value = pointwiseRow(op).evaluate(...values)
  if (!Number.isFinite(value)) throw new Misfit('out-of-range', `${op} of ${values.join(' and ')} is not finite`)
  return value
}

/**
 * `condition ? a : b`, with the derivative of the branch taken. Shapes must be equal. Where the condition is a number and so is what it
 * chooses, the result has the shape of the other branch: shapes don't depend on values.
 * @param variables as `decide` has them.
 */
export function choose(condition: Operand, a: Operand, b: Operand, variables: Iterable<Operand>): Operand {
  const chosen = decide(where(truth(condition)), real(a), real(b), nodesOf(variables))
  const model = [a, b].find((branch) => typeof branch !== 'number')
  return typeof chosen === 'number' && model ? constant(model.graph, chosen, model.shape) : chosen
}

function nodesOf(operands: Iterable<Operand>): readonly Node[] {
  return [...operands].filter((operand) => typeof operand !== 'number')
}

const binary = (op: PointwiseOp) => (a: Operand, b: Operand) => pointwise(op, a, b)

export const pointwiseOperators = {
  add: binary('add'),
  subtract: binary('subtract'),
  multiply: binary('multiply'),
  divide: binary('divide'),
  power: binary('power'),
  negate: (x: Operand) => pointwise('negate', x),
  less: binary('less'),
  lessEqual: binary('lessEqual'),
  greater: (a: Operand, b: Operand) => pointwise('less', b, a),
  greaterEqual: (a: Operand, b: Operand) => pointwise('lessEqual', b, a),
  equal: binary('equal'),
  notEqual: binary('notEqual'),
} satisfies Partial<Dialect['operators']>

/** Functions of one operand, spelt as the ops that they are. */
export const unaryFunctions = ['exp', 'log', 'sqrt', 'sin', 'cos', 'tan', 'tanh', 'abs', 'sign', 'erf'] as const

/** @throws Misfit when a function that takes `count` operands is given another number of them. */
export function requireCount(operands: readonly Operand[], count: number): void {
  if (operands.length !== count)
    throw new Misfit('formula', `takes ${count} argument${count === 1 ? '' : 's'}, got ${operands.length}`)
}

/** An op as a function of as many operands as it has. */
export function operation(op: PointwiseOp): FormulaFunction {
  return (...operands) => {
    requireCount(operands, pointwiseRow(op).arity)
    return pointwise(op, ...operands)
  }
}

/** Folds from the left: max(a, b, c) is max(max(a, b), c). */
export const folded =
  (op: PointwiseOp): FormulaFunction =>
  (...operands) => {
    if (operands.length === 0) throw new Misfit('formula', 'takes at least one argument')
    return operands.map(real).reduce((a, b) => pointwise(op, a, b))
  }

/** A row's settings from the numbers that follow its operands, in the order of its arguments. @throws Misfit */
export function settingsOf(row: WordRow, given: readonly Operand[]): Record<string, unknown> {
  const names = Object.keys(row.arguments.shape)
  if (given.length > names.length) throw new Misfit('formula', `takes ${names.length} settings, got ${given.length}`)
  const numbers = given.map((operand, position) => {
    if (typeof operand !== 'number') throw new Misfit('formula', `expected a number as ${names[position]}`)
    return [names[position]!, operand] as const
  })
  const result = row.arguments.safeParse(Object.fromEntries(numbers))
  if (!result.success) {
    const [issue] = result.error.issues
    throw new Misfit('out-of-range', `${issue!.path.join('.')}: ${issue!.message}`)
  }
  return result.data
}

/** An activation as a function of its input and then its settings: `leakyRelu(x, 0.2)`. */
export function activationFunction(row: Activation): FormulaFunction {
  return (operand, ...rest) => {
    if (operand === undefined) throw new Misfit('formula', 'takes at least one argument')
    const settings = settingsOf(row, rest)
    if (typeof operand !== 'number') return row.apply(real(operand) as Node, settings)
    const [value] = evaluate([row.apply(constant(new Interner(), operand), settings)], { batch: 1 })
    return value![0]!
  }
}

const rows = Object.entries<Activation>(activations)

export const formulaDialect: Dialect = {
  operators: {
    ...pointwiseOperators,
    dotMultiply: () => {
      throw new Misfit('formula', 'a formula is pointwise as it is: write * for .*')
    },
  },
  choose,
  functions: new Map<string, FormulaFunction>([
    ...rows.filter(([, row]) => row.pointwise).map(([name, row]) => [name, activationFunction(row)] as const),
    ...unaryFunctions.map((op) => [op, operation(op)] as const),
    ['max', folded('maximum')],
    ['min', folded('minimum')],
  ]),
  withheld: new Map(
    [
      ...['softmax', 'logSoftmax', 'logSumExp', 'sum', 'mean', 'dot', 'norm', 'transpose', 'derivative', 'jacobian'],
      ...['concat', 'diagonal', 'outer', 'slice', 'stopGradient', 'trace'],
    ].map((name) => [name, { code: 'formula', message: `${name} is not pointwise: only equations have it` }]),
  ),
}

/** Is shown each part of an expression that has operands, once it is built. */
export type Watch = (part: Expression, operands: readonly Operand[], result: Operand) => void

/** Builds an expression. @throws FormulaFault at the part that can't be built. */
export function interpret(
  expression: Expression,
  names: ReadonlyMap<string, Operand>,
  dialect: Dialect,
  watch: Watch = () => undefined,
): Operand {
  // Those of this expression alone: a network may have thousands of others.
  const used = [...new Set(namesIn(expression))].flatMap((name) => names.get(name) ?? [])
  const variables = nodesOf(used)
  return foldTree<Expression, Operand>(expression, operandsOf, (part, operands) => {
    switch (part.kind) {
      case 'number':
        return part.value
      case 'name':
        return names.get(part.name) ?? constants[part.name]!
      case 'apply':
      case 'call': {
        const build = (): Operand => {
          const form = part.kind === 'call' ? dialect.forms?.get(part.function) : undefined
          if (form) return form(operandsOf(part), operands)
          if (part.kind === 'call')
            return dialect.functions.get(part.function)!(...operandsFor(part.function, operands, variables))
          if (part.operator !== 'select') return dialect.operators[part.operator](...operands)
          const [condition, a, b] = operands as [Operand, Operand, Operand]
          return dialect.choose(condition, a, b, variables)
        }
        const result = placing(build, ({ code, message, hint }) => {
          const whole = part.kind === 'call' ? `${part.function} ${message}` : message
          return new FormulaFault(code, part.span, whole, hint)
        })
        watch(part, operands, result)
        return result
      }
    }
  })
}

/** A formula that is pointwise in its variables. */
export type Formula = Expression

/** The type of an argument that is a formula, of whichever names. */
export const formulaText = z
  .string()
  .transform((text, context): Promise<Formula> => orIssue(context, text, parseFormula(text)))

/** The type of an argument that is a formula in `variables`. */
export function formula(variables: readonly string[]): z.ZodType<Formula, string> {
  return formulaText.check((context) => {
    for (const fault of faultsIn(context.value, variables)) reportIssue(context, context.value, [], fault)
  })
}

/** The mistakes of a formula in `variables`, found by building it. */
export function faultsIn(expression: Formula, variables: readonly string[]): readonly FormulaFault[] {
  const graph = new Interner()
  const inputs = new Map(variables.map((name) => [name, input(graph, name, ['batch'])]))
  const unknown = unknownNames(expression, inputs, formulaDialect)
  if (unknown.length > 0) return unknown
  try {
    evaluateFormula(expression, Object.fromEntries(inputs))
    return []
  } catch (error) {
    if (error instanceof FormulaFault) return [error]
    throw error
  }
}

/** A formula's value for tensors of one shape. */
export function evaluateFormula(expression: Formula, variables: Readonly<Record<string, Node>>): Node {
  const value = real(interpret(expression, new Map(Object.entries(variables)), formulaDialect))
  const [model] = Object.values(variables)
  return typeof value === 'number' ? constant(model!.graph, value, model!.shape) : value
}
