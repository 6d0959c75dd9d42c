import type { Pass } from '../base/passes.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import { valuesWhileZero } from '../calculus/zeros.ts'
import type { Node } from '../graph/node.ts'
import { formatShape } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf } from '../language/networks/views.ts'
import type { Parameter } from '../language/networks/builder.ts'
import type { Finding } from '../language/text/source.ts'
import { listWords } from '../language/words/vocabulary.ts'

interface Known {
  readonly network: Network
  readonly derived: readonly TrainingGraph[]
}

/** Looks for what compiles and can't be meant. */
export const warn: Pass<Known, { readonly findings: readonly Finding[] }> = {
  name: 'warn',
  run: ({ network, derived }) => {
    const views = viewsOf(network)
    const findings = views.flatMap(({ network: view }, k) => {
      const all = trainedParameters(view, derived[k]!)
      const others = new Set(
        views.filter((_, at) => at !== k).flatMap(({ network: { trained } }) => trained.map(nameOf)),
      )
      // What another objective trains too may be moved by that.
      const own = all.filter(({ parameter }) => !others.has(parameter.name))
      return [...stuckParameters(network, own), ...undefinedGradients(network, all)]
    })
    return { findings }
  },
}

const nameOf = ({ name }: Parameter) => name

/** A trained parameter, with the gradient of the mean loss by it. */
interface Trained {
  readonly parameter: Parameter
  readonly gradient: Node
}

const nodesOf = (list: readonly Trained[]) => new Set(list.map(({ parameter }) => parameter.node))
const gradientsOf = (list: readonly Trained[]) => list.map(({ gradient }) => gradient)

function trainedParameters({ trained }: Network, { gradients }: TrainingGraph): Trained[] {
  return trained.map((parameter, k) => ({ parameter, gradient: gradients[k]! }))
}

/** Those that start at 0, whatever the data are. */
function startingAtZero(all: readonly Trained[], { starts }: Network): Trained[] {
  const given = new Set(starts.map(({ target }) => target))
  return all.filter(
    ({ parameter: { node, initial } }) =>
      initial.function === 'constant' && initial.arguments[0] === 0 && !given.has(node),
  )
}

/** Warns of parameters that start at 0 and whose gradients are 0 while all of them are: no optimizer moves them. */
function stuckParameters(network: Network, all: readonly Trained[]): Finding[] {
  const still = stuckAmong(startingAtZero(all, network))
  // Of what the loss doesn't reach, the gradient is 0 whatever the others are.
  const always = valuesWhileZero(gradientsOf(still), new Set())
  const stuck = still.filter(({ gradient }) => always.get(gradient) !== 0)
  const [first] = stuck
  if (!first) return []

  const names = stuck.map(({ parameter }) => nameIn(parameter, network))
  const freeing = stuck
    .slice(0, mostTried)
    .find((one) => stuckAmong(stuck.filter((other) => other !== one)).length === 0)
  const message =
    names.length === 1
      ? `${names[0]} starts at 0 and stays there: its gradient is 0 while it is`
      : `${listWords(names)} start at 0 and stay there: their gradients are 0 while all of them are`
  return [startOf(first, freeing ?? first, { code: 'stuck', message }, network)]
}

/** Warns of a parameter that starts at 0 where gradients, which are finite elsewhere, aren't, such as by u in u/|u|. */
function undefinedGradients(network: Network, all: readonly Trained[]): Finding[] {
  const areUndefined = (zeros: readonly Trained[]) => {
    const values = valuesWhileZero(gradientsOf(all), nodesOf(zeros))
    return all.some(({ gradient }) => Number.isNaN(values.get(gradient)))
  }
  const zeros = startingAtZero(all, network)
  if (!areUndefined(zeros) || areUndefined([])) return []
  const causes = zeros.slice(0, mostTried).filter((one) => areUndefined([one]))
  const first = causes[0] ?? zeros[0]!
  const message = `${nameIn(first.parameter, network)} starts at 0, where gradients of the loss aren't finite`
  return [startOf(first, first, { code: 'undefined', message }, network)]
}

/** A warning at one parameter, of how this or another starts. */
function startOf(
  { parameter }: Trained,
  { parameter: other }: Trained,
  what: Pick<Finding, 'code' | 'message'>,
  network: Network,
): Finding {
  const name = nameIn(other, network)
  const hint = isInEquations(other, network)
    ? `write ${name}: { shape: ${formatShape(other.shape)}, init: { normal: 0.1 } }`
    : `give ${name} another init`
  return { ...what, severity: 'warning', ...placeOf(parameter, network), hint }
}

function placeOf({ node }: Parameter, { origins }: Network) {
  return origins.get(node) ?? ({ path: [], part: 'value' } as const)
}

function isInEquations(parameter: Parameter, network: Network): boolean {
  return placeOf(parameter, network).path[0] === 'parameters'
}

function nameIn(parameter: Parameter, network: Network): string {
  return isInEquations(parameter, network) ? parameter.symbol : parameter.name
}

/** How many parameters are looked at for one that is to blame. */
const mostTried = 16

/** Rounds after which parameters that set one another free are taken to be free. */
const mostRounds = 50

/** The largest set of parameters whose gradients are 0 while all in the set are. */
function stuckAmong(candidates: readonly Trained[]): readonly Trained[] {
  let stuck = candidates
  for (let round = 0; round < mostRounds; round++) {
    const values = valuesWhileZero(gradientsOf(stuck), nodesOf(stuck))
    const still = stuck.filter(({ gradient }) => values.get(gradient) === 0)
    if (still.length === stuck.length) return still
    stuck = still
  }
  return []
}
