import { stateName } from '../base/name.ts'
import type { ModuleDescription, ObjectiveDescription } from '../emit/description.ts'
import type { Network } from '../language/networks/network.ts'
import { inputsNeeded, nodesOf, portsNeeded, type Port, type Prediction } from '../language/networks/builder.ts'
import { shareIn, viewsOf } from '../language/networks/views.ts'
import { describeScalars } from './carried.ts'

/** What is told of the losses of a network that has several. */
export function describeObjectives(network: Network): Pick<ModuleDescription, 'objectives' | 'metricReads'> {
  if (network.objectives.length === 0) return {}
  let before = 0
  const objectives = viewsOf(network).map(({ network: view, objective: name }): ObjectiveDescription => {
    const { optimizer, learningRate } = view.train
    const states = optimizer.states.map((state) => stateName(state, name))
    const scalars = describeScalars(view, before)
    const described = {
      ...{ name: name!, reads: readIn(view), trained: view.trained.map((parameter) => parameter.name) },
      ...{ rate: shareIn(network, learningRate), optimizer: optimizer.identity, states, scalars, before },
    }
    before += (states.length + scalars.length) * view.trained.length
    return described
  })
  const sums = [network, network.training].flatMap(({ metrics = [] }) => metrics.flatMap((metric) => metric.sums))
  return { objectives, metricReads: namesOf(portsNeeded(sums, [...network.inputs, ...network.targets])) }
}

/** The names of what a step or the loss of a view reads. */
function readIn(view: Network): string[] {
  const lossesOf = ({ losses, normalizers }: Prediction) =>
    nodesOf({ outputs: [], losses, ...(normalizers && { normalizers }) })
  const assigned = [...view.writes, ...view.starts].map(({ value }) => value)
  const nodes = [...lossesOf(view), ...lossesOf(view.training), ...assigned]
  return namesOf([...inputsNeeded(nodes, view.inputs), ...portsNeeded(nodes, view.targets)])
}

const namesOf = (ports: readonly Port[]) => ports.map(({ name }) => name)
