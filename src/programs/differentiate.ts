import type { Pass } from '../base/passes.ts'
import { deriveTraining, type TrainingGraph } from '../calculus/training.ts'
import { checkGraph } from '../graph/check.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'

interface Known {
  readonly network: Network
}

/** Derives the gradients of the mean loss, and simplifies all that is computed. */
export const differentiate: Pass<Known, { readonly training: TrainingGraph }> = {
  name: 'differentiate',
  run: ({ network }) => {
    const nodes = (list: readonly { readonly node: Node }[]) => list.map(({ node }) => node)
    const { trained, emit } = network
    return {
      training: deriveTraining(
        { ...network, parameters: nodes(trained), variables: nodes(emit.inputGradients), directions: emit.directions },
        'mean',
      ),
    }
  },
  check: ({
    training: { outputs, lossSum, training, gradients, variableGradients, hessianProducts, writes, starts },
  }) => {
    checkGraph([...outputs, lossSum, training.lossSum, ...gradients, ...variableGradients, ...hessianProducts])
    checkGraph([...writes, ...starts].map(({ value }) => value))
  },
}
