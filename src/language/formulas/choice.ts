import { broadcast, constant, select, type Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { transplant } from '../../graph/rebuild.ts'

/** A test, as the choice that it makes: the first operand where it holds, else the second. */
export type Choice = (whenTrue: Operand, whenFalse: Operand) => Operand

export function always(holds: boolean): Choice {
  return (whenTrue, whenFalse) => (holds ? whenTrue : whenFalse)
}

/** @param truth a node of truth values, or a number that isn't 0. */
export function where(truth: Operand): Choice {
  if (typeof truth === 'number') return always(truth !== 0)
  return (whenTrue, whenFalse) => select(truth, whenTrue, whenFalse)
}

export function not(p: Choice): Choice {
  return (whenTrue, whenFalse) => p(whenFalse, whenTrue)
}

export function both(p: Choice, q: Choice): Choice {
  return (whenTrue, whenFalse) => p(q(whenTrue, whenFalse), whenFalse)
}

export function either(p: Choice, q: Choice): Choice {
  return (whenTrue, whenFalse) => p(whenTrue, q(whenTrue, whenFalse))
}

/** Tells which nodes of a branch are its variables. Nodes below a variable are no part of the branch. */
export type IsVariable = (node: Node) => boolean

/**
 * `choice ? a : b` with the derivative of the branch taken alone. A choice between `log(x)` and 0 has an adjoint of 0 for `log(x)`
 * where that isn't taken, but 0 times the infinite derivative there is NaN. So inside the branch not taken, x is replaced by
 * `taken ? x : 1`: the branch's derivative is finite, and the choice between x and 1 discards it.
 */
export function decide(choice: Choice, a: Operand, b: Operand, isVariable: IsVariable): Operand {
  return choice(
    shield(a, isVariable, (variable) => choice(variable, 1)),
    shield(b, isVariable, (variable) => choice(1, variable)),
  )
}

function shield(branch: Operand, isVariable: IsVariable, guard: (variable: Node) => Operand): Operand {
  if (typeof branch === 'number' || isLinear(branch, isVariable)) return branch
  /** @param place repeats a value as the branch does: a choice along an axis is made before what repeats along it is read. */
  const guarded = (expression: Node, place: (value: Node) => Node): Node =>
    transplant(expression, (node) => {
      if (isVariable(node)) {
        const value = guard(place(node))
        return typeof value === 'number' ? constant(node.graph, value, place(node).shape) : value
      }
      if (node.op === 'constant') return place(node)
      if (node.op !== 'broadcast') return undefined
      const { shape, attributes } = node
      return guarded(node.inputs[0]!, (value) => place(broadcast(value, shape, attributes.axes)))
    })
  return guarded(branch, (value) => value)
}

/** Whether no factor of the derivative depends on the variables, so that none can be infinite. */
function isLinear(branch: Node, isVariable: IsVariable): boolean {
  const reached = new Set([branch])
  for (const node of reached) {
    if (isVariable(node) || node.op === 'constant') continue
    const [a, b] = node.inputs
    const isFactor = a?.op === 'constant' || b?.op === 'constant'
    const keeps =
      ['negate', 'add', 'subtract', 'select', 'broadcast'].includes(node.op) ||
      (node.op === 'multiply' && isFactor) ||
      (node.op === 'divide' && b?.op === 'constant' && b.attributes.value !== 0)
    if (!keeps) return false
    // The test of a select has no derivative.
    for (const input of node.op === 'select' ? node.inputs.slice(1) : node.inputs) reached.add(input)
  }
  return true
}
