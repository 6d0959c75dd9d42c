import type { Node } from '../node.ts'
import type { Op } from '../op.ts'
import type { Form, Relation } from './form.ts'

export const relations: Partial<Record<Op, Relation>> = { less: '<', lessEqual: '≤', equal: '=', notEqual: '≠' }

const negation: Readonly<Record<Relation, Relation>> = { '<': '≥', '≤': '>', '>': '≤', '≥': '<', '=': '≠', '≠': '=' }
const mirror: Readonly<Record<Relation, Relation>> = { '<': '>', '≤': '≥', '>': '<', '≥': '≤', '=': '=', '≠': '≠' }

/** A choice with zero is an indicator: I[f > 0] ⊙ δ for f ≤ 0 ? 0 : δ. */
export function choiceForm(node: Extract<Node, { op: 'select' }>, operand: (input: Node) => Form): Form {
  const [test, whenTrue, whenFalse] = node.inputs as [Node, Node, Node]
  const first = firstPlace(test)
  if (first) return where({ kind: 'first', condition: operand(first) }, operand(whenTrue))
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

/** The condition that the compared index is the first to meet: that index is the largest of the negated indices where it holds. */
function firstPlace(test: Node): Node | null {
  const side = test.op === 'equal' ? test.inputs[1]! : test
  const largest = side.op === 'broadcast' ? side.inputs[0]! : side
  const choice = largest.op === 'max' ? largest.inputs[0]! : largest
  if (largest.op !== 'max' || choice.op !== 'select') return null
  const [condition, , otherwise] = choice.inputs as [Node, Node, Node]
  return otherwise.op === 'constant' && otherwise.attributes.value === -Infinity ? condition : null
}

function isZero(node: Node): boolean {
  return node.op === 'constant' && node.attributes.value === 0
}
