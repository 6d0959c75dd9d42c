import { simplify } from '../calculus/algebra.ts'
import { multiply, parameter, sqrt, sum, uniform } from '../graph/build.ts'
import { callForm, nameForm, type Equation, type Form } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import { Interner, type Node } from '../graph/node.ts'
import { elementsPerSample } from '../graph/shape.ts'
import type { Network } from '../language/networks/network.ts'
import type { Buffer, Role } from '../loops/notation/kernel.ts'
import type { HostNumber, Piece, Program, Stretch } from './program.ts'

/** The programs of a step once the gradients are there, and where they leave the norm that clipping needs, if it does. */
export interface OptimizerPrograms {
  readonly programs: readonly Program[]
  readonly norm?: Buffer
}

const title = 'optimizer'

/**
 * Clipping and the optimizer. Parameters, gradients and states have equal inner offsets, so one loop updates a stretch of elements of
 * any tensors; there is one formula for each weight decay.
 */
export function optimizerPrograms(network: Network): OptimizerPrograms {
  const groups = [...stretchesByDecay(network)]
  const pieces = groups.map(([weightDecay, stretches]) => updatePiece(network, weightDecay, stretches))
  const { clip, optimizer } = network.train
  const update: Program = {
    ...{ name: 'update', pieces, inStep: true, section: { title, kernel: 'update' } },
    ...(optimizer.row.scalars ? { partly: true } : {}),
  }
  if (!clip?.row.factor || groups.length === 0) return { programs: [update] }
  const norm: Buffer = { name: 'norm of the gradients', role: 'gradient', batched: false, size: 1 }
  const count = network.trained.reduce((elements, { node }) => elements + elementsPerSample(node.shape), 0)
  const factor = clip.row.factor(uniform(new Interner(), 'norm'), clip.settings)
  const host: HostNumber = {
    ...{ name: 'clip', value: factor, reads: { norm } },
    equation: assignment('clip', definitionOf(factor, new Map())),
  }
  return {
    programs: [
      {
        ...{ name: 'norm', opens: 'update', pieces: [normPiece(norm, { start: 0, count })], inStep: true },
        section: { title, kernel: 'gradient_norm' },
      },
      { ...update, host: [host] },
    ],
    norm,
  }
}

/** Adjacent parameters with equal weight decay, by that. */
function stretchesByDecay({ trained }: Network): ReadonlyMap<number, readonly Stretch[]> {
  const groups = new Map<number, Stretch[]>()
  let start = 0
  let previous: number | undefined
  for (const { node, weightDecay } of trained) {
    const count = elementsPerSample(node.shape)
    const stretches = groups.get(weightDecay) ?? []
    groups.set(weightDecay, stretches)
    const last = stretches.at(-1)
    if (last && previous === weightDecay) stretches[stretches.length - 1] = { ...last, count: last.count + count }
    else stretches.push({ start, count })
    previous = weightDecay
    start += count
  }
  return groups
}

function updatePiece({ train }: Network, weightDecay: number, over: readonly Stretch[]): Piece {
  const { optimizer, clip } = train
  const { states, row, settings } = optimizer
  const graph = new Interner()
  const parameters = flat(graph, 'parameters', 'parameter')
  const gradients = flat(graph, 'gradients', 'gradient')
  const kept = states.map((name) => flat(graph, name, 'optimizer'))
  const scalar = (name: string) => uniform(graph, name)
  const updated = row.update(
    {
      parameter: parameters.node,
      gradient: clip ? clip.row.clip(gradients.node, clip.settings, scalar('clip')) : gradients.node,
      states: Object.fromEntries(states.map((name, k) => [name, kept[k]!.node])),
      learningRate: scalar('learningRate'),
      scalars: Object.fromEntries(Object.keys(row.scalars ?? {}).map((name) => [name, scalar(name)])),
      weightDecay,
    },
    settings,
  )
  const results = [
    ...kept.map(({ buffer }, k) => ({ node: updated.states[states[k]!]!, buffer })),
    { node: updated.parameter, buffer: parameters.buffer },
  ]
  const simplified = simplify(results.map(({ node }) => node))
  const demands = results.map(({ node, buffer }) => ({ node: simplified.get(node)!, buffer }))
  const leaves = [parameters, gradients, ...kept]
  const symbols = new Map(leaves.map(({ node, buffer }) => [node, buffer.name]))
  const equations = demands.map(({ node, buffer }) => {
    const equation = assignment(buffer.name, definitionOf(node, symbols))
    symbols.set(node, `new ${buffer.name}`)
    return equation
  })
  return { results: demands, leaves: new Map(leaves.map(({ node, buffer }) => [node, buffer])), over, equations }
}

/** ‖g‖ = √Σ g², of all gradients. */
function normPiece(norm: Buffer, whole: Stretch): Piece {
  const squares: Form = { kind: 'power', base: nameForm('gradients'), exponent: { kind: 'number', value: 2 } }
  const { node, buffer } = flat(new Interner(), 'gradients', 'gradient')
  return {
    results: [{ node: sqrt(sum(multiply(node, node), [0])), buffer: norm }],
    leaves: new Map([[node, buffer]]),
    over: [whole],
    equations: [assignment('norm', callForm('sqrt', callForm('sum', squares)))],
  }
}

function assignment(name: string, right: Form): Equation {
  return { left: nameForm(name), sign: '←', right }
}

/** A stretch of the zone of this name, as a tensor of `n` elements. */
function flat(graph: Interner, name: string, role: Role): { readonly node: Node; readonly buffer: Buffer } {
  return { node: parameter(graph, name, ['batch']), buffer: { name, role, batched: true, size: 1 } }
}
