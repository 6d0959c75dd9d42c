import type { Pass } from '../base/passes.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import { built } from '../emit/built.ts'
import type { ModuleDescription, PortDescription, ScheduleDescription, TensorDescription } from '../emit/description.ts'
import { countOperations } from '../graph/count.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { isPointwise, type PointwiseOp } from '../graph/op.ts'
import { elementsPerSample, sampleShape } from '../graph/shape.ts'
import { inputsNeeded, type Parameter, type Port, type State } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf, type View } from '../language/networks/views.ts'
import type { MemoryPlan } from '../loops/memory/plan.ts'
import type { Buffer } from '../loops/notation/kernel.ts'
import type { Arrangement } from '../programs/arrange.ts'
import { elementsIn, type LoweredProgram, type Piece } from '../programs/program.ts'
import { targets } from '../targets/index.ts'
import { functionsFor } from '../targets/typescript/mathematics.ts'
import { describeCarried, describeScalars, scalarsOf } from './carried.ts'
import { largestBatch } from './largestBatch.ts'
import { describeObjectives } from './objectives.ts'
import type { PrintedNetwork } from './print.ts'

interface Known {
  readonly network: Network
  /** The spec's file as the header shows it. */
  readonly specFile: string
  readonly training: TrainingGraph
  readonly arrangement: Arrangement
  readonly programs: readonly LoweredProgram[]
  readonly buffers: ReadonlyMap<Node, Buffer>
  readonly memory: MemoryPlan
  readonly recomputation?: ModuleDescription['recomputation']
  readonly zoneStarts: ReadonlyMap<string, number>
  readonly printed: PrintedNetwork
}

/** Tells all that the emitter needs, as plain data and printed text. */
export const describe: Pass<Known, { readonly description: ModuleDescription }> = {
  name: 'describe',
  run: (known) => ({ description: descriptionOf(known) }),
  check: ({ description: { only, inputs, targets, outputs, arena, batch } }) => {
    const isInside = ({ offset, size }: { readonly offset: number; readonly size: number }, length: number) =>
      offset >= 0 && offset + size * batch <= length
    const wrong = [...inputs, ...(only ? [] : targets)].filter((port) => !isInside(port, arena.trainerLength))
    if (wrong.length > 0) throw new Error(`${wrong[0]!.name} lies outside the arena`)
    if (!outputs.every((output) => isInside(output, arena.modelLength)))
      throw new Error('an output lies outside the arena of a model')
  },
}

function descriptionOf(known: Known): ModuleDescription {
  const { network, training, arrangement, buffers, memory, zoneStarts, printed } = known
  const { train, emit } = network
  /** 0 for what has no place. */
  const startOf = (buffer: Buffer | undefined) => (buffer && memory.offsets.get(buffer)) ?? 0
  const startIn = (zone: string) => zoneStarts.get(zone)!
  const read = new Set(inputsNeeded(network.outputs, network.inputs))
  const trained = new Set(network.trained.map(({ name }) => name))
  const portAt = (port: Port) => describePort(port, startOf(buffers.get(port.node)))
  const within = (zone: string, tensor: Parameter | State) =>
    describeTensor(tensor, startOf(buffers.get(tensor.node)) - startIn(zone))
  return {
    name: network.name,
    ...(emit.only && { only: emit.only }),
    ...{ specFile: known.specFile, precision: emit.precision },
    specHash: network.hash,
    version: built.version,
    batch: train.batch,
    epochs: train.epochs,
    inputs: network.inputs.map((port) => ({
      ...portAt(port),
      ...(read.has(port) ? {} : { isUnread: true as const }),
    })),
    targets: network.targets.map((port) => ({
      ...portAt(port),
      ...(port.below === undefined ? {} : { values: 'classes' as const }),
    })),
    outputs: training.outputs.map((node, k) => ({
      ...(network.outputNames && { name: network.outputNames[k]! }),
      shape: sampleShape(node.shape),
      size: elementsPerSample(node.shape),
      offset: startOf(buffers.get(node)),
      ...(network.outputValues && { values: network.outputValues }),
    })),
    ...(network.metrics && {
      metrics: network.metrics.map(({ name, kind, size }, k) => ({
        ...{ name, kind, size },
        offsets: arrangement.metricSums[k]!.map(startOf),
      })),
    }),
    ...describeObjectives(network),
    parameters: network.parameters.map((parameter) => ({
      ...within('parameters', parameter),
      frozen: !trained.has(parameter.name),
    })),
    buffers: network.buffers.map((state) => within('buffers', state)),
    leastSamples: network.leastSamples,
    startedByData: network.parameters
      .filter(({ node }) => network.starts.some(({ target }) => target === node))
      .map(({ name }) => name),
    inputGradients: emit.inputGradients.map((port, k) => describePort(port, startOf(arrangement.inputGradients[k]))),
    arena: {
      modelLength: memory.firstLength,
      trainerLength: memory.length,
      zones: Object.fromEntries(zoneStarts),
      optimizer: train.optimizer.states,
      loss: startOf(arrangement.lossSum),
      ...(arrangement.normalizerSum && { normalizer: startOf(arrangement.normalizerSum) }),
    },
    programs: describePrograms(known),
    sections: printed.sections,
    kernels: printed.kernels,
    ...describeBeside(network, printed),
    ...(emit.math === 'portable' ? { math: emit.math } : {}),
    helpers: functionsFor([...printed.ops, ...viewsOf(network).flatMap(scalarOps)], emit.math),
    learningRate: train.learningRate,
    optimizer: train.optimizer.identity,
    scalars: describeScalars(network),
    carried: describeCarried(network),
    ...(emit.directions.length > 0 ? { hessianProduct: true as const } : {}),
    ...(train.patience ? { patience: train.patience } : {}),
    ...(train.schedule ? { schedule: describeSchedule(train.schedule) } : {}),
    operations: countStep(known),
    ...(known.recomputation ? { recomputation: known.recomputation } : {}),
  }
}

