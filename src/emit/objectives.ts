import { programName } from '../base/name.ts'
import type { ModuleDescription, ObjectiveDescription, PortDescription } from './description.ts'
import { define, procedure } from './functions.ts'
import { literal } from './literal.ts'
import {
  drawing,
  onSamples,
  statements,
  trainingParameters,
  trainingProcedure,
  updateProcedure,
  updating,
  type Updated,
} from './programs.ts'
import { trainedOf } from './tensors.ts'

/*
 * Functions that run a program of training. Where there are several losses each has programs of its own, and the function runs that of the
 * one that is chosen.
 */

export function isSeveral({ objectives }: ModuleDescription): boolean {
  return objectives !== undefined
}

/** The programs that a name stands for. */
export function programsNamed({ objectives }: ModuleDescription, name: string): readonly string[] {
  return objectives?.map((objective) => programName(name, objective.name)) ?? [name]
}

/** One of a module's functions for its losses: how its text is made, and the parameters that it takes. */
interface ForLoss {
  readonly text: (name: string, objective?: ObjectiveDescription) => string
  /** All that any of them may take. */
  readonly all: readonly string[]
  /** What one of them takes; all unless told. */
  readonly parameters?: (objective: ObjectiveDescription) => readonly string[]
  /** What it is given in place of a parameter. */
  readonly given?: (parameter: string, objective: ObjectiveDescription) => string
}

/** The function of a module, or one for each objective after that which runs the chosen one. */
function forLosses(
  { objectives }: ModuleDescription,
  name: string,
  { text, all, parameters = () => all, given = (parameter) => parameter }: ForLoss,
): string {
  if (!objectives) return text(name)
  const nameOf = (parameter: string) => /^\w+/.exec(parameter)![0]
  const own = objectives.map((objective) => ({ objective, called: `${objective.name}_${name}` }))
  const cases = own.map(({ objective, called }, k) => {
    const values = parameters(objective).map((parameter) => given(nameOf(parameter), objective))
    return `case ${k}: return ${called}(${values.join(', ')})`
  })
  const choice = define(`${name}(${all.join(', ')}): void`, ['switch (chosen.objective) {', ...cases, '}'])
  return [choice, ...own.map(({ objective, called }) => text(called, objective))].join('\n\n')
}

/** The function that runs a program on n samples. */
export function evaluation(module: ModuleDescription, name: string, program: string): string {
  return forLosses(module, name, {
    all: onSamples,
    text: (called, objective) =>
      procedure(called, onSamples, statements(module, programName(program, objective?.name))),
  })
}

/** The function that runs a program of training on n samples, which may draw random numbers. */
export function training(module: ModuleDescription, name: string, program: string): string {
  return forLosses(module, name, {
    all: drawing,
    parameters: (objective) => trainingParameters(module, programName(program, objective?.name)),
    text: (called, objective) => trainingProcedure(module, called, programName(program, objective?.name)),
  })
}

/** The function that makes a step of the optimizer; objectives have their share of the learning rate. */
export function update(module: ModuleDescription, name: string): string {
  return forLosses(module, name, {
    all: updating,
    text: (called, objective) => updateProcedure(module, called, updatedOf(module, objective)),
    given: (parameter, { rate }) =>
      parameter === 'state' && rate !== 1
        ? `{ ...state, learningRate: state.learningRate * ${literal(rate)} }`
        : parameter,
  })
}

interface Kept extends Updated {
  readonly objective?: string
  /** The zones of what is kept of each tensor. */
  readonly states: readonly string[]
}

/** What each update of a module is of, in order. */
export function updatesOf(module: ModuleDescription): readonly Kept[] {
  const { objectives, scalars, arena } = module
  const trained = trainedOf(module)
  if (!objectives) return [{ program: 'update', scalars, states: arena.optimizer, trained, before: 0 }]
  return objectives.map(({ name, states, scalars, trained: own, before }) => ({
    ...{ program: programName('update', name), objective: name, states, scalars, before },
    trained: trained.filter((parameter) => own.includes(parameter.name)),
  }))
}

function updatedOf(module: ModuleDescription, objective: ObjectiveDescription | undefined): Updated {
  const program = programName('update', objective?.name)
  return updatesOf(module).find((one) => one.program === program)!
}

/** The optimizers, by what their states mean. */
export function optimizerOf({ optimizer, objectives }: ModuleDescription): string {
  return objectives?.map(({ name, optimizer: own }) => `${name}: ${own}`).join('; ') ?? optimizer
}

/** Those that whatever runs reads: all, or those of every objective. */
export function always(
  { objectives }: ModuleDescription,
  ports: readonly PortDescription[],
): readonly PortDescription[] {
  return ports.filter(({ name }) => !objectives || objectives.every(({ reads }) => reads.includes(name)))
}
