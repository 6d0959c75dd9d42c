import type {
  CarriedDescription,
  ModuleDescription,
  ProgramDescription,
  ScheduleDescription,
  SectionDescription,
  TensorDescription,
} from './description.ts'
import { Fault } from '../base/fault.ts'
import type { Declaration } from './inline.ts'
import { kernelsView, newArena, wasmRoots, type Kernels } from './kernels.ts'
import { call, commentText, data, decimal, literal } from './literal.ts'
import { copySamples, countSamples, dataType, gradientType, gradientViews, shapes } from './ports.ts'
import { blankStamp } from './stamp.ts'
import { dense, tensorsAt, trainedName } from './tensors.ts'

/** What the template prints: texts alone, in their final form. */
export interface View {
  readonly [name: string]: string | readonly string[] | readonly View[]
}

/** The types that every module exports, in the order in which a reader wants them. */
const publicTypes = ['Options', 'Model', 'Trainer', 'Report']

/** The host's numbers that the update's calls may use. */
const updateUniforms = ['learningRate', 't']

/** What the gradient's calls may use besides the arena and n. */
const gradientUniforms = ['key']

/** What the runtime calls only in modules that have a use for it. */
const optionalCalls: Readonly<Record<string, (module: ModuleDescription) => boolean>> = {
  commitBatch: ({ programs }) => programs.commit.calls.length > 0,
  refuseLoneSample: ({ leastSamples }) => leastSamples > 1,
  scheduledRate: ({ schedule }) => schedule !== undefined,
  isBestMetric: ({ schedule }) => schedule?.readsMetric === true,
  hasStarted: startsFromData,
  startOnce: startsFromData,
  startFrom: startsFromData,
  countAsStarted: startsFromData,
}

function startsFromData({ startedByData }: ModuleDescription): boolean {
  return startedByData.length > 0
}

/** Those of them that a module is without. */
export function absentCalls(module: ModuleDescription): ReadonlySet<string> {
  return new Set(Object.keys(optionalCalls).filter((name) => !optionalCalls[name]!(module)))
}

/** The names in `src/runtime` that a module uses directly. */
export function runtimeRoots(module: ModuleDescription): string[] {
  const { parameters, buffers, programs, helpers, schedule, wasm } = module
  const initializers = [...parameters, ...buffers].map(({ initial }) => initial.function)
  return [
    ...publicTypes,
    'modelIn',
    'trainerIn',
    'tensorsAt',
    'viewsOf',
    'Tensor',
    'State',
    'countSamples',
    'copySamples',
    ...initializers,
    ...(programs.gradient.uniforms.includes('key') ? ['stepKey'] : []),
    ...(schedule ? [schedule.function] : []),
    ...(schedule?.warmup ? ['linear'] : []),
    ...helpers,
    ...(wasm ? wasmRoots(wasm) : []),
  ]
}

/** The module as texts. Fault: the description contradicts itself. */
export function moduleView(
  module: ModuleDescription,
  runtime: readonly Declaration[],
  kernels: Kernels | undefined,
): View {
  const { name, version, specHash, precision, batch, epochs } = module
  const { arena, inputs, targets, output, programs, schedule, recomputation } = module
  const isRandom = programs.gradient.uniforms.includes('key')
  const parameters = dense(module.parameters)
  const trained = dense(parameters.filter(({ frozen }) => !frozen))
  const buffers = dense(module.buffers)
  const parameterCount = parameters.reduce((sum, { size }) => sum + size, 0)
  const bytes = (length: number) => decimal(length * (precision === 'f32' ? 4 : 8))
  const network = {
    name,
    version,
    specHash,
    precision,
    batch,
    epochs,
    input: shapes(inputs),
    output: output.shape,
    target: shapes(targets),
    parameters: parameters.map(publicTensor),
    buffers: buffers.map(publicTensor),
    parameterCount,
  }
  return {
    name,
    version,
    specHash,
    specFile: commentText(module.specFile),
    stamp: blankStamp,
    batch: decimal(batch),
    operations: decimal(module.operations),
    parameterCount: decimal(parameterCount),
    trainerBytes: bytes(arena.trainerLength),
    modelBytes: bytes(arena.modelLength),
    recomputation: recomputation
      ? [
          {
            storedBytes: bytes(recomputation.storedLength),
            operations: decimal(recomputation.operations),
            percent: decimal(Math.round((100 * recomputation.operations) / module.operations)),
          },
        ]
      : [],

    vector: precision === 'f32' ? 'Float32Array' : 'Float64Array',
    inputsType: dataType(inputs),
    targetsType: dataType(targets),
    trainedName: trainedName(parameters),
    types: runtime.filter(isInterface).map((type) => declaration(type, publicTypes.includes(type.name))),
    network: data(network),

    modelArena: newArena(module.wasm, arena.modelLength),
    trainerArena: newArena(module.wasm, arena.trainerLength),
    options: module.wasm?.placement === 'file' ? 'options: Options' : 'options: Options = {}',
    ...kernelsView(module.wasm, kernels),
    outputOffset: literal(output.offset),
    outputSize: literal(output.size),
    lossOffset: literal(arena.loss),
    parameters: tensorsAt('parameters', parameters, arena.parameters),
    buffers: tensorsAt('buffers', buffers, arena.buffers),
    gradients: tensorsAt('parameters', parameters, arena.gradients, trained),
    inputGradientType: gradientType(inputs, module.inputGradients),
    inputGradient: gradientViews(inputs, module.inputGradients, batch),
    optimizer: arena.optimizer.map(({ name, offset }) =>
      tensorsAt('parameters', parameters, offset, trained, `optimizer.${name}.`),
    ),
    countInputs: countSamples(inputs, 'x'),
    countTargets: countSamples(targets, 'y'),
    copyInputs: copySamples(inputs, 'x'),
    copyTargets: copySamples(targets, 'y'),
    carriedNames: ['learningRate', ...module.carried.map(({ name }) => name)].map(data).join(' | '),
    carried: startOf(module),
    nextRate: schedule ? [{ statements: nextRate(module, schedule) }] : [],

    initialize: [...startValues('parameters', parameters, 0), ...startValues('buffers', buffers, parameters.length)],
    predict: calls(programs.predict, []),
    loss: calls(programs.loss, []),
    gradient: [
      ...(isRandom ? ['const key = stepKey(seed, steps)'] : []),
      ...calls(programs.gradient, gradientUniforms),
    ],
    progress: isRandom ? ', seed: number, steps: number' : '',
    commit: programs.commit.calls.length > 0 ? [{ calls: calls(programs.commit, []) }] : [],
    starts: startsFromData(module)
      ? [{ names: data(module.startedByData), calls: calls(programs.initialize, []) }]
      : [],
    update: update(programs.update, module.carried),
    sections: module.sections.map(section),
    runtime: runtime.filter((one) => !isInterface(one)).map((one) => declaration(one, false)),
  }
}

