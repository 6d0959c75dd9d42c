import type {
  ModuleDescription,
  ProgramDescription,
  ScheduleDescription,
  SectionDescription,
  TensorDescription,
} from './description.ts'
import { Fault } from './fault.ts'
import type { Declaration } from './inline.ts'
import { call, commentText, data, literal } from './literal.ts'
import { copySamples, countSamples, dataType, gradientType, gradientViews, shapes } from './ports.ts'
import { blankStamp } from './stamp.ts'

/** What the template prints: texts alone, in their final form. */
export interface View {
  readonly [name: string]: string | readonly string[] | readonly View[]
}

/** The types that every module exports, in the order in which a reader wants them. */
const publicTypes = ['Options', 'Model', 'Trainer', 'Report']

/** What the trainer hands to the update, in this order, after the arena. */
const updateUniforms = ['learningRate', 't']

/** The names in `src/runtime` that a module uses directly. */
export function runtimeRoots({ parameters, buffers, helpers, schedule }: ModuleDescription): string[] {
  const initializers = [...parameters, ...buffers].map(({ initial }) => initial.function)
  return [
    ...publicTypes,
    'modelIn',
    'trainerIn',
    'tensorsAt',
    'viewsOf',
    'Tensor',
    'countSamples',
    'copySamples',
    ...initializers,
    ...(schedule ? [schedule.function] : []),
    ...(schedule?.warmup ? ['linear'] : []),
    ...helpers,
  ]
}

/** The module as texts. Fault: the description contradicts itself. */
export function moduleView(module: ModuleDescription, runtime: readonly Declaration[]): View {
  const { name, version, specHash, precision, batch, epochs } = module
  const { arena, inputs, targets, output, programs, schedule } = module
  const parameters = contiguous(module.parameters)
  const buffers = contiguous(module.buffers)
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

    vector: precision === 'f32' ? 'Float32Array' : 'Float64Array',
    inputsType: dataType(inputs),
    targetsType: dataType(targets),
    types: runtime.filter(isInterface).map((type) => declaration(type, publicTypes.includes(type.name))),
    network: data(network),

    modelLength: literal(arena.modelLength),
    trainerLength: literal(arena.trainerLength),
    outputOffset: literal(output.offset),
    outputSize: literal(output.size),
    lossOffset: literal(arena.loss),
    parameters: tensorsAt(arena.parameters, 'parameters'),
    buffers: tensorsAt(arena.buffers, 'buffers'),
    gradients: tensorsAt(arena.gradients, 'parameters'),
    inputGradientType: gradientType(inputs, module.inputGradients),
    inputGradient: gradientViews(inputs, module.inputGradients, batch),
    optimizer: arena.optimizer.map((state) => tensorsAt(state.offset, 'parameters', `optimizer.${state.name}.`)),
    countInputs: countSamples(inputs, 'x'),
    countTargets: countSamples(targets, 'y'),
    copyInputs: copySamples(inputs, 'x'),
    copyTargets: copySamples(targets, 'y'),
    learningRate: literal(module.learningRate),
    scheduledRate: schedule ? scheduledRate(module.learningRate, schedule) : 'learningRate',

    initialize: [...startValues('parameters', parameters, 0), ...startValues('buffers', buffers, parameters.length)],
    predict: calls(programs.predict, []),
    loss: calls(programs.loss, []),
    gradient: calls(programs.gradient, []),
    update: calls(programs.update, updateUniforms),
    sections: module.sections.map(section),
    runtime: runtime.filter((one) => !isInterface(one)).map((one) => declaration(one, false)),
  }
}

/** A whole number for readers, as 12,345. */
function decimal(value: number): string {
  return value.toLocaleString('en-US')
}

/** Tensors whose offsets are what the runtime takes them to be: each begins where the one before it ends. */
function contiguous(tensors: readonly TensorDescription[]): readonly TensorDescription[] {
  let end = 0
  for (const { name, offset, size, shape } of tensors) {
    if (offset !== end || size !== shape.reduce((product, extent) => product * extent, 1)) {
      throw new Fault(
        `${name} lies at ${offset} with ${size} elements of shape [${shape}], but the one before ends at ${end}.`,
      )
    }
    end += size
  }
  return tensors
}

function publicTensor({ name, shape }: TensorDescription): Pick<TensorDescription, 'name' | 'shape'> {
  return { name, shape }
}

function tensorsAt(offset: number, tensors: 'parameters' | 'buffers', prefix?: string): string {
  const last = prefix === undefined ? '' : `, ${data(prefix)}`
  return `tensorsAt(arena, ${literal(offset)}, network.${tensors}${last})`
}

/** One call of an initializer for each tensor; its number is its random stream. */
function startValues(views: string, tensors: readonly TensorDescription[], first: number): string[] {
  return tensors.map(({ name, initial }, i) =>
    call(initial.function, [`${views}[${data(name)}]`], initial.arguments, ['seed', literal(first + i)]),
  )
}

/** η times the schedule's factor; with a warmup the schedule waits at its epoch 0 while a second factor rises to 1. */
function scheduledRate(learningRate: number, { warmup, ...schedule }: ScheduleDescription): string {
  const epoch = warmup ? `Math.max(epoch - ${literal(warmup.epochs)}, 0)` : 'epoch'
  const rate = `${literal(learningRate)} * ${call(schedule.function, [epoch], schedule.arguments, [])}`
  return warmup ? `${rate} * ${call('linear', ['epoch'], [warmup.epochs, warmup.start, 1], [])}` : rate
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
