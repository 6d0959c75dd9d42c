import type { Pass } from '../base/passes.ts'
import { deriveTraining, type TrainingGraph } from '../calculus/training.ts'
import { checkGraph } from '../graph/check.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf } from '../language/networks/views.ts'

interface Known {
  readonly network: Network
}

/** What is derived: for each view of the network, and as a whole. */
export interface Differentiated {
  /** That of the first view, with the names of all. */
  readonly training: TrainingGraph
  /** One for each view. Predictions and start values are in the first. */
  readonly derived: readonly TrainingGraph[]
}

/** Derives the gradients of the mean losses, and simplifies all that is computed. */
export const differentiate: Pass<Known, Differentiated> = {
  name: 'differentiate',
  run: ({ network }) => {
    const derived = viewsOf(network).map(({ network: view }, k) => derive(k === 0 ? view : withoutPredictions(view)))
    return { training: named(derived), derived }
  },
  check: ({ derived }) => {
    for (const { outputs, lossSum, training, gradients, variableGradients, hessianProducts, ...assigned } of derived) {
      checkGraph([...outputs, lossSum, training.lossSum, ...gradients, ...variableGradients, ...hessianProducts])
      checkGraph([...assigned.writes, ...assigned.starts].map(({ value }) => value))
    }
  },
}

function derive(network: Network): TrainingGraph {
  const nodes = (list: readonly { readonly node: Node }[]) => list.map(({ node }) => node)
  const { trained, emit } = network
  return deriveTraining(
    { ...network, parameters: nodes(trained), variables: nodes(emit.inputGradients), directions: emit.directions },
    'mean',
  )
}

/** What of a network only one of its views computes: metrics of training too. */
function withoutPredictions(network: Network): Network {
  const { losses, normalizers } = network.training
  const training = { outputs: [], losses, ...(normalizers && { normalizers }) }
  return { ...network, outputs: [], training, starts: [] }
}

/** The first with the names of all: what two of them name is one node, or has the name that the first gives. */
function named(derived: readonly TrainingGraph[]): TrainingGraph {
  const [first] = derived as readonly [TrainingGraph, ...TrainingGraph[]]
  if (derived.length === 1) return first
  const joined = <T>(of: (training: TrainingGraph) => ReadonlyMap<Node, T>) =>
    new Map(derived.toReversed().flatMap((training) => [...of(training)]))
  return {
    ...first,
    names: {
      symbols: joined(({ names }) => names.symbols),
      adjoints: joined(({ names }) => names.adjoints),
      forward: new Set(derived.flatMap(({ names }) => [...names.forward])),
    },
    primals: joined(({ primals }) => primals),
    simplified: joined(({ simplified }) => simplified),
  }
}
