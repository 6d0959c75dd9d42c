import type { Pass } from '../base/passes.ts'
import type { Precision } from '../base/precision.ts'
import { recognise as recogniseIdioms } from '../calculus/idioms/index.ts'
import { checkGraph } from '../graph/check.ts'
import type { Node } from '../graph/node.ts'
import { Sections } from '../graph/sections.ts'
import { nodesOf, type Prediction } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'

interface Known {
  readonly network: Network
}

/** Puts forms that stay finite in place of textbook formulas, before they are differentiated. */
export const recognise: Pass<Known, { readonly network: Network }> = {
  name: 'recognise',
  run: ({ network }) => ({ network: withIdioms(network, network.emit.precision) }),
  check: ({ network }) => {
    checkGraph(resultsOf(network))
  },
}

/** All that a network computes. */
function resultsOf(network: Network): Node[] {
  const { training, writes, starts, objectives } = network
  const assigned = [...writes, ...starts].map(({ value }) => value)
  const others = objectives.flatMap(({ evaluation, training }) => [evaluation, training])
  return [...[network, training, ...others].flatMap(nodesOf), ...assigned]
}

/** The same network, with idioms recognised. What has become another node keeps its name and its layer. */
export function withIdioms(network: Network, precision: Precision): Network {
  const recognised = recogniseIdioms(resultsOf(network), precision, new Map(network.recognised))
  const of = (node: Node) => recognised.get(node)!
  const assigned = (list: Network['writes']) => list.map(({ target, value }) => ({ target, value: of(value) }))
  const predicted = ({ outputs, losses, normalizers, metrics }: Prediction): Prediction => ({
    ...{ outputs: outputs.map(of), losses: of(losses) },
    ...(normalizers && { normalizers: of(normalizers) }),
    ...(metrics && { metrics: metrics.map((metric) => ({ ...metric, sums: metric.sums.map(of) })) }),
  })
  const moved = <T>(known: ReadonlyMap<Node, T>) => {
    const result = new Map<Node, T>()
    for (const [node, what] of known) {
      const now = recognised.get(node) ?? node
      if (!result.has(now)) result.set(now, what)
    }
    return result
  }
  const sections = new Sections()
  for (const [name, nodes] of network.sections)
    sections.add(
      name,
      nodes.map((node) => recognised.get(node) ?? node),
    )
  return {
    ...network,
    ...predicted(network),
    training: predicted(network.training),
    objectives: network.objectives.map((objective) => ({
      ...objective,
      evaluation: predicted(objective.evaluation),
      training: predicted(objective.training),
      writes: assigned(objective.writes),
    })),
    writes: assigned(network.writes),
    starts: assigned(network.starts),
    symbols: moved(network.symbols),
    origins: moved(network.origins),
    sections: sections.nodes,
  }
}
