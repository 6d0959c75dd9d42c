import type { Node } from '../node.ts'
import { nameForm, type Equation } from './form.ts'
import { definitionOf } from './formOf.ts'
import { isLeaf, withRegions, withTemporaries, type Symbols } from './names.ts'

/**
 * Equations as in a book: for one sample (the batch axis is left out), Ω h for products, ⊙ between tensors, I[·] for choices
 * against zero. A sum over the n samples as a whole, such as a gradient, is written for one; within an equation, as in a mean over
 * the batch, it is sum_n. One line for each named node that `outputs` need, and for each output.
 */
export function equationsOf(outputs: readonly Node[], symbols: Symbols): Equation[] {
  const order = withRegions(outputs)
  const names = withTemporaries(order, symbols)
  const lines = order
    .filter((node) => names.has(node) && !isLeaf(node))
    .map((node): Equation => ({ left: nameForm(names.get(node)!), sign: '=', right: definitionOf(node, names) }))
  const unnamed = outputs
    .filter((node) => !names.has(node) && !isLeaf(node))
    .map((node): Equation => ({ sign: '=', right: definitionOf(node, names) }))
  return [...lines, ...unnamed]
}
