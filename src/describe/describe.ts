import type { TrainingGraph } from '../calculus/training.ts'
import { nameModule, type Names } from './names.ts'
import type { ModuleDescription, PortDescription, ScheduleDescription, TensorDescription } from '../emit/description.ts'
import { countOperations } from '../graph/count.ts'
import { elementsPerSample, sampleShape } from '../graph/shape.ts'
import type { Buffer } from '../loops/notation/kernel.ts'
import type { Parameter, Port, State } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'
import { functionsFor } from '../targets/typescript/mathematics.ts'
import { version } from '../version.ts'
import type { LoweredNetwork } from '../programs/lowering.ts'
import { printTypescript } from './typescript.ts'
import { printWasm } from './wasm.ts'
import { countUpdate, describeCarried, scalarOps } from '../programs/update.ts'

export interface Heading {
  /** The spec's file as the header shows it. */
  readonly specFile: string
  readonly precision: 'f32' | 'f64'
  readonly target: 'typescript' | 'wasm'
}

/** Prints a lowered network's kernels and describes the module around them. */
export function describe(
  network: Network,
  training: TrainingGraph,
  lowered: LoweredNetwork,
  heading: Heading,
): ModuleDescription {
  const { plan, buffers, regions } = lowered
  const { batch } = network.train
  const names = nameModule(
    network,
    training,
    Object.values(lowered.programs).map(({ steps }) => steps),
  )
  const offsetOf = (buffer: Buffer | undefined) => (buffer ? plan.offsets.get(buffer)! : 0)
  const { ops, ...printed } = print(network, lowered, names, heading)
  const { math } = network.emit
  return {
    name: network.name,
    ...{ specFile: heading.specFile, precision: heading.precision },
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
    ...printed,
    ...(math === 'portable' ? { math } : {}),
    helpers: functionsFor([...ops, ...scalarOps(network, lowered)], math),
    learningRate: network.train.learningRate,
    carried: describeCarried(network),
    ...(network.train.schedule ? { schedule: describeSchedule(network.train.schedule) } : {}),
    operations: countStep(network, training, lowered),
    ...(lowered.recomputation ? { recomputation: lowered.recomputation } : {}),
  }
}

/** The kernels as text, in the target's language. */
function print(network: Network, lowered: LoweredNetwork, names: Names, { target, precision }: Heading) {
  if (target === 'typescript') return printTypescript(network, lowered, names)
  const { wat, imports, ...printed } = printWasm(network, lowered, names, precision)
  return { ...printed, wasm: { wat, imports, placement: network.emit.wasm } }
}

function describePort({ name, shape, below }: Port, offset: number): PortDescription {
  const size = shape.reduce((product, extent) => product * extent, 1)
  return { name, shape, size, offset, ...(below === undefined ? {} : { below }) }
}

function describeTensor({ name, shape, initial, node }: Parameter | State, offset: number): TensorDescription {
  return { name, shape, size: elementsPerSample(node.shape), offset, initial }
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
