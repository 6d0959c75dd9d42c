import type { ModuleDescription, ObjectiveDescription } from '../emit/description.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import type { Network } from '../language/networks/network.ts'
import { nodesOf, type Prediction } from '../language/networks/builder.ts'
import { stateOf } from '../language/networks/objectives.ts'
import { shareIn, viewsOf } from '../language/networks/views.ts'
import { describeScalars } from './carried.ts'

/** What is told of the losses of a network that has several. */
export function describeObjectives(network: Network): Pick<ModuleDescription, 'objectives' | 'metricReads'> {
  if (network.objectives.length === 0) return {}
  let before = 0
  const objectives = viewsOf(network).map(({ network: view, objective: name }): ObjectiveDescription => {
    const { optimizer, learningRate } = view.train
    const states = optimizer.states.map((state) => stateOf(name, state))
    const scalars = describeScalars(view, before)
    before += (states.length + scalars.length) * view.trained.length
    return {
      ...{ name: name!, reads: readIn(view), trained: view.trained.map((parameter) => parameter.name) },
      ...{ rate: shareIn(network, learningRate), states, scalars },
      optimizer: optimizer.identity,
    }
  })
  const sums = [network, network.training].flatMap(({ metrics = [] }) => metrics.flatMap((metric) => metric.sums))
  return { objectives, metricReads: portsRead(network, sums) }
}

/** What a step or the loss of a view reads; all inputs where that is none, as somebody must say how many samples there are. */
function readIn(view: Network): string[] {
  const lossesOf = ({ losses, normalizers }: Prediction) =>
    nodesOf({ outputs: [], losses, ...(normalizers && { normalizers }) })
  const assigned = [...view.writes, ...view.starts].map(({ value }) => value)
  const read = portsRead(view, [...lossesOf(view), ...lossesOf(view.training), ...assigned])
  const inputs = view.inputs.map(({ name }) => name)
  return inputs.some((name) => read.includes(name)) ? read : [...inputs, ...read]
}

function portsRead({ inputs, targets }: Network, nodes: readonly Node[]): string[] {
  const needed = new Set(topologicalOrder(nodes))
  return [...inputs, ...targets].filter(({ node }) => needed.has(node)).map(({ name }) => name)
}
