import { programName, stateName } from '../base/name.ts'
import { simplify } from '../calculus/algebra.ts'
import { add, multiply, parameter, sqrt, sum, uniform } from '../graph/build.ts'
import { callForm, nameForm, type Equation, type Form } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import { Interner, type Node } from '../graph/node.ts'
import { elementsPerSample } from '../graph/shape.ts'
import type { Parameter } from '../language/networks/builder.ts'
import type { Network } from '../language/networks/network.ts'
import type { View } from '../language/networks/views.ts'
import type { Buffer, Role } from '../loops/notation/kernel.ts'
import type { HostNumber, Piece, Program, Stretch } from './program.ts'

/** The programs of a step once the gradients are there, and where they leave the norms that clipping needs, if it does. */
export interface OptimizerPrograms {
  readonly programs: readonly Program[]
  readonly norms: readonly Buffer[]
}

/** The title of the section of an optimizer, which is of an objective where there are several. */
export function optimizerTitle(objective: string | undefined): string {
  return objective === undefined ? 'optimizer' : `optimizer of ${objective}`
}

/**
 * Clipping and the optimizer. Parameters, gradients and states have equal inner offsets, so one loop updates a stretch of elements of
 * any tensors; there is one formula for each weight decay.
 * @param all the tensors that have gradients, in order; the view trains all of them, or some.
 */
export function optimizerPrograms({ network, objective }: View, all: readonly Parameter[]): OptimizerPrograms {
  const groups = [...stretchesByDecay(network, all)]
  const pieces = groups.map(([weightDecay, stretches]) => updatePiece({ network, objective }, weightDecay, stretches))
  const { clip, optimizer } = network.train
  const title = optimizerTitle(objective)
  const [name, normName] = [programName('update', objective), programName('norm', objective)]
  const update: Program = {
    ...{ name, pieces, inStep: true, section: { title, kernel: 'update' } },
    ...(optimizer.row.scalars ? { partly: true } : {}),
  }
  if (!clip?.row.factor || groups.length === 0) return { programs: [update], norms: [] }
  const stretches = stretchesOf(network, all)
  const norms = stretches.map((_, k): Buffer => ({
    name: numbered('norm of the gradients', k),
    role: 'gradient',
    batched: false,
    size: 1,
  }))
  const factor = clip.row.factor(normOf(norms.length), clip.settings)
  const host: HostNumber = {
    ...{ name: 'clip', value: factor, reads: Object.fromEntries(norms.map((norm, k) => [numbered('norm', k), norm])) },
    equation: assignment('clip', definitionOf(factor, new Map())),
  }
  return {
    programs: [
      {
        ...{
          name: normName,
          opens: name,
          pieces: norms.map((norm, k) => normPiece(norm, stretches[k]!, k)),
          inStep: true,
        },
        section: { title, kernel: 'gradient_norm' },
      },
      { ...update, host: [host] },
    ],
    norms,
  }
}

/** The norm of what lies in so many stretches, from theirs: the uniforms `norm`, `norm1` …; √Σ norm². */
export function normOf(stretches: number): Node {
  const graph = new Interner()
  const parts = Array.from({ length: stretches }, (_, k) => uniform(graph, numbered('norm', k)))
  const squares = parts.map((part) => multiply(part, part))
  return stretches === 1 ? parts[0]! : sqrt(squares.reduce((total, square) => add(total, square)))
}

/** The first has the name alone. */
export const numbered = (name: string, k: number) => (k === 0 ? name : `${name}${k}`)

/** The parameters that the view trains, and where each lies among all. */
function* placesIn({ trained }: Network, all: readonly Parameter[]) {
  const own = new Map(trained.map((parameter) => [parameter.name, parameter]))
  let start = 0
  for (const { name, node } of all) {
    const count = elementsPerSample(node.shape)
    if (own.has(name)) yield { parameter: own.get(name)!, start, count }
    start += count
  }
}

/** The runs of adjacent elements that the view trains. */
export function stretchesOf(network: Network, all: readonly Parameter[]): readonly Stretch[] {
  const stretches: Stretch[] = []
  for (const { start, count } of placesIn(network, all)) extend(stretches, { start, count })
  return stretches
}

/** Appends a stretch; one that begins where the last ends makes that longer. */
function extend(stretches: Stretch[], { start, count }: Stretch): void {
  const last = stretches.at(-1)
  if (last && last.start + last.count === start)
    stretches[stretches.length - 1] = { ...last, count: last.count + count }
  else stretches.push({ start, count })
}

/** Adjacent parameters with equal weight decay, by that. */
function stretchesByDecay(network: Network, all: readonly Parameter[]): ReadonlyMap<number, readonly Stretch[]> {
  const groups = new Map<number, Stretch[]>()
  for (const { parameter, start, count } of placesIn(network, all)) {
    const stretches = groups.get(parameter.weightDecay) ?? []
    groups.set(parameter.weightDecay, stretches)
    extend(stretches, { start, count })
  }
  return groups
}

function updatePiece({ network, objective }: View, weightDecay: number, over: readonly Stretch[]): Piece {
  const { optimizer, clip } = network.train
  const { states, row, settings } = optimizer
  const graph = new Interner()
  const parameters = flat(graph, 'parameters', 'parameter')
  const gradients = flat(graph, 'gradients', 'gradient')
  const kept = states.map((name) => flat(graph, stateName(name, objective), 'optimizer'))
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

/** ‖g‖ = √Σ g², of the gradients of a stretch. */
function normPiece(norm: Buffer, whole: Stretch, k: number): Piece {
  const squares: Form = { kind: 'power', base: nameForm('gradients'), exponent: { kind: 'number', value: 2 } }
  const { node, buffer } = flat(new Interner(), 'gradients', 'gradient')
  return {
    results: [{ node: sqrt(sum(multiply(node, node), [0])), buffer: norm }],
    leaves: new Map([[node, buffer]]),
    over: [whole],
    equations: [assignment(numbered('norm', k), callForm('sqrt', callForm('sum', squares)))],
  }
}

function assignment(name: string, right: Form): Equation {
  return { left: nameForm(name), sign: '←', right }
}

/** A stretch of the zone of this name, as a tensor of `n` elements. */
function flat(graph: Interner, name: string, role: Role): { readonly node: Node; readonly buffer: Buffer } {
  return { node: parameter(graph, name, ['batch']), buffer: { name, role, batched: true, size: 1 } }
}
