import type { Node } from '../node.ts'
import { nameForm, type Equation, type Form } from './form.ts'
import { definitionOf } from './formOf.ts'
import { chooseNames, everyName, isLeaf, withRegions, type Naming } from './names.ts'

/**
 * Equations as in a book: for one sample (the batch axis is left out), Ω h for products, ⊙ between tensors, I[·] for choices
 * against zero. A sum over the n samples as a whole, such as a gradient, is written for one; within an equation, as in a mean over
 * the batch, it is sum_n. One line for each named node that `outputs` need, and for each output; the forward pass comes first.
 * Where no adjoints are given, all nodes belong to it.
 */
export function equationsOf(
  outputs: readonly Node[],
  { symbols, adjoints = new Map(), forward }: Partial<Naming> & Pick<Naming, 'symbols'>,
): Equation[] {
  const order = withRegions(outputs)
  const naming = chooseNames(order, { symbols, adjoints, forward: forward ?? new Set(order) }, new Set(outputs))
  const defined = order.filter((node) => !isLeaf(node))
  return [
    ...defined.flatMap((node) => symbolLine(node, naming) ?? []),
    ...order.flatMap((node) => adjointLine(node, naming) ?? []),
  ]
}

/** The equations that a node's names stand for: a forward node may be an adjoint too, as ∂ℓ/∂f = f - y is. */
export function linesOf(node: Node, naming: Naming): Equation[] {
  return [symbolLine(node, naming), adjointLine(node, naming)].filter((line) => line !== undefined)
}

/** The right side of a node's equation. An adjoint's alone sees the names of adjoints: no forward node is defined by a derivative. */
export function rightSide(node: Node, naming: Naming): Form {
  const { symbols, adjoints, forward } = naming
  const isForward = forward.has(node) && (symbols.has(node) || !adjoints.has(node))
  return definitionOf(node, isForward ? symbols : everyName(naming))
}

function symbolLine(node: Node, naming: Naming): Equation | undefined {
  const symbol = naming.symbols.get(node)
  return symbol === undefined ? undefined : { left: nameForm(symbol), sign: '=', right: rightSide(node, naming) }
}

function adjointLine(node: Node, naming: Naming): Equation | undefined {
  const [adjoint, symbol] = [naming.adjoints.get(node), naming.symbols.get(node)]
  if (adjoint === undefined) return undefined
  const right = symbol === undefined ? rightSide(node, naming) : nameForm(symbol)
  return { left: nameForm(adjoint), sign: '=', right }
}
