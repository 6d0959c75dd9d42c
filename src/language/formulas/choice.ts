import { branch, select, type Operand } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'

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
 * `choice ? a : b` with the derivative of the side taken alone, though the other may be undefined.
 * @param variables what both are expressions of; without any, they are of all that they need.
 */
export function decide(choice: Choice, a: Operand, b: Operand, variables: readonly Node[]): Operand {
  const side = (operand: Operand) => (typeof operand === 'number' ? operand : branch(operand, variables))
  return choice(side(a), side(b))
}

/** Functions that give one of their operands, and choose it by value. */
const choosing: ReadonlySet<string> = new Set(['max', 'min'])

/**
 * The operands of a function: branches, where it gives one of them, so that the derivatives of the others are 0 though they may be
 * infinite.
 * @param variables what the operands are expressions of.
 */
export function operandsFor(
  name: string,
  operands: readonly Operand[],
  variables: readonly Node[],
): readonly Operand[] {
  if (!choosing.has(name) || operands.length < 2) return operands
  const isGiven = (operand: Operand) =>
    typeof operand === 'number' || operand.element === 'truth' || variables.includes(operand)
  return operands.map((operand) => (isGiven(operand) ? operand : branch(operand as Node, variables)))
}
