import type { CarriedDescription, SectionDescription } from '../emit/description.ts'
import { uniform } from '../graph/build.ts'
import { countOperations } from '../graph/count.ts'
import { Interner, topologicalOrder, type Node } from '../graph/node.ts'
import { isPointwise, type PointwiseOp } from '../graph/op.ts'
import { toAscii } from '../graph/equations/ascii.ts'
import { nameForm } from '../graph/equations/form.ts'
import { definitionOf } from '../graph/equations/formOf.ts'
import { elementsPerSample } from '../graph/shape.ts'
import { computedBy, kernelsOf, type Buffer, type Kernel } from '../loops/notation/kernel.ts'
import { callOf, writeRoutine, type Call } from '../loops/routine/routine.ts'
import { lowerNorm, lowerUpdate, type LoweredUpdate } from './updateKernels.ts'
import type { Network } from '../language/networks/network.ts'
import type { TargetCosts } from '../loops/schedule/choose.ts'
import type { Announcement } from '../targets/share.ts'
import { printScalar, type Mathematics } from '../targets/typescript/expression.ts'
import type { LoweredNetwork } from './lowering.ts'

/** What a step does once the gradients are there. */
export interface LoweredUpdates {
  /** One update for each weight decay; its program runs over runs of elements. */
  readonly groups: readonly { readonly lowered: LoweredUpdate; readonly runs: readonly Run[] }[]
  /** Of all gradients, where clipping needs it: the kernel, where it leaves the norm, and the factor as a function of `norm`. */
  readonly norm?: { readonly kernel: Kernel; readonly result: Buffer; readonly factor: Node }
}

/** Adjacent parameters with equal settings: `count` elements from `start` of each region. */
interface Run {
  readonly start: number
  readonly count: number
}

/** Lowers clipping and the optimizer, which are the same for every element of a group. */
export function lowerUpdates(network: Network, { negligible }: TargetCosts): LoweredUpdates {
  const { optimizer, clip } = network.train
  const groups = [...runsByDecay(network)].map(([weightDecay, runs]) => ({
    lowered: lowerUpdate(
      ({ gradient, scalars, ...operands }) => {
        const clipped = clip ? clip.row.clip(gradient, clip.settings, scalars.clip!) : gradient
        return optimizer.row.update({ ...operands, gradient: clipped, scalars, weightDecay }, optimizer.settings)
      },
      optimizer.states,
      [...Object.keys(optimizer.row.carried ?? {}), 'clip'],
      negligible,
    ),
    runs,
  }))
  if (!clip?.row.factor || groups.length === 0) return { groups }
  const result: Buffer = { name: 'norm of the gradients', role: 'gradient', batched: false, size: 1 }
  const factor = clip.row.factor(uniform(new Interner(), 'norm'), clip.settings)
  return { groups, norm: { kernel: lowerNorm(result), result, factor } }
}

/** The floating-point operations of a step once the gradients are there. */
export function countUpdate({ groups, norm }: LoweredUpdates): number {
  const updates = groups.map(({ lowered, runs }) => countOperations(lowered.outputs, elementsOf(runs)))
  const reduction = norm ? countOperations(computedBy(norm.kernel), elementsOf(groups.flatMap(({ runs }) => runs))) : 0
  return updates.reduce((sum, count) => sum + count, reduction)
}

function runsByDecay({ trained }: Network): ReadonlyMap<number, Run[]> {
  const groups = new Map<number, Run[]>()
  let start = 0
  let previous: number | undefined
  for (const { node, weightDecay } of trained) {
    const count = elementsPerSample(node.shape)
    const runs = groups.get(weightDecay) ?? []
    groups.set(weightDecay, runs)
    const last = runs.at(-1)
    if (last && previous === weightDecay) runs[runs.length - 1] = { start: last.start, count: last.count + count }
    else runs.push({ start, count })
    previous = weightDecay
    start += count
  }
  return groups
}

function elementsOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { count }) => sum + count, 0)
}

/** What the trainer carries on besides the learning rate: the optimizer's scalars and the schedule's numbers. */
export function describeCarried({ train: { optimizer, schedule }, emit: { math } }: Network): CarriedDescription[] {
  const scalars = carriedScalars(optimizer).map(({ name, start, next }) => ({
    ...{ name, start },
    next: printScalar(next, { before: `state.${name}`, t: 't' }, math).text,
  }))
  const numbers = Object.entries(schedule?.carried ?? {}).map(([name, start]) => ({ name, start }))
  return [...scalars, ...numbers]
}

