import { asciiName } from '../../base/name.ts'
import { topologicalOrder, type Node } from '../../graph/node.ts'
import { namesIn } from '../formulas/names.ts'
import type { Finding, Path } from '../text/source.ts'
import type { Issue } from '../words/word.ts'
import type { NetworkBuilder } from './builder.ts'
import type { EquationReading } from './equationReading.ts'
import { goalsOf, isAmong, type Goal } from './goals.ts'
import type { EquationNetwork } from './schema.ts'

/**
 * Warnings of equations that lead nowhere, and of parameters and networks that no loss trains.
 * @param reading in training mode, as `losses` are.
 */
export function unusedParts(
  spec: EquationNetwork,
  outputs: readonly string[],
  { values }: EquationReading,
  losses: readonly Node[],
  builder: NetworkBuilder,
  isCalled: (network: string) => boolean,
): readonly Finding[] {
  const { equations, metrics = {}, parameters = {}, networks = {} } = spec
  const goals = goalsOf(spec)
  const lost = goals.flatMap(({ loss, normalizer = [] }) => [loss, normalizer].flat())
  const used = new Set([...outputs, ...lost, ...Object.values(metrics)])
  for (const { name, expression } of equations.toReversed())
    if (used.has(name)) for (const other of namesIn(expression)) used.add(other)
  const trained = new Set(losses.flatMap((node, k) => trainedBy(goals[k]!, node, builder)))
  const repair = 'objectives' in spec ? 'name it in trains of one' : 'let the loss depend on it'
  const hint = `${repair}, or take it out`
  const why =
    'objectives' in spec ? 'none of the objectives that depend on it trains it' : "the loss doesn't depend on it"
  return [
    ...equations.flatMap(({ name, nameSpan }, index) =>
      used.has(name)
        ? []
        : warning(['equations', index], {
            message: `nothing uses ${name}: neither the output nor the loss depends on it`,
            hint: 'take the equation out, or use it',
            within: nameSpan,
          }),
    ),
    ...Object.keys(parameters).flatMap((name) =>
      trained.has(values.get(name)!)
        ? []
        : warning(['parameters', name], {
            message: untrained(name, why),
            hint: used.has(name) ? `make it an input, or ${repair}` : 'take it out, or use it',
            part: 'key',
          }),
    ),
    ...Object.keys(networks).flatMap((name) =>
      idleParts(name, trained, isCalled(name), builder, why).map((message) =>
        warning(['networks', name], { message, hint, part: 'key' }),
      ),
    ),
  ]
}

function warning(path: Path, { message, hint, part = 'value', within }: Omit<Issue, 'code'>): Finding {
  return { code: 'unused', severity: 'warning', path, message, hint, part, within }
}

/** The parameters that a loss trains. */
function trainedBy({ objective }: Goal, loss: Node, { parameters }: NetworkBuilder): Node[] {
  const needed = new Set(topologicalOrder([loss]))
  const mayTrain = (name: string) => !objective || isAmong(objective.trains, name)
  return parameters.filter(({ name, node }) => needed.has(node) && mayTrain(name)).map(({ node }) => node)
}

/** What isn't trained of a network, though it could be. */
function idleParts(
  name: string,
  trained: ReadonlySet<Node>,
  called: boolean,
  { parameters }: NetworkBuilder,
  why: string,
): string[] {
  if (!called) return [`nothing calls ${name}`]
  const prefix = `${asciiName(name)}.`
  const own = parameters.filter((parameter) => parameter.name.startsWith(prefix) && !parameter.frozen)
  const idle = own.filter(({ node }) => !trained.has(node))
  if (idle.length > 0 && idle.length === own.length) return [untrained(name, why)]
  return idle.map((parameter) => untrained(parameter.name, why))
}

/** @param why the loss, or no objective, trains it. */
function untrained(name: string, why: string): string {
  return `${name} isn't trained: ${why}`
}
