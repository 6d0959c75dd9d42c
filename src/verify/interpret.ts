import { differentiate } from '../calculus/differentiate.ts'
import { shareOf, type Objective } from '../calculus/training.ts'
import { broadcast, sum } from '../graph/build.ts'
import type { Bindings } from '../graph/evaluate.ts'
import type { Node } from '../graph/node.ts'

/** What a network computes from the values of its leaves, each tensor as a T. */
export interface Results<T> {
  /** One for each output. */
  readonly predictions: readonly T[]
  /** The sum of the samples' losses, a scalar. */
  readonly lossSum: T
  /** The same of their normalizers, where they have some. */
  readonly normalizerSum?: T
  /** Of the mean loss, by parameter. */
  readonly gradients: Readonly<Record<string, T>>
}

/** What a step of training computes besides. */
export interface TrainingResults<T> extends Results<T> {
  /** In training mode, as the gradients. */
  readonly trainingLossSum: T
  readonly trainingNormalizerSum?: T
  /** In the order of the objective. */
  readonly writes: readonly T[]
}

/** Gives nodes their values, each tensor as a T. */
export type Evaluate<T> = (outputs: readonly Node[], bindings: Bindings) => readonly T[]

/** The reference: a graph, differentiated but not simplified, in any way of evaluating it. */
export function interpret({
  outputs,
  losses,
  normalizers,
  training,
  parameters,
  writes,
}: Objective): <T>(evaluate: Evaluate<T>, bindings: Bindings) => TrainingResults<T> {
  const adjoints = differentiate(training.losses, broadcast(shareOf(training), losses.shape, []), parameters)
  const divisors = normalizers && training.normalizers ? [normalizers, training.normalizers] : []
  const forward = [...[losses, training.losses, ...divisors].map((each) => sum(each, [0])), ...outputs]
  const nodes = [...forward, ...parameters.map((node) => adjoints.get(node)!), ...writes.map(({ value }) => value)]
  return (evaluate, bindings) => {
    const [lossSum, trainingLossSum, ...rest] = [...evaluate(nodes, bindings)]
    const [normalizerSum, trainingNormalizerSum] = rest.splice(0, divisors.length)
    const values = rest.slice(outputs.length)
    return {
      ...{ predictions: rest.slice(0, outputs.length), lossSum: lossSum!, trainingLossSum: trainingLossSum! },
      ...(normalizerSum && trainingNormalizerSum && { normalizerSum, trainingNormalizerSum }),
      gradients: Object.fromEntries(parameters.map((parameter, k) => [nameOf(parameter), values[k]!])),
      writes: values.slice(parameters.length),
    }
  }
}

/** The name of a leaf. */
export function nameOf(leaf: Node): string {
  if (leaf.op !== 'parameter' && leaf.op !== 'input' && leaf.op !== 'state') throw new Error(`${leaf.op} has no name`)
  return leaf.attributes.name
}
