import { Fault } from '../base/fault.ts'
import type { ModuleDescription, ProgramDescription, TensorDescription } from './description.ts'
import { call, data, literal } from './literal.ts'

/** The host's numbers that the update's calls may use, besides what is carried. */
const updateUniforms = ['learningRate', 't']

/** Whether its training draws random numbers. */
export function isRandom({ programs }: ModuleDescription): boolean {
  return programs.gradient.uniforms.includes('key')
}

/** A program's calls. @param uniforms the host's numbers that they may use. Fault: they use another. */
export function statements(program: ProgramDescription, uniforms: readonly string[] = []): readonly string[] {
  const unknown = program.uniforms.filter((name) => !uniforms.includes(name))
  if (unknown.length > 0) throw new Fault(`The trainer has no ${unknown.join(', ')} for a program.`)
  return program.calls
}

/** The update's statements: first what is carried changes. */
export function updateStatements({ programs, carried }: ModuleDescription): readonly string[] {
  const changes = carried.flatMap(({ name, next }) => (next === undefined ? [] : [`state.${name} = ${next}`]))
  return [...changes, ...statements(programs.update, [...updateUniforms, ...carried.map(({ name }) => name)])]
}

/** One call of an initializer for each tensor; its number is its random stream. */
export function initialValues({ parameters, buffers }: ModuleDescription): readonly string[] {
  const fill = (views: string, tensors: readonly TensorDescription[], first: number) =>
    tensors.map(({ name, initial }, i) =>
      call(initial.function, [`${views}[${data(name)}]`], initial.arguments, ['seed', literal(first + i)]),
    )
  return [...fill('parameters', parameters, 0), ...fill('buffers', buffers, parameters.length)]
}
