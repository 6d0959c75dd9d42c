import { bestPrefix, stateName, statePrefix } from '../base/name.ts'
import type { ModuleDescription, ParameterDescription } from './description.ts'
import { updatesOf } from './objectives.ts'
import { gradientViews } from './ports.ts'
import { dense, numbersFor, optionally, tensorsAt, trainedOf, zoneStart } from './tensors.ts'

/*
 * What a trainer has for each tensor that is trained.
 */

/** The members of what `derivativesIn` returns. */
export function derivatives(module: ModuleDescription): string {
  const { inputs, inputGradients, batch } = module
  return [
    `\ngradients: viewsOf(${trainedAt(module, 'gradients')}) as Trainer['gradients'],\n`,
    ...(inputGradients.length > 0 ? [`inputGradient: ${gradientViews(inputs, inputGradients, batch)},\n`] : []),
  ].join('')
}

/** States, then scalars: of each, one for each trained parameter. */
export function optimizerStates(module: ModuleDescription): string {
  const kept = updatesOf(module).flatMap(({ states, scalars, trained, objective }) => [
    ...states.map((name) => tensorsOf(module, name, trained, statePrefix(name))),
    ...scalars.map(({ name }) =>
      numbersFor('parameters', module.parameters, trained, statePrefix(stateName(name, objective))),
    ),
  ])
  return [...kept, ...bestTensors(module)].map((list) => `...${list},`).join('')
}

/** The best epoch's, where trainers keep them: outside the arena, as no kernel reads them. */
function bestTensors(module: ModuleDescription): string[] {
  if (!module.patience) return []
  return (['parameters', 'buffers'] as const).map((list) => {
    const length = module[list].reduce((sum, { size }) => sum + size, 0)
    return optionally(bestPrefix, `tensorsAt(allocate(${length}), 0, network.${list})`)
  })
}

/** The expression for the tensors of a zone that has one for each trained parameter. */
export function trainedAt(module: ModuleDescription, zone: string, prefix?: string): string {
  return tensorsOf(module, zone, dense(trainedOf(module)), prefix)
}

function tensorsOf(
  module: ModuleDescription,
  zone: string,
  some: readonly ParameterDescription[],
  prefix: string | undefined,
): string {
  return tensorsAt('parameters', module.parameters, zoneStart(module, zone), some, prefix)
}
