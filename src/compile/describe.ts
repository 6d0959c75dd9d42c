import type { TrainingGraph } from '../calculus/training.ts'
import { announce, layerOf, type Names } from '../emit/announce.ts'
import type {
  ModuleDescription,
  PortDescription,
  ProgramDescription,
  ScheduleDescription,
  SectionDescription,
  TensorDescription,
} from '../emit/description.ts'
import { countOperations } from '../graph/count.ts'
import type { Node } from '../graph/node.ts'
import { elementsPerSample, sampleShape } from '../graph/shape.ts'
import { kernelsOf, type Buffer, type Kernel, type Step } from '../loops/kernel.ts'
import { callOf, writeRoutine, type Call } from '../loops/program.ts'
import type { Parameter, Port, State } from '../spec/builder.ts'
import type { Network } from '../spec/network.ts'
import { typescriptCosts } from '../targets/typescript/costs.ts'
import { printFunctions, printSteps, type PrintedFunctions } from '../targets/typescript/functions.ts'
import { version } from '../version.ts'
import type { LoweredNetwork } from './lowering.ts'
import { countUpdate, describeCarried, describeUpdate } from './update.ts'

export interface Heading {
  /** The spec's file as the header shows it. */
  readonly specFile: string
  readonly precision: 'f32' | 'f64'
}

/** Prints a lowered network's kernels and describes the module around them. */
export function describe(
  network: Network,
  training: TrainingGraph,
  lowered: LoweredNetwork,
  heading: Heading,
): ModuleDescription {
  const { programs, plan, buffers, regions } = lowered
  const { batch } = network.train
  const assigned = (list: TrainingGraph['writes'], purpose: 'commit' | 'start') =>
    list.map(({ target, value }) => [value, { purpose, symbol: network.symbols.get(target)! }] as const)
  const names: Names = {
    symbols: training.symbols,
    primals: training.primals,
    parameters: new Set(network.parameters.map(({ node }) => node)),
    layerOf: layersOf(network, training),
    lossSums: new Map([
      [training.lossSum, 'loss_sum_eval'],
      [training.training.lossSum, 'loss_sum'],
    ]),
    assigned: new Map([...assigned(training.writes, 'commit'), ...assigned(training.starts, 'start')]),
  }
  const kernels = new Set(Object.values(programs).flatMap(({ steps }) => kernelsOf(steps)))
  const calls = new Map<Kernel, Call>()
  for (const kernel of kernels) {
    const routine = writeRoutine(kernel, typescriptCosts, batch)
    calls.set(
      kernel,
      callOf(kernel, routine, (buffer) => plan.offsets.get(buffer)!),
    )
  }
  const printed = printFunctions(
    [...calls.values()],
    (kernel) => announce(kernel, names),
    smallAndRunOnce(calls, programs),
  )
  const update = describeUpdate(lowered)

  const offsetOf = (buffer: Buffer | undefined) => (buffer ? plan.offsets.get(buffer)! : 0)
  const program = ({ steps }: { readonly steps: readonly Step[] }): ProgramDescription => ({
    calls: printSteps(steps, (kernel) => printed.calls.get(calls.get(kernel)!)!),
    uniforms: uniformsOf(kernelsOf(steps).map((kernel) => calls.get(kernel)!)),
  })
  return {
    name: network.name,
    ...heading,
    specHash: network.hash,
    version,
    batch,
    epochs: network.train.epochs,
    inputs: network.inputs.map((port) => describePort(port, offsetOf(buffers.get(port.node)))),
    targets: network.targets.map((port) => describePort(port, offsetOf(buffers.get(port.node)))),
    output: {
      shape: sampleShape(training.output.shape),
      size: elementsPerSample(training.output.shape),
      offset: offsetOf(buffers.get(training.output)),
    },
    parameters: network.parameters.map((parameter) => ({
      ...describeTensor(parameter, offsetOf(buffers.get(parameter.node)) - regions.get('parameters')!),
      frozen: parameter.frozen,
    })),
    buffers: network.buffers.map((buffer) =>
      describeTensor(buffer, offsetOf(buffers.get(buffer.node)) - regions.get('buffers')!),
    ),
    leastSamples: network.leastSamples,
    startedByData: network.parameters
      .filter(({ node }) => network.starts.some(({ target }) => target === node))
      .map(({ name }) => name),
    inputGradients: network.emit.inputGradients.map((port, k) =>
      describePort(port, offsetOf(lowered.inputGradients[k])),
    ),
    arena: {
      modelLength: plan.firstLength,
      trainerLength: plan.length,
      parameters: regions.get('parameters')!,
      buffers: regions.get('buffers')!,
      gradients: regions.get('gradients')!,
      optimizer: network.train.optimizer.states.map((name) => ({ name, offset: regions.get(name)! })),
      loss: offsetOf(lowered.lossSum),
    },
    programs: {
      predict: program(programs.predict),
      loss: program(programs.loss),
      gradient: program(programs.gradient),
      commit: program(programs.commit),
      initialize: program(programs.initialize),
      update: update.program,
    },
    sections: [...describeSections(network, printed, names), update.section],
    helpers: [...new Set([...printed.helpers, ...update.helpers])],
    learningRate: network.train.learningRate,
    carried: describeCarried(network),
    ...(network.train.schedule ? { schedule: describeSchedule(network.train.schedule) } : {}),
    operations: countStep(network, training, lowered),
    ...(lowered.recomputation ? { recomputation: lowered.recomputation } : {}),
  }
}

