import { simplify } from '../calculus/algebra.ts'
import { evaluate } from '../graph/evaluate.ts'
import type { Network } from '../language/networks/network.ts'
import { bindingsOf, type Data, type State } from './data.ts'
import type { Findings } from './findings.ts'
import { interpret, nameOf, type Evaluate } from './interpret.ts'

/** Whether simplified graphs, of the network and of its derivatives, have the values of those that were built: no rule changes one. */
export function checkSimplification(network: Network, data: Data, state: State, findings: Findings): void {
  const { outputs, starts, writes, trained, emit } = network
  const derivable = [...trained, ...emit.inputGradients]
  const simplified: Evaluate<Float64Array> = (nodes, bindings) => {
    const forms = simplify(nodes)
    return evaluate(
      nodes.map((node) => forms.get(node)!),
      bindings,
    )
  }
  const objective = { ...network, parameters: derivable.map(({ node }) => node), writes: [...writes, ...starts] }
  const bindings = bindingsOf(data, state)
  const run = interpret(objective)
  const [found, built] = [run(simplified, bindings), run(evaluate, bindings)]
  outputs.forEach(({ shape }, k) =>
    findings.compare(found.predictions[k]!, built.predictions[k]!, {
      quantity: 'simplified, the prediction',
      shape: [data.samples, ...(shape.slice(1) as number[])],
    }),
  )
  findings.compare(found.lossSum, built.lossSum, { quantity: 'simplified, the sum of losses', shape: [] })
  findings.compare(found.trainingLossSum, built.trainingLossSum, {
    quantity: 'simplified, the sum of training losses',
    shape: [],
  })
  for (const { name: tensor } of derivable)
    findings.compare(found.gradients[tensor]!, built.gradients[tensor]!, {
      quantity: 'simplified, the gradient by',
      tensor,
    })
  objective.writes.forEach(({ target }, k) =>
    findings.compare(found.writes[k]!, built.writes[k]!, {
      quantity: 'simplified, the new',
      tensor: nameOf(target),
    }),
  )
}