function publicTensor({ name, shape }: TensorDescription): Pick<TensorDescription, 'name' | 'shape'> {
  return { name, shape }
}

/** One call of an initializer for each tensor; its number is its random stream. */
function startValues(views: string, tensors: readonly TensorDescription[], first: number): string[] {
  return tensors.map(({ name, initial }, i) =>
    call(initial.function, [`${views}[${data(name)}]`], initial.arguments, ['seed', literal(first + i)]),
  )
}

/** η times the schedule's factor; with a warmup the schedule waits at its epoch 0 while a second factor rises to 1. */
function scheduledRate({ learningRate, schedule }: ModuleDescription, epoch: string): string {
  const rate = literal(learningRate)
  if (!schedule) return rate
  const { warmup, readsMetric } = schedule
  const first = literal(warmup?.epochs ?? 0)
  const rise = warmup ? ` * ${call('linear', [epoch], [warmup.epochs, warmup.start, 1], [])}` : ''
  if (readsMetric) return `${rate}${rise}`
  const own = warmup ? `Math.max(${epoch} - ${first}, 0)` : epoch
  return `${rate} * ${call(schedule.function, [own], schedule.arguments, [])}${rise}`
}

/** The statements that return the rate of the epoch after `state.epoch`. */
function nextRate(
  module: ModuleDescription,
  { function: name, arguments: settings, warmup, readsMetric }: ScheduleDescription,
): readonly string[] {
  const rate = scheduledRate(module, 'epoch')
  const given = ['state', 'epoch', 'metric', rate, literal(warmup?.epochs ?? 0)]
  return ['const epoch = state.epoch + 1', `return ${readsMetric ? call(name, given, settings, []) : rate}`]
}

/** What is carried, as it starts. */
function startOf(module: ModuleDescription): string {
  const numbers = module.carried.map(
    ({ name, start }) => `${name}: ${start === Infinity ? 'Infinity' : literal(start)}`,
  )
  return `{ ${[`learningRate: ${scheduledRate(module, '0')}`, ...numbers].join(', ')} }`
}

/** The update's statements: first what is carried changes. */
function update(program: ProgramDescription, carried: readonly CarriedDescription[]): readonly string[] {
  const changes = carried.flatMap(({ name, next }) => (next === undefined ? [] : [`state.${name} = ${next}`]))
  return [...changes, ...calls(program, [...updateUniforms, ...carried.map(({ name }) => name)])]
}

function calls(program: ProgramDescription, uniforms: readonly string[]): readonly string[] {
  const unknown = program.uniforms.filter((name) => !uniforms.includes(name))
  if (unknown.length > 0) throw new Fault(`The trainer has no ${unknown.join(', ')} for a program.`)
  return program.calls
}

function section({ title, equations, functions }: SectionDescription): View {
  return { title: commentText(title), equations: equations.map(commentText), functions }
}

function isInterface({ file }: Declaration): boolean {
  return file === 'interface.ts'
}

function declaration({ docstring, text }: Declaration, exported: boolean): string {
  return `${docstring}${exported ? 'export ' : ''}${text}`
}
