import { Fault } from '../base/fault.ts'
import { uniforms, type Uniform } from '../loops/notation/uniforms.ts'
import type { ModuleDescription, ProgramDescription, TensorDescription } from './description.ts'
import type { Statement } from './functions.ts'
import { call, data, literal } from './literal.ts'

type Source = (typeof uniforms)[Uniform]['from']

function sourceOf(name: string): Source | undefined {
  return Object.hasOwn(uniforms, name) ? uniforms[name as Uniform].from : undefined
}

/** Whether its training draws random numbers. */
export function isRandom(module: ModuleDescription): boolean {
  return programOf(module, 'gradient').uniforms.some((name) => sourceOf(name) === 'seed')
}

/** The program of that name. Fault: the module has none. */
export function programOf({ programs }: ModuleDescription, name: string): ProgramDescription {
  const program = programs[name]
  if (!program) throw new Fault(`The module has no program ${name}.`)
  return program
}

/**
 * A program's calls. Fault: there is no such program, or a uniform comes from elsewhere.
 * @param sources where uniforms of the calls may come from.
 */
export function statements(
  module: ModuleDescription,
  name: string,
  sources: readonly Source[] = [],
): readonly Statement[] {
  const program = programOf(module, name)
  const isGiven = (uniform: string) => sources.some((source) => source === sourceOf(uniform))
  const unknown = program.uniforms.filter((uniform) => !isGiven(uniform))
  if (unknown.length > 0) throw new Fault(`The trainer has no ${unknown.join(', ')} for a program.`)
  return program.calls
}

/** The update's statements: first what is carried changes. */
export function updateStatements(module: ModuleDescription): readonly Statement[] {
  const { carried } = module
  const changes = carried.flatMap(({ name, next }) => (next === undefined ? [] : [`state.${name} = ${next}`]))
  return [...changes, ...statements(module, 'update', ['state', 'step'])]
}

/** One call of an initializer for each tensor; its number is its random stream. */
export function initialValues({ parameters, buffers }: ModuleDescription): readonly string[] {
  const fill = (views: string, tensors: readonly TensorDescription[], first: number) =>
    tensors.map(({ name, initial }, i) =>
      call(initial.function, [`${views}[${data(name)}]`], initial.arguments, ['seed', literal(first + i)]),
    )
  return [...fill('parameters', parameters, 0), ...fill('buffers', buffers, parameters.length)]
}
