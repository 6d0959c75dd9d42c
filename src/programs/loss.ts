import { programName } from '../base/name.ts'
import type { TrainingGraph } from '../calculus/training.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { elementsPerSample, isBatched } from '../graph/shape.ts'
import type { View } from '../language/networks/views.ts'
import type { Buffer } from '../loops/notation/kernel.ts'
import type { Demand } from '../loops/notation/lower.ts'
import type { Program } from './program.ts'

type Leaves = ReadonlyMap<Node, Buffer>

/** Where programs leave what they compute, and what they read. */
export interface Left {
  readonly lossSum: Buffer
  readonly normalizerSum?: Buffer
  readonly metricSums: readonly (readonly Buffer[])[]
  /** By the names of trained parameters. */
  readonly gradients: ReadonlyMap<string, Buffer>
  readonly inputGradients: readonly Buffer[]
  /** By the names of trained parameters; none where there is no direction. */
  readonly products: ReadonlyMap<string, Buffer>
  readonly leaves: Leaves
}

const onSamples = (leaves: Leaves, results: readonly Demand[]) => [{ results, leaves, over: 'samples' as const }]

export function predictProgram({ outputs }: TrainingGraph, leaves: Leaves): Program {
  const results = outputs.map((node) => ({ node }))
  return { name: 'predict', pieces: onSamples(leaves, results), inModel: true, untargeted: true }
}

/**
 * What runs for one loss.
 * @param isFirst whether it is the only one, or the first: it shares what it can with predictions, and has what a batch starts.
 */
export function lossPrograms(
  { network: { trained }, objective }: View,
  graph: TrainingGraph,
  left: Left,
  isFirst: boolean,
): readonly Program[] {
  const { leaves, products } = left
  const named = (name: string) => programName(name, objective)
  const ofTrained = (nodes: readonly Node[], buffers: ReadonlyMap<string, Buffer>) =>
    nodes.map((node, k) => ({ node, buffer: buffers.get(trained[k]!.name)! }))
  const apart = isFirst ? {} : { apart: objective! }
  const initialize: Program = {
    name: 'initialize',
    pieces: onSamples(leaves, assigned(graph.starts, leaves)),
    ...{ apart: 'initialize', untargeted: true },
  }
  const hessian: Program = {
    name: named('hessian'),
    pieces: onSamples(leaves, ofTrained(graph.hessianProducts, products)),
    apart: named('hessian'),
  }
  return [
    { name: named('loss'), pieces: onSamples(leaves, summed(graph, left)), ...apart },
    {
      name: named('gradient'),
      pieces: onSamples(leaves, [
        ...summed(graph.training, left),
        ...ofTrained(graph.gradients, left.gradients),
        ...graph.variableGradients.map((node, k) => ({ node, buffer: left.inputGradients[k]! })),
        ...drawnWrites(graph).map((node, k) => ({ node, ...(isFirst ? {} : { buffer: drawnBuffer(node, k) }) })),
      ]),
      ...{ mayRerun: true, inStep: true, ...apart },
    },
    {
      name: named('commit'),
      after: named('gradient'),
      pieces: onSamples(leaves, assigned(graph.writes, leaves)),
      ...{ inStep: true, ...apart },
    },
    ...(isFirst ? [initialize] : []),
    ...(products.size > 0 ? [hessian] : []),
  ]
}

function assigned(list: TrainingGraph['writes'], leaves: Leaves): Demand[] {
  return list.map(({ target, value }) => ({ node: value, buffer: leaves.get(target)! }))
}

/** What is added up over a batch's samples. */
function summed({ lossSum, normalizerSum, metrics = [] }: TrainingGraph['training'], left: Left): Demand[] {
  return [
    { node: lossSum, buffer: left.lossSum },
    ...(normalizerSum && left.normalizerSum ? [{ node: normalizerSum, buffer: left.normalizerSum }] : []),
    ...metrics.flatMap(({ sums }, k) => sums.map((node, at) => ({ node, buffer: left.metricSums[k]![at]! }))),
  ]
}

/** Where a gradient's program leaves a new value for the commit after it, apart from others that compute the same. */
function drawnBuffer({ shape }: Node, at: number): Buffer {
  return { name: `new value ${at}`, role: 'activation', batched: isBatched(shape), size: elementsPerSample(shape) }
}

/**
 * New values of buffers that a commit would draw random numbers for: it has no key, so the gradient's program computes them. Mostly there
 * are none, as a commit goes on from sums over the batch that this has left.
 */
function drawnWrites({ writes, training, gradients, variableGradients }: TrainingGraph): Node[] {
  if (writes.length === 0) return []
  const computed = topologicalOrder([training.lossSum, ...gradients, ...variableGradients])
  const left = new Set(computed.filter(({ kind }) => kind === 'reduction' || kind === 'product'))
  return writes.flatMap(({ value }) => {
    const read = new Set([value])
    // A set iterates over what is added meanwhile.
    for (const node of read) if (!left.has(node)) for (const input of node.inputs) read.add(input)
    return [...read].some(({ op }) => op === 'noise') ? [value] : []
  })
}
