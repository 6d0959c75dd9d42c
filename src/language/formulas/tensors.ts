import {
  broadcast,
  concat,
  constant,
  contract,
  detach,
  equal,
  pad,
  permute,
  reshape,
  select,
  slice,
  sqrt,
  sum,
  type Operand,
} from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, isBatched, sameShape, sampleShape } from '../../graph/shape.ts'
import { pointwiseOperators, real, requireCount } from './expression.ts'
import type { FormulaFunction } from './dialect.ts'
import { Misfit } from '../words/misfit.ts'
import { sampleAxes, square } from '../words/numerics.ts'

/*
 * What equations do with scalars, vectors and matrices of one sample. A value that depends on an input has the batch as its first axis
 * besides; one that doesn't (a parameter) is repeated for each sample where it meets one that does.
 */

export function sampleOf(operand: Operand): readonly number[] {
  return typeof operand === 'number' ? [] : sampleShape(operand.shape)
}

/** Repeats a scalar, or a value without a batch. */
export function expand(x: Node, sample: readonly number[], batched: boolean): Node {
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
export function align(operands: readonly Operand[]): Operand[] {
  const shapes = operands.map(sampleOf)
  const sample = shapes.find((shape) => shape.length > 0) ?? []
  if (!shapes.every((shape) => shape.length === 0 || sameShape(shape, sample)))
    throw new Misfit('shape', `shapes don't fit: ${shapes.map(formatShape).join(' and ')}`)
  const batched = operands.some((operand) => typeof operand !== 'number' && isBatched(operand.shape))
  return operands.map((operand) => (typeof operand === 'number' ? operand : expand(operand, sample, batched)))
}

/** The same function of aligned operands. */
export const aligned =
  (apply: FormulaFunction): FormulaFunction =>
  (...operands) =>
    apply(...align(operands))

/** A scalar times anything; a matrix times a vector or a matrix. */
export function product(a: Operand, b: Operand): Operand {
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
export function tensors(operands: readonly Operand[], count: number): Node[] {
  requireCount(operands, count)
  return operands.map((operand) => {
    const value = real(operand)
    if (typeof value === 'number') throw new Misfit('shape', 'takes vectors, got a number')
    return value
  })
}

/** From a tensor to a tensor, or from one to a scalar. */
export const ofTensor =
  (apply: (x: Node) => Node): FormulaFunction =>
  (...operands) =>
    apply(tensors(operands, 1)[0]!)

/** Along the last axis of a vector or matrix. */
export const ofVector = (apply: (x: Node) => Node): FormulaFunction =>
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

/** The axes of a tensor that are of the batch. */
const batchAxes = (x: Node) => (isBatched(x.shape) ? [0] : [])

/** Its shape, with others of a sample. */
const ofSample = (x: Node, sample: readonly number[]) => [
  ...(isBatched(x.shape) ? (['batch'] as const) : []),
  ...sample,
]

/** aᵢ bⱼ */
const outer: FormulaFunction = (...operands) => {
  const [a, b] = tensors(operands, 2) as [Node, Node]
  const [m, n] = [sampleOf(a), sampleOf(b)]
  if (m.length !== 1 || n.length !== 1)
    throw new Misfit('shape', `takes two vectors, got ${formatShape(m)} and ${formatShape(n)}`)
  const [left, right] = [a, b].map(({ shape }) => (isBatched(shape) ? 'z' : '')) as [string, string]
  return contract(a, `${left}i`, b, `${right}j`, `${left || right}ij`)
}

/**
 * Aᵢᵢ. With n more numbers behind its last row, a matrix of n rows and columns is one of n rows and n + 1 columns, in whose first column
 * the diagonal stands.
 */
function diagonalOf(x: Node): Node {
  const sample = sampleOf(x)
  const [n] = sample
  if (sample.length !== 2 || n === undefined || n !== sample[1])
    throw new Misfit('shape', `takes a matrix with as many rows as columns, got ${formatShape(sample)}`)
  const axis = batchAxes(x).length
  const row = reshape(x, ofSample(x, [n * n]))
  const sheared = reshape(pad(row, [{ axis, before: 0, after: n }]), ofSample(x, [n, n + 1]))
  return reshape(slice(sheared, axis + 1, 0, 1), ofSample(x, [n]))
}

/** Σ Aᵢᵢ */
function traceOf(x: Node): Node {
  const values = diagonalOf(x)
  return sum(values, sampleAxes(values))
}

/** Scalars and vectors, one after another, as a vector. */
const joined: FormulaFunction = (...operands) => {
  const values = operands.map(real)
  const nodes = values.filter((value) => typeof value === 'object')
  const [first] = nodes
  if (!first) throw new Misfit('formula', 'takes scalars and vectors, got numbers alone')
  const batched = nodes.some(({ shape }) => isBatched(shape))
  const parts = values.map((value) => {
    const node = typeof value === 'number' ? constant(first.graph, value) : value
    const sample = sampleOf(node)
    if (sample.length > 1) throw new Misfit('shape', `takes scalars and vectors, got ${formatShape(sample)}`)
    const whole = expand(node, sample, batched)
    return reshape(whole, ofSample(whole, [sample[0] ?? 1]))
  })
  return concat(parts, Number(batched))
}

/** The elements of a vector from one number to before another, as a vector. */
const sliced: FormulaFunction = (...operands) => {
  requireCount(operands, 3)
  const [x, from, to] = operands.map(real) as [Operand, Operand, Operand]
  const sample = sampleOf(x)
  if (typeof x === 'number' || sample.length !== 1)
    throw new Misfit('shape', `takes a vector, got ${typeof x === 'number' ? 'a number' : formatShape(sample)}`)
  const length = sample[0]!
  if (!isWholeTo(from, length) || !isWholeTo(to, length) || from >= to)
    throw new Misfit(
      'out-of-range',
      `takes two whole numbers from 0 to ${length}, the second larger, got ${[from, to].map(describe).join(' and ')}`,
    )
  return slice(x, batchAxes(x).length, from, to)
}

const isWholeTo = (x: Operand, most: number): x is number =>
  typeof x === 'number' && Number.isInteger(x) && x >= 0 && x <= most
const describe = (x: Operand) => (typeof x === 'number' ? String(x) : 'a value')

/** The value, through which no derivative passes. */
const stopped: FormulaFunction = (...operands) => {
  requireCount(operands, 1)
  const x = real(operands[0]!)
  return typeof x === 'number' ? x : detach(x)
}

/** √Σ xᵢ², with derivative 0 at 0, as torch.linalg.norm has it. */
function norm(x: Node): Node {
  const squares = sum(square(x), sampleAxes(x))
  const isZero = equal(squares, 0)
  return select(isZero, 0, sqrt(select(isZero, 1, squares)))
}

/** The functions of tensors that equations have beyond activations and losses. */
export const tensorFunctions: readonly (readonly [string, FormulaFunction])[] = [
  ['concat', joined],
  ['diagonal', ofTensor(diagonalOf)],
  ['dot', dot],
  ['norm', ofTensor(norm)],
  ['outer', outer],
  ['slice', sliced],
  ['stopGradient', stopped],
  ['sum', ofTensor((x) => sum(x, sampleAxes(x)))],
  ['trace', ofTensor(traceOf)],
  ['transpose', transpose],
]
