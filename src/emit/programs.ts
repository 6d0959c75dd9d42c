import { Fault } from '../base/fault.ts'
import { uniforms, type Uniform } from '../loops/notation/uniforms.ts'
import type {
  ModuleDescription,
  ParameterDescription,
  ProgramDescription,
  ScalarDescription,
  TensorDescription,
} from './description.ts'
import { procedure, type Statement } from './functions.ts'
import { call, data, literal } from './literal.ts'

/** The parameters of what runs on the first n samples of a batch. */
export const onSamples: readonly string[] = ['arena: Vector', 'n: number']

/** The same where it draws random numbers. */
export const drawing: readonly string[] = [...onSamples, 'seed: number', 'steps: number']

/** The parameters of an update. */
export const updating: readonly string[] = ['arena: Vector', 'state: State', 'states: readonly Tensor[]']

type Source = (typeof uniforms)[Uniform]['from']

function sourceOf(name: string): Source | undefined {
  return Object.hasOwn(uniforms, name) ? uniforms[name as Uniform].from : undefined
}

/** Whether a program draws random numbers. */
export function isRandom(module: ModuleDescription, program: string): boolean {
  return programOf(module, program).uniforms.some((name) => sourceOf(name) === 'seed')
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

/** The parameters of a program of training on n samples, which may draw random numbers. */
export function trainingParameters(module: ModuleDescription, program: string): readonly string[] {
  return isRandom(module, program) ? drawing : onSamples
}

/** A program of training on n samples. */
export function trainingProcedure(module: ModuleDescription, name: string, program: string): string {
  const parameters = trainingParameters(module, program)
  if (!isRandom(module, program)) return procedure(name, parameters, statements(module, program))
  const key = { name: 'key', value: 'stepKey(seed, steps)' }
  return procedure(name, parameters, [key, ...statements(module, program, ['seed'])])
}

/** What an update is of: all trained tensors, or those of an objective. */
export interface Updated {
  readonly program: string
  readonly scalars: readonly ScalarDescription[]
  readonly trained: readonly ParameterDescription[]
  /** The tensors of the objectives before, in a trainer's list of all. */
  readonly before: number
}

/** The text of the update; with scalars in a loop over adjacent tensors that have the same, for which `t` alone decides. */
export function updateProcedure(
  module: ModuleDescription,
  name: string,
  { program, scalars, trained, before }: Updated,
): string {
  const all = statements(module, program, ['state', 'tensor'])
  const [t] = scalars
  if (!t) return procedure(name, updating, all)
  const opening = all.findLastIndex((one) => typeof one !== 'string') + 1
  const constants = all.slice(0, opening).flatMap((one) => (typeof one === 'string' ? [] : [one.name]))
  const count = trained.length
  const starts = trained.map(({ offset }) => offset)
  const isWhole = trained.every(({ offset, size }, k) => k === count - 1 || offset + size === starts[k + 1])
  const first = starts[0] ?? 0
  const loop = isWhole
    ? [`for (let k = 0, first = ${first}, end = ${first}; k < ${count}; first = end) {`]
    : [
        `const starts = ${data(starts)}`,
        `for (let k = 0, first = 0, end = 0; k < ${count}; ) {`,
        'first = end = starts[k]!',
      ]
  return procedure(name, updating, all.slice(opening), {
    before: [
      ...all.slice(0, opening),
      ...loop,
      ...scalars.map(({ name, next }) => `const ${name} = ${next}`),
      'do {',
      `end += states[${before === 0 ? 'k' : `k + ${before}`}]!.view.length`,
      ...scalars.map(({ name, place }) => `${place} = ${name}`),
      `} while (++k < ${count} && ${isWhole ? '' : 'starts[k] === end && '}${t.next} === t)`,
    ],
    after: ['}'],
    numbers: ['first', 'end', ...scalars.map(({ name }) => name), ...constants],
  })
}

/** Whether a tensor starts at 0, as a new arena is. */
export function startsAtZero({ initial }: TensorDescription): boolean {
  return initial.function === 'constant' && Object.is(initial.arguments[0], 0)
}

/** One call of an initializer for each tensor that doesn't start at 0; its number is its random stream. */
export function initialValues({ parameters, buffers }: ModuleDescription): readonly string[] {
  const fill = (views: string, tensors: readonly TensorDescription[], first: number) =>
    tensors.flatMap((tensor, i) => {
      const { name, initial } = tensor
      if (startsAtZero(tensor)) return []
      return [call(initial.function, [`${views}[${data(name)}]`], initial.arguments, ['seed', literal(first + i)])]
    })
  return [...fill('parameters', parameters, 0), ...fill('buffers', buffers, parameters.length)]
}