/** Of the optimizer: what each becomes in step `t`, from its value `before`. */
function carriedScalars({ row, settings }: Network['train']['optimizer']) {
  return Object.entries(row.carried ?? {}).map(([name, { start, next }]) => {
    const graph = new Interner()
    return { name, start, next: next(uniform(graph, 'before'), uniform(graph, 't'), settings) }
  })
}

/** The ops in a step's own statements. */
export function scalarOps({ train: { optimizer } }: Network, { update: { norm } }: LoweredNetwork): PointwiseOp[] {
  const scalars = carriedScalars(optimizer).map(({ next }) => next)
  return topologicalOrder(norm ? [...scalars, norm.factor] : scalars)
    .map(({ op }) => op)
    .filter(isPointwise)
}

/** Uniforms that a step's own statements define; the others are numbers of the trainer's state. */
const locals = ['n', 't', 'clip']

export interface UpdateCalls {
  /** What finds the norm that clipping needs, if it needs one. */
  readonly norms: readonly Call[]
  /** A call for each run of parameters with the same weight decay. */
  readonly updates: readonly Call[]
  /** What one step needs of the trainer's state. */
  readonly uniforms: readonly string[]
}

/** The optimizer's step as calls: one routine for each weight decay, called for each run of parameters that it applies to. */
export function callUpdates({ update, regions, plan }: LoweredNetwork, costs: TargetCosts): UpdateCalls {
  const { groups, norm } = update
  const run = (kernel: Kernel, runs: readonly Run[]): Call[] => {
    const routine = writeRoutine(kernel, costs, Math.max(...runs.map(({ count }) => count)))
    const carried = routine.uniforms.filter((name) => !locals.includes(name))
    const given = Object.fromEntries(carried.map((name) => [name, `state.${name}`]))
    return runs.map(({ start, count }) => {
      const startOf = (buffer: Buffer) => plan.offsets.get(buffer) ?? start + regions.get(buffer.name)!
      return { ...callOf(kernel, routine, startOf), given, count }
    })
  }
  const updates = groups.flatMap(({ lowered, runs }) =>
    kernelsOf(lowered.program.steps).flatMap((kernel) => run(kernel, runs)),
  )
  const whole = { start: 0, count: elementsOf(groups.flatMap(({ runs }) => runs)) }
  const uniforms = new Set(updates.flatMap(({ routine }) => routine.uniforms))
  return {
    norms: norm ? run(norm.kernel, [whole]) : [],
    updates,
    uniforms: [...uniforms].filter((name) => name !== 'n' && name !== 'clip'),
  }
}

/** How the update's kernels are announced. */
export function announceUpdate({ norm }: LoweredUpdates): (kernel: Kernel) => Announcement {
  return (kernel) => ({ name: kernel.purpose === norm?.kernel.purpose ? 'gradient_norm' : 'update', equations: [] })
}

/** What such a kernel computes. */
export function updateEquations(update: LoweredUpdates): (kernel: Kernel) => readonly string[] {
  return (kernel) =>
    update.groups.find(({ lowered }) => kernelsOf(lowered.program.steps).includes(kernel))?.lowered.equations ?? [
      normEquation,
    ]
}

const normEquation = 'norm <- sqrt(sum(gradients^2))'

/** The statement that defines `clip`, where there is such a factor. */
export function clipStatements({ update: { norm }, plan }: LoweredNetwork, math: Mathematics): string[] {
  if (!norm) return []
  const factor = printScalar(norm.factor, { norm: `arena[${plan.offsets.get(norm.result)!}]` }, math)
  return [`const clip = ${factor.text}`]
}

/** The optimizer's section: its equations, and its functions if there are any to read. */
export function updateSection({ groups, norm }: LoweredUpdates, functions: readonly string[]): SectionDescription {
  const clipping = norm
    ? [normEquation, toAscii({ left: nameForm('clip'), sign: '←', right: definitionOf(norm.factor, new Map()) })]
    : []
  return {
    title: 'optimizer',
    equations: [...clipping, ...groups.flatMap(({ lowered }) => lowered.equations)],
    functions,
  }
}
