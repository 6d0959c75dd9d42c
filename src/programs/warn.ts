import type { Pass } from '../base/passes.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import { valuesWhileZero } from '../calculus/zeros.ts'
import type { Node } from '../graph/node.ts'
import { formatShape } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'
import type { Parameter } from '../language/networks/builder.ts'
import type { Finding } from '../language/text/source.ts'
import { listWords } from '../language/words/vocabulary.ts'

interface Known {
  readonly network: Network
  readonly training: TrainingGraph
}

/** Looks for what compiles and can't be meant. */
export const warn: Pass<Known, { readonly findings: readonly Finding[] }> = {
  name: 'warn',
  run: ({ network, training }) => ({ findings: stuckParameters(network, training) }),
}

/** A trained parameter, with the gradient of the mean loss by it. */
interface Trained {
  readonly parameter: Parameter
  readonly gradient: Node
}

/** Warns of parameters that start at 0 and whose gradients are 0 while all of them are: no optimizer moves them. */
function stuckParameters({ trained, starts, origins }: Network, { gradients }: TrainingGraph): Finding[] {
  const given = new Set(starts.map(({ target }) => target))
  const startsAtZero = ({ parameter: { node, initial } }: Trained) =>
    initial.function === 'constant' && initial.arguments[0] === 0 && !given.has(node)
  const all = trained.map((parameter, k): Trained => ({ parameter, gradient: gradients[k]! }))
  const still = stuckAmong(all.filter(startsAtZero))
  // Of what the loss doesn't reach, the gradient is 0 whatever the others are.
  const always = valuesWhileZero(gradientsOf(still), new Set())
  const stuck = still.filter(({ gradient }) => always.get(gradient) !== 0)
  const [first] = stuck
  if (!first) return []

  const placeOf = ({ node }: Parameter) => origins.get(node) ?? ({ path: [], part: 'value' } as const)
  const { path, part } = placeOf(first.parameter)
  const isInEquations = (parameter: Parameter) => placeOf(parameter).path[0] === 'parameters'
  const names = stuck.map(({ parameter }) => (isInEquations(parameter) ? parameter.symbol : parameter.name))
  const { parameter } =
    stuck.slice(0, mostTried).find((one) => stuckAmong(stuck.filter((other) => other !== one)).length === 0) ?? first
  const message =
    names.length === 1
      ? `${names[0]} starts at 0 and stays there: its gradient is 0 while it is`
      : `${listWords(names)} start at 0 and stay there: their gradients are 0 while all of them are`
  const hint = isInEquations(parameter)
    ? `write ${parameter.symbol}: { shape: ${formatShape(parameter.shape)}, init: { normal: 0.1 } }`
    : `give ${parameter.name} another init`
  return [{ code: 'stuck', severity: 'warning', path, part, message, hint }]
}

const gradientsOf = (list: readonly Trained[]) => list.map(({ gradient }) => gradient)

/** How many parameters are looked at for one that would set the others free. */
const mostTried = 16

/** Rounds after which parameters that set one another free are taken to be free. */
const mostRounds = 50

/** The largest set of parameters whose gradients are 0 while all in the set are. */
function stuckAmong(candidates: readonly Trained[]): readonly Trained[] {
  let stuck = candidates
  for (let round = 0; round < mostRounds; round++) {
    const values = valuesWhileZero(gradientsOf(stuck), new Set(stuck.map(({ parameter }) => parameter.node)))
    const still = stuck.filter(({ gradient }) => values.get(gradient) === 0)
    if (still.length === stuck.length) return still
    stuck = still
  }
  return []
}
