import { broadcast, contract, equal, max, permute, select, sqrt, sum, type Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, isBatched, sameShape, sampleShape } from '../../graph/shape.ts'
import { activations, type Activation } from '../words/activations.ts'
import {
  activationFunction,
  choose,
  operation,
  pointwise,
  pointwiseOperators,
  real,
  requireCount,
  settingsOf,
  unaryFunctions,
} from './expression.ts'
import type { Dialect, FormulaFunction } from './dialect.ts'
import { Misfit } from '../words/misfit.ts'
import { losses, type Loss, type TargetForm } from './losses.ts'
import { logSumExp, meanOfSample, sampleAxes, square } from '../words/numerics.ts'

/*
 * The dialect of equation networks: scalars, vectors, matrices of one sample. A value that depends on an input has the batch as its
 * first axis besides; one that doesn't (a parameter) is repeated for each sample where it meets one that does.
 */

function sampleOf(operand: Operand): readonly number[] {
  return typeof operand === 'number' ? [] : sampleShape(operand.shape)
}

/** Repeats a scalar, or a value without a batch. */
function expand(x: Node, sample: readonly number[], batched: boolean): Node {
  const own = sampleShape(x.shape)
  const axes = own.map((_, axis) => axis + Number(batched))
  const shape = batched ? (['batch', ...sample] as const) : sample
  return broadcast(x, shape, isBatched(x.shape) ? [0, ...axes] : axes)
}

/** A value for each sample of the batch, even if they are all the same. */
export function perSample(x: Node): Node {
  return expand(x, sampleShape(x.shape), true)
}

/** Gives all operands one shape: a scalar goes with anything, other shapes must be equal. Numbers remain numbers. */
function align(operands: readonly Operand[]): Operand[] {
  const shapes = operands.map(sampleOf)
  const sample = shapes.find((shape) => shape.length > 0) ?? []
  if (!shapes.every((shape) => shape.length === 0 || sameShape(shape, sample)))
    throw new Misfit('shape', `shapes don't fit: ${shapes.map(formatShape).join(' and ')}`)
  const batched = operands.some((operand) => typeof operand !== 'number' && isBatched(operand.shape))
  return operands.map((operand) => (typeof operand === 'number' ? operand : expand(operand, sample, batched)))
}

/** The same function of aligned operands. */
const aligned =
  (apply: FormulaFunction): FormulaFunction =>
  (...operands) =>
    apply(...align(operands))

/** A scalar times anything; a matrix times a vector or a matrix. */
function product(a: Operand, b: Operand): Operand {
  const [left, right] = [real(a), real(b)]
  const [m, n] = [sampleOf(left), sampleOf(right)]
  if (typeof left === 'number' || typeof right === 'number' || m.length === 0 || n.length === 0)
    return aligned(pointwiseOperators.multiply)(left, right)
  if (m.length !== 2 || n.length > 2 || m[1] !== n[0]) {
    const hint =
      m.length === 1 && n.length === 1
        ? 'dot(a, b) is their scalar product'
        : m.length === 2 && n.length <= 2 && m[0] === n[0]
          ? 'transpose(a) * b has a product'
          : 'a matrix times a vector or matrix'
    throw new Misfit(
      'shape',
      `no product of ${formatShape(m)} and ${formatShape(n)}`,
      `${hint}; .* multiplies elements`,
    )
  }
  const batch = (node: Node): string => (isBatched(node.shape) ? 'z' : '')
  const columns = n.length === 2 ? 'k' : ''
  const result = `${batch(left) || batch(right)}i${columns}`
  return contract(left, `${batch(left)}ij`, right, `${batch(right)}j${columns}`, result)
}

/** Operands of a function that takes so many tensors. */
function tensors(operands: readonly Operand[], count: number): Node[] {
  requireCount(operands, count)
  return operands.map((operand) => {
    const value = real(operand)
    if (typeof value === 'number') throw new Misfit('shape', 'takes vectors, got a number')
    return value
  })
}

/** From a tensor to a tensor, or from one to a scalar. */
const ofTensor =
  (apply: (x: Node) => Node): FormulaFunction =>
  (...operands) =>
    apply(tensors(operands, 1)[0]!)

/** Along the last axis of a vector or matrix. */
const ofVector = (apply: (x: Node) => Node): FormulaFunction =>
  ofTensor((x) => {
    if (sampleAxes(x).length === 0) throw new Misfit('shape', 'takes a vector, got a scalar')
    return apply(x)
  })

/** Σ aᵢ bᵢ */
const dot: FormulaFunction = (...operands) => {
  const [a, b] = tensors(operands, 2) as [Node, Node]
  const [m, n] = [sampleOf(a), sampleOf(b)]
  if (m.length !== 1 || !sameShape(m, n))
    throw new Misfit('shape', `takes two vectors of one length, got ${formatShape(m)} and ${formatShape(n)}`)
  const [left, right] = [a, b].map((vector) => (isBatched(vector.shape) ? 'zi' : 'i')) as [string, string]
  return contract(a, left, b, right, left.length + right.length > 2 ? 'z' : '')
}

/** Aⱼᵢ */
const transpose: FormulaFunction = (...operands) => {
  const [x] = tensors(operands, 1) as [Node]
  const sample = sampleOf(x)
  if (sample.length !== 2)
    throw new Misfit(
      'shape',
      `takes a matrix, got ${formatShape(sample)}`,
      sample.length === 1 ? 'dot(a, b) is the product of two vectors' : undefined,
    )
  const [rows, columns] = sampleAxes(x) as [number, number]
  return permute(x, [...(isBatched(x.shape) ? [0] : []), columns, rows])
}

/** √Σ xᵢ², with derivative 0 at 0, as torch.linalg.norm has it. */
function norm(x: Node): Node {
  const squares = sum(square(x), sampleAxes(x))
  const isZero = equal(squares, 0)
  return select(isZero, 0, sqrt(select(isZero, 1, squares)))
}

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
      ['sum', ofTensor((x) => sum(x, sampleAxes(x)))],
      ['mean', ofTensor(meanOfSample)],
      ['max', maximum],
      ['min', (...operands) => fold('minimum', operands)],
      ['dot', dot],
      ['transpose', transpose],
      ['norm', ofTensor(norm)],
      ['softmax', ofVector((x) => activations.softmax.apply(x))],
      ['logSoftmax', ofVector((x) => activations.logSoftmax.apply(x))],
      ['logSumExp', ofVector(logSumExp)],
    ]),
    withheld: new Map([['derivative', { code: 'unsupported', message: 'derivative is not supported yet' }]]),
  }
}
