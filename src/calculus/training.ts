import { add, broadcast, constant, detach, divide, equal, extent, multiply, select, sum } from '../graph/build.ts'
import { derivativeSymbol } from '../graph/equations/derivativeSymbol.ts'
import { withRegions, type Naming, type Symbols } from '../graph/equations/names.ts'
import type { Node } from '../graph/node.ts'
import { simplify } from './algebra.ts'
import { differentiate } from './differentiate.ts'

/** Predictions ['batch', …] and the loss of each sample, ['batch']. */
interface Prediction {
  readonly outputs: readonly Node[]
  readonly losses: Node
  /** What the sum of the losses is divided by the sum of: ['batch']. The samples' number where there is none. */
  readonly normalizers?: Node
  /** Scalars of a batch from which metrics are made. */
  readonly metrics?: readonly { readonly name: string; readonly sums: readonly Node[] }[]
}

/** What a tensor that outlasts a step becomes. */
interface Assignment {
  readonly target: Node
  readonly value: Node
}

/** A network as mathematics: what it predicts and loses in evaluation mode, and what is trained. */
export interface Objective extends Prediction {
  readonly training: Prediction
  readonly parameters: readonly Node[]
  /** What else to differentiate by, such as an input. */
  readonly variables?: readonly Node[]
  /** For each parameter a leaf of its shape: together a direction, along which the gradients' derivatives are to be derived. */
  readonly directions?: readonly Node[]
  /** What a training step leaves in untrained tensors. */
  readonly writes: readonly Assignment[]
  /** What parameters start as on a batch. */
  readonly starts: readonly Assignment[]
  /** What nodes are called in equations. */
  readonly symbols: Symbols
}

/** Both as they come out of simplification, with the sums over the samples of losses and normalizers, scalars. */
interface Evaluation extends Prediction {
  readonly lossSum: Node
  readonly normalizerSum?: Node
}

export interface TrainingGraph extends Evaluation {
  readonly training: Evaluation
  /** Of the training losses, in the order of the parameters. */
  readonly gradients: readonly Node[]
  /** In the order of the variables: row by row for each sample. */
  readonly variableGradients: readonly Node[]
  /** The Hessian of the training losses times the direction, in the order of the parameters; none where there is no direction. */
  readonly hessianProducts: readonly Node[]
  readonly writes: readonly Assignment[]
  readonly starts: readonly Assignment[]
  /** What the simplified nodes are called. */
  readonly names: Naming
  /** The forward node whose adjoint a node is: one with a symbol, if there is any. */
  readonly primals: ReadonlyMap<Node, Node>
  /** What each node that was given has become. */
  readonly simplified: ReadonlyMap<Node, Node>
}

/** H v = ∂(gᵀ v)/∂θ, one more reverse pass: Pearlmutter 1994 has it as R{g}. */
export function hessianProducts(
  gradients: readonly Node[],
  directions: readonly Node[],
  parameters: readonly Node[],
): Node[] {
  const terms = directions.map((direction, k) => {
    const product = multiply(gradients[k]!, direction)
    return sum(
      product,
      product.shape.map((_, axis) => axis),
    )
  })
  const [first, ...others] = terms
  if (!first) return []
  const along = others.reduce((total, term) => add(total, term), first)
  const adjoints = differentiate(along, constant(along.graph, 1), parameters)
  return parameters.map((node) => adjoints.get(node)!)
}

/** A sample's share in the loss of a batch: 1 / n, or 1 / Σ m, and 0 where that is 0. */
export function shareOf({ losses, normalizers }: Pick<Prediction, 'losses' | 'normalizers'>): Node {
  const { graph } = losses
  if (!normalizers) return divide(constant(graph, 1), extent(graph))
  const total = detach(sum(normalizers, [0]))
  const isNone = equal(total, 0)
  return select(isNone, 0, divide(1, select(isNone, 1, total)))
}

/**
 * Derives the backward pass and simplifies both.
 * @param weighting `mean`: gradients of the mean loss over the n samples, to train with. `sum`: gradients summed over the samples, as
 *   in a book, where one sample stands for all.
 */
export function deriveTraining(
  { training, parameters, variables = [], directions = [], writes, starts, symbols, ...evaluation }: Objective,
  weighting: 'mean' | 'sum',
): TrainingGraph {
  const { losses } = training
  const share = weighting === 'mean' ? shareOf(training) : constant(losses.graph, 1)
  const seed = broadcast(share, losses.shape, [])
  const adjoints = differentiate(losses, seed, [...parameters, ...variables])
  const predictions = [evaluation, training].flatMap(({ outputs, losses, normalizers, metrics = [] }) => [
    ...outputs,
    ...metrics.flatMap(({ sums }) => sums),
    ...[losses, ...(normalizers ? [normalizers] : [])].map((each) => sum(each, [0])),
  ])
  const values = [...writes, ...starts].map(({ value }) => value)
  const products = hessianProducts(
    parameters.map((node) => adjoints.get(node)!),
    directions,
    parameters,
  )
  const simplified = simplify([...predictions, ...adjoints.values(), ...values, ...products])
  const of = (node: Node) => simplified.get(node)!
  const adjointOf = (node: Node) => of(adjoints.get(node)!)
  const assigned = ({ target, value }: Assignment): Assignment => ({ target, value: of(value) })
  const evaluated = ({ outputs, losses, normalizers, metrics }: Prediction): Evaluation => ({
    outputs: outputs.map(of),
    losses: of(losses),
    lossSum: of(sum(losses, [0])),
    ...(normalizers && { normalizers: of(normalizers), normalizerSum: of(sum(normalizers, [0])) }),
    ...(metrics && { metrics: metrics.map(({ name, sums }) => ({ name, sums: sums.map(of) })) }),
  })

  const names = new Map<Node, string>()
  for (const [node, name] of symbols) if (simplified.has(node) && !names.has(of(node))) names.set(of(node), name)
  const adjointNames = new Map<Node, string>()
  const primals = new Map<Node, Node>()
  for (const [primal, adjoint] of adjoints) {
    if (primal === losses) continue
    const node = of(adjoint)
    const name = symbols.get(primal)
    const known = primals.get(node)
    if (!known || (name !== undefined && !names.has(known))) primals.set(node, of(primal))
    if (name !== undefined && !names.has(node) && !adjointNames.has(node))
      adjointNames.set(node, derivativeSymbol(symbols.get(losses) ?? 'ℓ', [name]))
  }
  return {
    ...evaluated(evaluation),
    training: evaluated(training),
    gradients: parameters.map(adjointOf),
    variableGradients: variables.map(adjointOf),
    hessianProducts: products.map(of),
    writes: writes.map(assigned),
    starts: starts.map(assigned),
    names: {
      symbols: names,
      adjoints: adjointNames,
      forward: new Set(withRegions([...predictions, ...values].map(of))),
    },
    primals,
    simplified,
  }
}
