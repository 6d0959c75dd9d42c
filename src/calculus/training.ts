import { broadcast, constant, divide, extent, sum } from '../graph/build.ts'
import { countUses, type Node } from '../graph/node.ts'
import { sampleShape } from '../graph/shape.ts'
import type { Symbols } from '../graph/print.ts'
import { simplify } from './algebra.ts'
import { differentiate } from './differentiate.ts'

/** A network as mathematics: what it predicts and loses, and what can be trained. */
export interface Objective {
  /** The prediction, ['batch', …]. */
  readonly output: Node
  /** The loss of each sample, ['batch']. */
  readonly losses: Node
  readonly parameters: readonly Node[]
  /** What else to differentiate by, such as an input. */
  readonly variables?: readonly Node[]
  /** What nodes are called in equations. */
  readonly symbols: Symbols
}

export interface TrainingGraph {
  readonly output: Node
  readonly losses: Node
  /** The sum over the samples of their losses, a scalar. */
  readonly lossSum: Node
  /** In the order of the parameters. */
  readonly gradients: readonly Node[]
  /** In the order of the variables: row by row for each sample. */
  readonly variableGradients: readonly Node[]
  /** Names of the simplified nodes, adjoints among them: `∂ℓ/∂f0`. */
  readonly symbols: Symbols
  /** The forward node whose adjoint a node is. */
  readonly primals: ReadonlyMap<Node, Node>
  /** What each node that was given has become. */
  readonly simplified: ReadonlyMap<Node, Node>
}

/**
 * Derives the backward pass and simplifies both.
 * @param weighting `mean`: gradients of the mean loss over the n samples, to train with. `sum`: gradients summed over the samples, as
 *   in a book, where one sample stands for all.
 */
export function deriveTraining(
  { output, losses, parameters, variables = [], symbols }: Objective,
  weighting: 'mean' | 'sum',
): TrainingGraph {
  const { graph } = losses
  const one = constant(graph, 1)
  const seed = broadcast(weighting === 'mean' ? divide(one, extent(graph)) : one, losses.shape, [])
  const adjoints = differentiate(losses, seed, [...parameters, ...variables])
  const lossSum = sum(losses, [0])
  const simplified = simplify([output, lossSum, ...adjoints.values()])
  const of = (node: Node) => simplified.get(node)!
  const adjointOf = (node: Node) => of(adjoints.get(node)!)

  const names = new Map<Node, string>()
  const primals = new Map<Node, Node>()
  const roots = [of(lossSum), ...[...parameters, ...variables].map(adjointOf)]
  const uses = countUses([of(output), ...roots])
  for (const [node, name] of symbols) if (simplified.has(node)) names.set(of(node), name)
  for (const [primal, adjoint] of adjoints) {
    if (primal === losses) continue
    const node = of(adjoint)
    if (!primals.has(node)) primals.set(node, of(primal))
    const name = symbols.get(primal)
    // A vector's adjoint that one equation alone reads is written out there: ∂ℓ/∂f0 = I[f0 > 0] ⊙ (Ω1ᵀ ∂ℓ/∂f1).
    const inPassing = sampleShape(primal.shape).length > 0 && !roots.includes(node) && uses.get(node) === 1
    if (name !== undefined && !names.has(node) && !inPassing) names.set(node, `∂${symbols.get(losses) ?? 'ℓ'}/∂${name}`)
  }
  return {
    output: of(output),
    losses: of(losses),
    lossSum: of(lossSum),
    gradients: parameters.map(adjointOf),
    variableGradients: variables.map(adjointOf),
    symbols: names,
    primals,
    simplified,
  }
}
