import type { Node } from '../node.ts'
import type { Op } from '../op.ts'
import type { Form, Relation } from './form.ts'

export const relations: Partial<Record<Op, Relation>> = { less: '<', lessEqual: '≤', equal: '=', notEqual: '≠' }

const negation: Readonly<Record<Relation, Relation>> = { '<': '≥', '≤': '>', '>': '≤', '≥': '<', '=': '≠', '≠': '=' }
const mirror: Readonly<Record<Relation, Relation>> = { '<': '>', '≤': '≥', '>': '<', '≥': '≤', '=': '=', '≠': '≠' }

/**
 * A choice with zero is an indicator: I[f > 0] ⊙ δ for f ≤ 0 ? 0 : δ.
 * @param axesOf where some axes of a node are in the expression.
 */
export function choiceForm(
  node: Extract<Node, { op: 'select' }>,
  operand: (input: Node) => Form,
  axesOf: (of: Node, axes: readonly number[]) => readonly number[],
): Form {
  const [test, whenTrue, whenFalse] = node.inputs as [Node, Node, Node]
  const first = isZero(whenFalse) ? firstPlace(test) : null
  if (first) {
    const axes = axesOf(first.condition, first.axes)
    return where({ kind: 'first', condition: operand(first.condition), axes }, operand(whenTrue))
  }
  const relation = relations[test.op]
  if (relation && (isZero(whenTrue) || isZero(whenFalse))) {
    const condition = conditionOf(test, isZero(whenTrue) ? negation[relation] : relation, operand)
    const value = isZero(whenTrue) ? whenFalse : whenTrue
    if (value.op === 'constant' && value.attributes.value === 1) return { kind: 'indicator', condition }
    return where(condition, operand(value))
  }
  const [condition, a, b] = node.inputs.map(operand) as [Form, Form, Form]
  return { kind: 'choice', condition, whenTrue: a, whenFalse: b }
}

/** A constant stands on the right: f > 0 for 0 < f. */
function conditionOf({ inputs }: Node, relation: Relation, operand: (input: Node) => Form): Form {
  const [a, b] = inputs as [Node, Node]
  return a.op === 'constant'
    ? { kind: 'relation', left: operand(b), relation: mirror[relation], right: operand(a) }
    : { kind: 'relation', left: operand(a), relation, right: operand(b) }
}

function where(condition: Form, value: Form): Form {
  return { kind: 'elementwiseProduct', left: { kind: 'indicator', condition }, right: value }
}

interface First {
  readonly condition: Node
  readonly axes: readonly number[]
}

/** The condition that the compared place is the first to meet: its negative is the largest of those of the places where it holds. */
function firstPlace(test: Node): First | null {
  if (test.op !== 'equal') return null
  const [own, spread] = test.inputs
  const largest = spread.op === 'broadcast' ? spread.inputs[0] : spread
  const choice = largest.op === 'max' ? largest.inputs[0] : largest
  if (largest.op !== 'max' || choice.op !== 'select' || choice.inputs[1] !== own) return null
  const [condition, , otherwise] = choice.inputs
  const { axes } = largest.attributes
  const isMinusInfinity = otherwise.op === 'constant' && otherwise.attributes.value === -Infinity
  return isMinusInfinity && own.op === 'negate' && isPlace(own.inputs[0], axes) ? { condition, axes } : null
}

/** Whether a node numbers the places along some axes in row-major order. */
function isPlace(node: Node, axes: readonly number[]): boolean {
  const lengths = axes.map((axis) => node.shape[axis] as number)
  const coefficients = axes.map((_, k) => lengths.slice(k + 1).reduce((product, length) => product * length, 1))
  const found = new Map<number, number>()
  const isLinear = (part: Node, factor: number): boolean => {
    if (part.op === 'add') return part.inputs.every((term) => isLinear(term, factor))
    if (part.op === 'multiply')
      return part.inputs.some(
        (by, k) => by.op === 'constant' && isLinear(part.inputs[1 - k]!, factor * by.attributes.value),
      )
    if (part.op === 'constant') return part.attributes.value === 0
    if (part.op !== 'iota') return false
    found.set(part.attributes.axis, (found.get(part.attributes.axis) ?? 0) + factor)
    return true
  }
  return isLinear(node, 1) && found.size === axes.length && axes.every((axis, k) => found.get(axis) === coefficients[k])
}

function isZero(node: Node): boolean {
  return node.op === 'constant' && node.attributes.value === 0
}
