import { constant, select, type Operand } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'
import { transplant } from '../graph/rebuild.ts'

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

/**
 * `choice ? a : b` with the derivative of the branch taken alone. A choice between `log(x)` and 0 has an adjoint of 0 for `log(x)`
 * where that isn't taken, but 0 times the infinite derivative there is NaN. So each branch reads its variables as 1 where it isn't
 * taken, and whatever the adjoint of that is, the choice between x and 1 drops.
 */
export function decide(choice: Choice, a: Operand, b: Operand, variables: ReadonlySet<Operand>): Operand {
  return choice(
    shield(a, variables, (variable) => choice(variable, 1)),
    shield(b, variables, (variable) => choice(1, variable)),
  )
}

function shield(branch: Operand, variables: ReadonlySet<Operand>, guard: (variable: Node) => Operand): Operand {
  if (typeof branch === 'number' || isLinear(branch, variables)) return branch
  return transplant(branch, (node) => {
    if (!variables.has(node)) return node.op === 'constant' ? node : undefined
    const guarded = guard(node)
    return typeof guarded === 'number' ? constant(node.graph, guarded, node.shape) : guarded
  })
}

/** Whether no factor of the derivative depends on the variables, so that none can be infinite. */
function isLinear(branch: Node, variables: ReadonlySet<Operand>): boolean {
  const reached = new Set([branch])
  for (const node of reached) {
    if (variables.has(node) || node.op === 'constant') continue
    const [a, b] = node.inputs
    const isFactor = a?.op === 'constant' || b?.op === 'constant'
    const keeps =
      ['negate', 'add', 'subtract', 'select'].includes(node.op) ||
      (node.op === 'multiply' && isFactor) ||
      (node.op === 'divide' && b?.op === 'constant' && b.attributes.value !== 0)
    if (!keeps) return false
    // The test of a select has no derivative.
    for (const input of node.op === 'select' ? node.inputs.slice(1) : node.inputs) reached.add(input)
  }
  return true
}
