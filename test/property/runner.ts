import { differentiate } from '../../src/calculus/differentiate.ts'
import type { Objective } from '../../src/calculus/training.ts'
import { broadcast, constant, divide, extent, sum } from '../../src/graph/build.ts'
import { evaluate, type Bindings } from '../../src/graph/evaluate.ts'
import { expectSameValues } from './compare.ts'
import { bindingsFor, nameOf, type Network } from './network.ts'

/** What a compiled network computes from the values of its leaves. */
export interface Results {
  readonly prediction: ArrayLike<number>
  /** The sum of the samples' losses. */
  readonly lossSum: number
  /** Of the mean loss, by parameter. */
  readonly gradients: Readonly<Record<string, ArrayLike<number>>>
}

/** A way to run a network: as loops, as an emitted module … */
export type Runner = (bindings: Bindings) => Results

/** What a step of training computes besides. */
export interface TrainingResults extends Results {
  /** In training mode, as the gradients. */
  readonly trainingLossSum: number
  /** In the order of the objective. */
  readonly writes: readonly ArrayLike<number>[]
}

/** The reference: a graph, differentiated but not simplified, evaluated by the interpreter. */
export function interpret(objective: Objective, evaluateNodes = evaluate): (bindings: Bindings) => TrainingResults {
  const { output, losses, training, parameters, writes } = objective
  const share = divide(constant(losses.graph, 1), extent(losses.graph))
  const adjoints = differentiate(training.losses, broadcast(share, losses.shape, []), parameters)
  const forward = [output, ...[losses, training.losses].map((each) => sum(each, [0]))]
  const nodes = [...forward, ...parameters.map((node) => adjoints.get(node)!), ...writes.map(({ value }) => value)]
  return (bindings) => {
    const [prediction, loss, trainingLoss, ...values] = evaluateNodes(nodes, bindings)
    return {
      prediction: prediction!,
      lossSum: loss![0]!,
      trainingLossSum: trainingLoss![0]!,
      gradients: Object.fromEntries(parameters.map((parameter, k) => [nameOf(parameter), values[k]!])),
      writes: values.slice(parameters.length),
    }
  }
}

/** Asserts that a runner agrees with the interpreter to the last bit, for full and partial batches: no pass may change a rounding. */
export function expectAgreement(network: Network, runner: Runner, seed: number, longestRun?: number): void {
  const reference = interpret(network)
  for (const n of new Set([network.batch, 1, Math.ceil(network.batch / 2)])) {
    const bindings = { ...bindingsFor(network, n, seed + n), ...(longestRun === undefined ? {} : { longestRun }) }
    const [actual, expected] = [runner(bindings), reference(bindings)]
    const of = (what: string) => `${what} for ${n} of ${network.batch} samples`
    expectSameValues(actual.prediction, expected.prediction, of('the prediction'))
    expectSameValues([actual.lossSum], [expected.lossSum], of('the loss'))
    for (const [name, gradient] of Object.entries(expected.gradients))
      expectSameValues(actual.gradients[name]!, gradient, of(`the gradient of ${name}`))
  }
}
