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

/** The reference: a graph, differentiated by `parameters` but not simplified, evaluated by the interpreter. */
export function interpret({ output, losses, parameters }: Objective): Runner {
  const share = divide(constant(losses.graph, 1), extent(losses.graph))
  const adjoints = differentiate(losses, broadcast(share, losses.shape, []), parameters)
  const nodes = [output, sum(losses, [0]), ...parameters.map((node) => adjoints.get(node)!)]
  return (bindings) => {
    const [prediction, loss, ...values] = evaluate(nodes, bindings)
    return {
      prediction: prediction!,
      lossSum: loss![0]!,
      gradients: Object.fromEntries(parameters.map((parameter, k) => [nameOf(parameter), values[k]!])),
    }
  }
}

/** Asserts that a runner agrees with the interpreter to the last bit, for full and partial batches: no pass may change a rounding. */
export function expectAgreement(network: Network, runner: Runner, seed: number): void {
  const reference = interpret(network)
  for (const n of new Set([network.batch, 1, Math.ceil(network.batch / 2)])) {
    const bindings = bindingsFor(network, n, seed + n)
    const [actual, expected] = [runner(bindings), reference(bindings)]
    const of = (what: string) => `${what} for ${n} of ${network.batch} samples`
    expectSameValues(actual.prediction, expected.prediction, of('the prediction'))
    expectSameValues([actual.lossSum], [expected.lossSum], of('the loss'))
    for (const [name, gradient] of Object.entries(expected.gradients))
      expectSameValues(actual.gradients[name]!, gradient, of(`the gradient of ${name}`))
  }
}
