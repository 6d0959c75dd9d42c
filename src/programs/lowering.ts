import type { TrainingGraph } from '../calculus/training.ts'
import type { Node } from '../graph/node.ts'
import { elementsPerSample, isBatched } from '../graph/shape.ts'
import { checkPrograms } from '../loops/memory/check.ts'
import { chooseReruns, type MemoryGoal } from '../loops/memory/checkpoints.ts'
import { effectsOf } from '../loops/memory/effects.ts'
import type { Buffer, Role, Step } from '../loops/notation/kernel.ts'
import { lower, type LoweredProgram } from '../loops/notation/lower.ts'
import { planMemory, type Lifetime, type MemoryPlan } from '../loops/memory/plan.ts'
import { packOperands } from '../loops/schedule/pack.ts'
import type { TargetCosts } from '../loops/schedule/costs.ts'
import type { Network } from '../language/networks/network.ts'
import { typescriptCosts } from '../targets/typescript/costs.ts'
import { lowerUpdates, type LoweredUpdates } from './update.ts'

/** A network as kernels over one arena. */
export interface LoweredNetwork {
  /** `commit` goes on from what `gradient` has left in the arena; it and `initialize` may be empty. */
  readonly programs: Readonly<Record<'predict' | 'loss' | 'gradient' | 'commit' | 'initialize', LoweredProgram>>
  readonly update: LoweredUpdates
  readonly plan: MemoryPlan
  /** Where activations are computed again: the arena's length when all are stored, and the operations that a step takes more. */
  readonly recomputation?: { readonly storedLength: number; readonly operations: number }
  readonly buffers: ReadonlyMap<Node, Buffer>
  /** Where the flat regions start: `parameters`, `buffers`, `gradients`, and each optimizer state by its name. */
  readonly regions: ReadonlyMap<string, number>
  readonly lossSum: Buffer
  /** Of a batch, in the order of `network.emit.inputGradients`. */
  readonly inputGradients: readonly Buffer[]
}

/**
 * Lowers the programs of a network and its optimizer, chooses what the gradient computes again, gives all buffers their places, and
 * checks the result. Where no choice fits the spec's memory budget, the arena is the shortest that there is.
 */
export function lowerNetwork(
  network: Network,
  training: TrainingGraph,
  precision: Network['emit']['precision'] = network.emit.precision,
  costs: TargetCosts = typescriptCosts,
): LoweredNetwork {
  const bufferOf = (node: Node, name: string, role: Role): Buffer => ({
    name,
    role,
    batched: isBatched(node.shape),
    size: elementsPerSample(node.shape),
  })
  // What is trained comes first, so that its gradients and optimizer states have equal inner offsets.
  const ordered = [...network.trained, ...network.parameters.filter(({ frozen }) => frozen)]
  const parameters = ordered.map(({ node, name }) => bufferOf(node, name, 'parameter'))
  const untrained = network.buffers.map(({ node, name }) => bufferOf(node, name, 'state'))
  const gradients = network.trained.map(({ node, name }) => bufferOf(node, `gradient of ${name}`, 'gradient'))
  const inputs = network.inputs.map(({ node, name }) => bufferOf(node, name, 'input'))
  const targets = network.targets.map(({ node, name }) => bufferOf(node, name, 'target'))
  const inputGradients = network.emit.inputGradients.map(({ node, name }) =>
    bufferOf(node, `gradient of ${name}`, 'gradient'),
  )
  const lossSum: Buffer = { name: 'loss sum', role: 'activation', batched: false, size: 1 }

  const leaves = new Map<Node, Buffer>([
    ...ordered.map(({ node }, k) => [node, parameters[k]!] as const),
    ...network.buffers.map(({ node }, k) => [node, untrained[k]!] as const),
    ...network.inputs.map(({ node }, k) => [node, inputs[k]!] as const),
    ...network.targets.map(({ node }, k) => [node, targets[k]!] as const),
  ])
  const { programs: plain, buffers } = lower(
    {
      predict: [{ node: training.output }],
      loss: [{ node: training.lossSum, buffer: lossSum }],
      gradient: [
        { node: training.training.lossSum, buffer: lossSum },
        ...training.gradients.map((node, k) => ({ node, buffer: gradients[k]! })),
        ...training.variableGradients.map((node, k) => ({ node, buffer: inputGradients[k]! })),
      ],
      commit: training.writes.map(({ target, value }) => ({ node: value, buffer: leaves.get(target)! })),
    },
    leaves,
  )
  const { batch } = network.train
  const programs = packOperands(plain, costs, batch)
  // By itself: what it shares with a step would no longer be one kernel there with what it doesn't.
  const starts = training.starts.map(({ target, value }) => ({ node: value, buffer: leaves.get(target)! }))
  const [initialize] = packOperands(lower({ initialize: starts }, leaves).programs, costs, batch) as [LoweredProgram]
  const update = lowerUpdates(network, costs)
  const states = new Map(
    network.train.optimizer.states.map((name) => [
      name,
      network.trained.map(({ node }) => bufferOf(node, name, 'optimizer')),
    ]),
  )
  const output = buffers.get(training.output)!
  const [predict, evaluation, stored, writing] = programs as [LoweredProgram, ...LoweredProgram[]] & { length: 4 }
  const commit = { ...writing, steps: writing.steps.filter((step) => !stored.steps.includes(step)) }
  const lifetimes = (gradient: readonly Step[]): Lifetime[] => [
    { steps: predict.steps, results: [output] },
    { steps: evaluation.steps, results: [lossSum] },
    { steps: [...gradient, ...commit.steps], results: [lossSum] },
    { steps: initialize.steps, results: [] },
  ]
  const regionsAfter = [gradients, ...states.values(), inputGradients, update.norm ? [update.norm.result] : []]
  const place = (gradient: readonly Step[]) =>
    planMemory([parameters, untrained], lifetimes(gradient), inputs, targets, regionsAfter, batch)
  const committed = commit.steps.flatMap((step) => [...effectsOf(step).needs])
  const { steps, plan, operations } = chooseReruns(
    { steps: stored.steps, results: [lossSum, ...committed] },
    memoryGoal(network, precision),
    batch,
    place,
  )
  checkPrograms(lifetimes(steps), plan)

  const startOf = ([first]: readonly Buffer[]) => (first ? plan.offsets.get(first)! : 0)
  const regions = new Map([
    ['parameters', startOf(parameters)],
    ['buffers', startOf(untrained)],
    ['gradients', startOf(gradients)],
  ])
  for (const [name, tensors] of states) regions.set(name, startOf(tensors))
  return {
    programs: { predict, loss: evaluation, gradient: { ...stored, steps }, commit, initialize },
    ...{ update, plan, buffers, regions, lossSum, inputGradients },
    ...(operations > 0 ? { recomputation: { storedLength: place(stored.steps).length, operations } } : {}),
  }
}

/** The spec's, with a budget in elements in place of bytes. */
function memoryGoal({ emit: { memory } }: Network, precision: Network['emit']['precision']): MemoryGoal {
  return typeof memory === 'string' ? memory : { budget: Math.floor(memory.budget / (precision === 'f32' ? 4 : 8)) }
}
