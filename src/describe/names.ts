import type { TrainingGraph } from '../calculus/training.ts'
import type { Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import type { Names } from './announce.ts'

/** The names of a network's nodes as they are after simplification. */
export function namesOf(network: Network, training: TrainingGraph): Names {
  const assigned = (list: TrainingGraph['writes'], purpose: 'commit' | 'start') =>
    list.map(({ target, value }) => [value, { purpose, symbol: network.symbols.get(target)! }] as const)
  return {
    symbols: training.symbols,
    primals: training.primals,
    parameters: new Set(network.parameters.map(({ node }) => node)),
    layerOf: layersOf(network, training),
    lossSums: new Map([
      [training.lossSum, 'loss_sum_eval'],
      [training.training.lossSum, 'loss_sum'],
    ]),
    assigned: new Map([...assigned(training.writes, 'commit'), ...assigned(training.starts, 'start')]),
  }
}

/** The layer of each simplified node: the first, where two layers' nodes became one. */
function layersOf({ sections }: Network, { simplified }: TrainingGraph): ReadonlyMap<Node, string> {
  const layers = new Map<Node, string>()
  for (const [layer, nodes] of sections)
    for (const node of nodes) {
      const known = simplified.get(node)
      if (known && !layers.has(known)) layers.set(known, layer)
    }
  return layers
}
