import { stateName } from '../base/name.ts'
import type { Pass } from '../base/passes.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import { checkGraph } from '../graph/check.ts'
import type { Node } from '../graph/node.ts'
import { elementsPerSample, isBatched } from '../graph/shape.ts'
import { portsNeeded, type Parameter } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'
import { viewsOf } from '../language/networks/views.ts'
import type { Buffer, Role } from '../loops/notation/kernel.ts'
import { lossPrograms, predictProgram } from './loss.ts'
import { optimizerPrograms } from './optimizer.ts'
import type { Program, Zone } from './program.ts'

/** What a module runs, and the tensors that lie in its arena at places that its caller knows. */
export interface Arrangement {
  readonly programs: readonly Program[]
  /** In the order in which they lie in the arena. */
  readonly zones: readonly Zone[]
  readonly inputs: readonly Buffer[]
  readonly targets: readonly Buffer[]
  /** The buffers of parameters, states, inputs and targets. */
  readonly leaves: ReadonlyMap<Node, Buffer>
  /** One element: the sum over the batch's samples of their losses. */
  readonly lossSum: Buffer
  /** The same of their normalizers, where they have some. */
  readonly normalizerSum?: Buffer
  /** The scalars of each metric. */
  readonly metricSums: readonly (readonly Buffer[])[]
  /** Of a batch, in the order of `network.emit.inputGradients`. */
  readonly inputGradients: readonly Buffer[]
}

interface Known {
  readonly network: Network
  readonly derived: readonly TrainingGraph[]
}

export const arrange: Pass<Known, { readonly arrangement: Arrangement }> = {
  name: 'arrange programs',
  run: ({ network, derived }) => ({ arrangement: arrangementOf(network, derived) }),
  check: ({ network, arrangement: { programs } }) => {
    for (const { name, pieces, untargeted } of programs)
      for (const { results } of pieces) {
        const nodes = results.map(({ node }) => node)
        checkGraph(nodes)
        const [target] = untargeted ? portsNeeded(nodes, network.targets) : []
        if (target) throw new Error(`${name} reads the target ${target.name}`)
      }
  },
}

function arrangementOf(network: Network, derived: readonly TrainingGraph[]): Arrangement {
  const [first] = derived as readonly [TrainingGraph, ...TrainingGraph[]]
  // Trained parameters come first, so that their gradients and optimizer states have equal inner offsets.
  const trained = new Set(network.trained.map(({ name }) => name))
  const ordered = [...network.trained, ...network.parameters.filter(({ name }) => !trained.has(name))]
  const parameters = buffersOf(ordered, 'parameter')
  const states = buffersOf(network.buffers, 'state')
  const gradients = buffersOf(network.trained, 'gradient', (name) => `gradient of ${name}`)
  const inputs = buffersOf(network.inputs, 'input')
  const targets = buffersOf(network.targets, 'target')
  const inputGradients = buffersOf(network.emit.inputGradients, 'gradient', (name) => `gradient of ${name}`)
  const directed = network.emit.directions.length > 0 ? network.trained : []
  const directions = buffersOf(directed, 'parameter', (name) => `direction of ${name}`)
  const products = buffersOf(directed, 'gradient', (name) => `Hessian product of ${name}`)
  const lossSum: Buffer = { name: 'loss sum', role: 'activation', batched: false, size: 1 }
  const normalizerSum = first.normalizerSum && { ...lossSum, name: 'normalizer sum' }
  const metricSums = (first.metrics ?? []).map(({ name, sums }) =>
    sums.map((_, k): Buffer => ({ ...lossSum, name: `${name}, sum ${k}` })),
  )
  const leaves = new Map(
    [
      [ordered, parameters],
      [network.buffers, states],
      [network.inputs, inputs],
      [network.targets, targets],
      [network.emit.directions.map((node) => ({ node, name: '' })), directions],
    ].flatMap(([tensors, buffers]) =>
      (tensors as readonly Tensor[]).map(({ node }, k) => [node, (buffers as readonly Buffer[])[k]!] as const),
    ),
  )

  const views = viewsOf(network)
  const optimizers = views.map((view) => optimizerPrograms(view, network.trained))
  const byName = (buffers: readonly Buffer[]) =>
    new Map(buffers.map((buffer, k) => [network.trained[k]!.name, buffer] as const))
  const sums = { lossSum, ...(normalizerSum && { normalizerSum }), metricSums }
  const left = { ...sums, gradients: byName(gradients), inputGradients, products: byName(products), leaves }
  const programs: Program[] = [
    predictProgram(first, leaves),
    ...views.flatMap((view, k) => [...lossPrograms(view, derived[k]!, left, k === 0), ...optimizers[k]!.programs]),
  ]
  const optimizerStates = views.flatMap(({ network: view, objective }) => {
    const { first, buffers } = spanOf(view, network.trained)
    return view.train.optimizer.states.map((name) => ({
      name: stateName(name, objective),
      buffers: buffersOf(buffers, 'optimizer', () => name),
      ...{ inModel: false, first },
    }))
  })
  const zones: Zone[] = [
    { name: 'parameters', buffers: parameters, inModel: true },
    { name: 'buffers', buffers: states, inModel: true },
    { name: 'gradients', buffers: gradients, inModel: false },
    ...optimizerStates,
    { name: 'input gradients', buffers: inputGradients, inModel: false },
    { name: 'directions', buffers: directions, inModel: false },
    { name: 'products', buffers: products, inModel: false },
    { name: 'norm', buffers: optimizers.flatMap(({ norms }) => norms), inModel: false },
  ]
  return { programs, zones, inputs, targets, leaves, ...sums, inputGradients }
}

/** From the first to the last tensor that a view trains, among all: one between that it doesn't train has a place too. */
function spanOf(view: Network, all: readonly Parameter[]) {
  const names = new Set(view.trained.map(({ name }) => name))
  const [from, to] = [all.findIndex(({ name }) => names.has(name)), all.findLastIndex(({ name }) => names.has(name))]
  const before = all.slice(0, Math.max(from, 0))
  return {
    first: before.reduce((count, { node }) => count + elementsPerSample(node.shape), 0),
    buffers: from < 0 ? [] : all.slice(from, to + 1),
  }
}

interface Tensor {
  readonly node: Node
  readonly name: string
}

function buffersOf(tensors: readonly Tensor[], role: Role, called = (name: string) => name): Buffer[] {
  return tensors.map(({ node, name }) => ({
    name: called(name),
    role,
    batched: isBatched(node.shape),
    size: elementsPerSample(node.shape),
  }))
}
