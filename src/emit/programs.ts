import { Fault } from '../base/fault.ts'
import type { ModuleDescription, ProgramDescription, TensorDescription } from './description.ts'
import { call, data, literal } from './literal.ts'

/** The host's numbers that the update's calls may use, besides what is carried. */
const updateUniforms = ['learningRate', 't']

/** Whether its training draws random numbers. */
export function isRandom(module: ModuleDescription): boolean {
  return programOf(module, 'gradient').uniforms.includes('key')
}

/** The program of that name. Fault: the module has none. */
export function programOf({ programs }: ModuleDescription, name: string): ProgramDescription {
  const program = programs[name]
  if (!program) throw new Fault(`The module has no program ${name}.`)
  return program
}

/** A program's calls. @param uniforms the host's numbers that they may use. Fault: they use another, or there is no such program. */
export function statements(
  module: ModuleDescription,
  name: string,
  uniforms: readonly string[] = [],
): readonly string[] {
  const program = programOf(module, name)
  const unknown = program.uniforms.filter((name) => !uniforms.includes(name))
  if (unknown.length > 0) throw new Fault(`The trainer has no ${unknown.join(', ')} for a program.`)
  return program.calls
}

/** The update's statements: first what is carried changes. */
export function updateStatements(module: ModuleDescription): readonly string[] {
  const { carried } = module
  const changes = carried.flatMap(({ name, next }) => (next === undefined ? [] : [`state.${name} = ${next}`]))
  return [...changes, ...statements(module, 'update', [...updateUniforms, ...carried.map(({ name }) => name)])]
}

/** One call of an initializer for each tensor; its number is its random stream. */
export function initialValues({ parameters, buffers }: ModuleDescription): readonly string[] {
  const fill = (views: string, tensors: readonly TensorDescription[], first: number) =>
    tensors.map(({ name, initial }, i) =>
      call(initial.function, [`${views}[${data(name)}]`], initial.arguments, ['seed', literal(first + i)]),
    )
  return [...fill('parameters', parameters, 0), ...fill('buffers', buffers, parameters.length)]
}
