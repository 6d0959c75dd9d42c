import { max, type Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, isBatched, sameShape } from '../../graph/shape.ts'
import { activations, type Activation } from '../words/activations.ts'
import {
  activationFunction,
  choose,
  operation,
  pointwise,
  pointwiseOperators,
  real,
  settingsOf,
  unaryFunctions,
} from './expression.ts'
import type { Dialect, FormulaFunction } from './dialect.ts'
import { Misfit } from '../words/misfit.ts'
import { losses, type Loss, type TargetForm } from './losses.ts'
import { align, aligned, expand, ofTensor, ofVector, product, sampleOf, tensorFunctions, tensors } from './tensors.ts'
import { logSumExp, meanOfSample, sampleAxes } from '../words/numerics.ts'

/*
 * The dialect of equation networks.
 */

/** Several operands are compared pointwise, a single tensor by its elements. */
const maximum: FormulaFunction = (...operands) => {
  const [first] = operands
  if (operands.length === 1 && typeof first === 'object') return max(real(first) as Node, sampleAxes(first))
  return fold('maximum', operands)
}

function fold(op: 'maximum' | 'minimum', operands: readonly Operand[]): Operand {
  if (operands.length < 2) throw new Misfit('formula', 'takes at least two arguments')
  return operands.map(real).reduce((a, b) => aligned((left, right) => pointwise(op, left!, right!))(a, b))
}

/** A loss of one sample, as a function of prediction, target and then its settings: `huber(f, y, 0.5)`. */
function lossFunction(row: Loss, noteTarget: NoteTarget): FormulaFunction {
  return (...operands) => {
    const [prediction, target] = tensors(operands.slice(0, 2), 2) as [Node, Node]
    // Class numbers have an axis less than the logits; what has as many are probabilities.
    const isClasses = sampleOf(target).length < sampleOf(prediction).length
    const targets = 'targets' in row.arguments.shape ? { targets: isClasses ? 'classes' : 'probabilities' } : {}
    const settings = { ...settingsOf(row, operands.slice(2)), ...targets }
    const form = row.target(sampleOf(prediction), settings)
    if (!sameShape(form.shape, sampleOf(target)))
      throw new Misfit('shape', `takes a target of ${formatShape(form.shape)}, got ${formatShape(sampleOf(target))}`)
    noteTarget(target, form)
    const batched = isBatched(prediction.shape) || isBatched(target.shape)
    const [p, y] = [prediction, target].map((value) => expand(value, sampleOf(value), batched)) as [Node, Node]
    return row.apply(p, y, settings)
  }
}

const activationRows = Object.entries<Activation>(activations)
const lossRows = Object.entries<Loss>(losses).filter(([, { element }]) => element !== undefined)

/** Is told of what a loss takes as its target, and of what that must hold. @throws Misfit if it can't. */
type NoteTarget = (target: Node, form: TargetForm) => void

export function equationDialect(noteTarget: NoteTarget): Dialect {
  const operators = Object.entries(pointwiseOperators).map(([name, apply]) => [name, aligned(apply as FormulaFunction)])
  return {
    operators: {
      ...(Object.fromEntries(operators) as Omit<Dialect['operators'], 'multiply' | 'dotMultiply'>),
      multiply: (a, b) => product(a!, b!),
      dotMultiply: aligned(pointwiseOperators.multiply as FormulaFunction),
    },
    // Names of other equations end no branch: derivatives go through them.
    choose: (condition, a, b) => choose(...(align([condition, a, b]) as [Operand, Operand, Operand]), []),
    functions: new Map<string, FormulaFunction>([
      ...activationRows.map(([name, row]) => [name, activationFunction(row)] as const),
      ...unaryFunctions.map((op) => [op, operation(op)] as const),
      ...lossRows.map(([name, row]) => [name, lossFunction(row, noteTarget)] as const),
      ...tensorFunctions,
      ['mean', ofTensor(meanOfSample)],
      ['max', maximum],
      ['min', (...operands) => fold('minimum', operands)],
      ['softmax', ofVector((x) => activations.softmax.apply(x))],
      ['logSoftmax', ofVector((x) => activations.logSoftmax.apply(x))],
      ['logSumExp', ofVector(logSumExp)],
    ]),
    withheld: new Map(),
  }
}
