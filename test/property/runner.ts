import { evaluate, type Bindings } from '../../src/graph/evaluate.ts'
import { interpret, type Results } from '../../src/verify/interpret.ts'
import { expectSameValues } from './compare.ts'
import { bindingsFor, type Network } from './network.ts'

/** A way to run a network: as loops, as an emitted module … */
export type Runner = (bindings: Bindings) => Results<ArrayLike<number>>

/** Asserts that a runner agrees with the interpreter to the last bit, for full and partial batches: no pass may change a rounding. */
export function expectAgreement(network: Network, runner: Runner, seed: number, longestRun?: number): void {
  const reference = interpret(network)
  for (const n of new Set([network.batch, 1, Math.ceil(network.batch / 2)])) {
    const bindings = { ...bindingsFor(network, n, seed + n), ...(longestRun === undefined ? {} : { longestRun }) }
    const [actual, expected] = [runner(bindings), reference(evaluate, bindings)]
    const of = (what: string) => `${what} for ${n} of ${network.batch} samples`
    expected.predictions.forEach((prediction, k) =>
      expectSameValues(actual.predictions[k]!, prediction, of('the prediction')),
    )
    expectSameValues(actual.lossSum, expected.lossSum, of('the loss'))
    for (const [name, gradient] of Object.entries(expected.gradients))
      expectSameValues(actual.gradients[name]!, gradient, of(`the gradient of ${name}`))
  }
}