/** Each program by its name, after the calls of those that open it. */
function describePrograms({ programs, printed: { statements } }: Known): ModuleDescription['programs'] {
  const described = programs
    .filter(({ opens }) => opens === undefined)
    .map(({ name }) => {
      const opening = programs.filter(({ opens }) => opens === name).flatMap((one) => statements.get(one.name)!.calls)
      const { calls, uniforms } = statements.get(name)!
      return [name, { calls: [...opening, ...calls], uniforms }] as const
    })
  return Object.fromEntries(described)
}

/** The kernels that are no part of the module's text; the module runs those that the target has a binary of. */
function describeBeside(
  network: Network,
  { beside, statements }: PrintedNetwork,
): Pick<ModuleDescription, 'beside' | 'wasm'> {
  if (!beside) return {}
  const { text, imports } = beside
  const { target, wasm: placement } = network.emit
  const most = largestBatch(network)
  if (!targets[target].beside?.binary) return { beside: { target, text } }
  const programs = [...statements].filter(([, { calls }]) => calls.length > 0).map(([name]) => name)
  return { beside: { target, text }, wasm: { placement, programs, imports, ...(most && { largestBatch: most }) } }
}

/** The ops of what an optimizer carries on, where there is anything to train. */
function scalarOps({ network }: View): PointwiseOp[] {
  if (network.trained.length === 0) return []
  return topologicalOrder(scalarsOf(network.train.optimizer).map(({ next }) => next))
    .map(({ op }) => op)
    .filter(isPointwise)
}

function describePort({ name, shape, below, ignored, values }: Port, offset: number): PortDescription {
  const numbers = {
    ...(below === undefined ? {} : { below }),
    ...(ignored === undefined ? {} : { ignored }),
    ...(values && { values }),
  }
  return { name, shape, size: elementsPerSample(shape), offset, ...numbers }
}

function describeTensor({ name, shape, initial, node }: Parameter | State, offset: number): TensorDescription {
  return { name, shape, size: elementsPerSample(node.shape), offset, initial }
}

function describeSchedule({ carried, ...schedule }: NonNullable<Network['train']['schedule']>): ScheduleDescription {
  return { ...schedule, readsMetric: carried !== undefined }
}

/** The floating-point operations of a training step, or of all that a model runs, on a full batch; nodes that programs share count once. */
function countStep({ network, programs }: Known): number {
  const isCounted = ({ inStep }: LoweredProgram) => network.emit.only === 'model' || inStep
  const pieces = programs.filter(isCounted).flatMap((program) => program.pieces)
  const nodesOf = ({ results }: Piece) => results.map(({ node }) => node)
  const onSamples = pieces.filter(({ over }) => over === 'samples').flatMap(nodesOf)
  return pieces.reduce(
    (sum, piece) => (piece.over === 'samples' ? sum : sum + countOperations(nodesOf(piece), elementsIn(piece.over))),
    countOperations(onSamples, network.train.batch),
  )
}
