import { asciiName } from '../../base/name.ts'
import { topologicalOrder, type Node } from '../../graph/node.ts'
import { namesIn } from '../formulas/names.ts'
import type { Finding, Path } from '../text/source.ts'
import type { Issue } from '../words/word.ts'
import type { NetworkBuilder } from './builder.ts'
import type { EquationReading } from './equationReading.ts'
import type { EquationNetwork } from './schema.ts'

/**
 * Warnings of equations that lead nowhere, and of parameters and networks that no loss trains.
 * @param reading in training mode, as `losses` are.
 */
export function unusedParts(
  spec: EquationNetwork,
  outputs: readonly string[],
  { values }: EquationReading,
  losses: Node,
  builder: NetworkBuilder,
  isCalled: (network: string) => boolean,
): readonly Finding[] {
  const { equations, loss, normalizer, metrics = {}, parameters = {}, networks = {} } = spec
  const told = [...(normalizer === undefined ? [] : [normalizer]), ...Object.values(metrics)]
  const used = new Set([...outputs, loss, ...told])
  for (const { name, expression } of equations.toReversed())
    if (used.has(name)) for (const other of namesIn(expression)) used.add(other)
  const needed = new Set(topologicalOrder([losses]))
  const hint = 'let the loss depend on it, or take it out'
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
      needed.has(values.get(name)!)
        ? []
        : warning(['parameters', name], {
            message: untrained(name),
            hint: used.has(name) ? 'make it an input, or let the loss depend on it' : 'take it out, or use it',
            part: 'key',
          }),
    ),
    ...Object.keys(networks).flatMap((name) =>
      idleParts(name, needed, isCalled(name), builder).map((message) =>
        warning(['networks', name], { message, hint, part: 'key' }),
      ),
    ),
  ]
}

function warning(path: Path, { message, hint, part = 'value', within }: Omit<Issue, 'code'>): Finding {
  return { code: 'unused', severity: 'warning', path, message, hint, part, within }
}

/** What isn't trained of a network, though it could be. */
function idleParts(name: string, needed: ReadonlySet<Node>, called: boolean, { parameters }: NetworkBuilder): string[] {
  if (!called) return [`nothing calls ${name}`]
  const prefix = `${asciiName(name)}.`
  const own = parameters.filter((parameter) => parameter.name.startsWith(prefix) && !parameter.frozen)
  const idle = own.filter(({ node }) => !needed.has(node))
  if (idle.length > 0 && idle.length === own.length) return [untrained(name)]
  return idle.map((parameter) => untrained(parameter.name))
}

const untrained = (name: string) => `${name} isn't trained: the loss doesn't depend on it`
