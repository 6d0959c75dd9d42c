import { add, constant } from '../graph/build.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { adjointsOfInputs } from './adjoint.ts'
import { Branches } from './branches.ts'

/**
 * Reverse-mode differentiation, from graph to graph: the adjoints ∂(seed · output)/∂node.
 *
 * @param output any node; with per-sample losses ['batch'], a seed of ones gives the sums over the samples of ∂ℓ/∂θ, 1/n their mean.
 * @param seed the adjoint of `output`, in its shape.
 * @param variables the nodes asked for. Adjoints are derived only along paths that lead to one of them, so a network's input gradient
 *   isn't computed unless its input is a variable.
 * @returns adjoints of the variables and of all nodes between them and the output. A variable that the output doesn't depend on has
 *   a zero adjoint.
 */
export function differentiate(output: Node, seed: Node, variables: readonly Node[]): ReadonlyMap<Node, Node> {
  return pullBack(new Map([[output, seed]]), variables)
}

/** The same for several outputs, of Σ seed · output. @param isBranch whether all of it is within a branch. */
export function pullBack(
  seeds: ReadonlyMap<Node, Node>,
  variables: readonly Node[],
  isBranch = false,
): ReadonlyMap<Node, Node> {
  const order = topologicalOrder(seeds.keys())
  const active = new Set(variables)
  for (const node of order) if (node.inputs.some((input) => active.has(input))) active.add(node)
  const branches = new Branches(seeds.keys(), order, isBranch)

  const adjoints = new Map([...seeds].filter(([output]) => active.has(output)))
  for (const node of order.reverse()) {
    const adjoint = adjoints.get(node)
    if (!adjoint) continue
    const isRisky = branches.mayLeak(node)
    const pullBackWithin: typeof pullBack = (seeds, variables) => pullBack(seeds, variables, isRisky)
    const contributions = adjointsOfInputs(adjoint, isRisky ? branches.finite(node) : node, pullBackWithin)
    contributions.forEach((contribution, position) => {
      const input = node.inputs[position]!
      if (!contribution || !active.has(input)) return
      const clean = isRisky ? branches.settle(contribution, input, adjoint, node) : contribution
      const sum = adjoints.get(input)
      adjoints.set(input, sum ? add(sum, clean) : clean)
    })
  }
  for (const variable of variables)
    if (!adjoints.has(variable)) adjoints.set(variable, constant(variable.graph, 0, variable.shape))
  return adjoints
}