/** The layer of each simplified node: the first, where two layers' nodes became one. */
function layersOf({ sections }: Network, { simplified }: TrainingGraph): ReadonlyMap<Node, string> {
  const layers = new Map<Node, string>()
  for (const [layer, nodes] of sections)
    for (const node of nodes) {
      const known = simplified.get(node)
      if (known && !layers.has(known)) layers.set(known, layer)
    }
  return layers
}

/** Bytes of bytecode up to which the kernels that one program alone runs, once, are written where they run. */
const writtenInPlace = 2_500

/** In a network of a few dozen parameters, calls between functions take a sixth of a step. */
function smallAndRunOnce(calls: ReadonlyMap<Kernel, Call>, programs: LoweredNetwork['programs']): ReadonlySet<Call> {
  const runs = Object.values(programs).flatMap(({ steps }) => kernelsOf(steps))
  const once = [...calls.values()].filter(({ kernel }) => runs.indexOf(kernel) === runs.lastIndexOf(kernel))
  const bytecode = once.reduce((sum, { routine }) => sum + routine.bytecode, 0)
  return new Set(bytecode <= writtenInPlace ? once : [])
}

function describePort({ name, shape, below }: Port, offset: number): PortDescription {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return { name, shape, size, offset, ...(below === undefined ? {} : { below }) }
}

function describeTensor({ name, shape, initial, node }: Parameter | State, offset: number): TensorDescription {
  return { name, shape, size: elementsPerSample(node.shape), offset, initial }
}

/** One section a layer, in the network's order, then the loss and what belongs to no layer. */
function describeSections(network: Network, { functions }: PrintedFunctions, names: Names): SectionDescription[] {
  const rest = 'loss'
  const titles = [...network.sections.keys(), rest]
  const grouped = new Map<string, string[]>(titles.map((title) => [title, []]))
  for (const { kernel, text } of functions) grouped.get(layerOf(kernel, names) ?? rest)!.push(text)
  return [...grouped]
    .filter(([, texts]) => texts.length > 0)
    .map(([title, texts]) => ({ title, equations: [], functions: texts }))
}

/** The host doubles that kernels need besides the number of samples and, within a loop over time, the time. */
function uniformsOf(calls: readonly Call[]): string[] {
  return [...new Set(calls.flatMap(({ routine }) => routine.uniforms))].filter(
    (name) => name !== 'n' && name !== 'time',
  )
}

function describeSchedule({ carried, ...schedule }: NonNullable<Network['train']['schedule']>): ScheduleDescription {
  return { ...schedule, readsMetric: carried !== undefined }
}

function countStep(network: Network, training: TrainingGraph, { update }: LoweredNetwork): number {
  const { gradients, variableGradients, writes } = training
  const derivatives = countOperations(
    [training.training.lossSum, ...gradients, ...variableGradients, ...writes.map(({ value }) => value)],
    network.train.batch,
  )
  return derivatives + countUpdate(update)
}
