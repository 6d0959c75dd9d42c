import { layerOf } from './announce.ts'
import type { Names } from './names.ts'
import type { ModuleDescription, SectionDescription } from '../emit/description.ts'
import type { PointwiseOp } from '../graph/op.ts'
import { kernelsOf, type Buffer, type Kernel } from '../loops/notation/kernel.ts'
import { callOf, writeRoutine, type Call } from '../loops/routine/routine.ts'
import type { TargetCosts } from '../loops/schedule/choose.ts'
import type { Network } from '../language/networks/network.ts'
import type { LoweredNetwork } from '../programs/lowering.ts'

/** What a target makes of a lowered network. */
export interface PrintedNetwork extends Pick<ModuleDescription, 'programs' | 'sections' | 'kernels'> {
  /** Which the sections' functions apply. */
  readonly ops: ReadonlySet<PointwiseOp>
}

/** A call of each of some kernels. */
export function callKernels(
  kernels: Iterable<Kernel>,
  { plan }: LoweredNetwork,
  costs: TargetCosts,
  { train: { batch } }: Network,
): ReadonlyMap<Kernel, Call> {
  const startOf = (buffer: Buffer) => plan.offsets.get(buffer)!
  return new Map([...kernels].map((kernel) => [kernel, callOf(kernel, writeRoutine(kernel, costs, batch), startOf)]))
}

/** The kernels of each program. */
export function kernelsByProgram(
  { programs }: LoweredNetwork,
  update: readonly Call[],
): Readonly<Record<string, readonly Kernel[]>> {
  const lists = Object.entries(programs).map(([name, { steps }]) => [name, kernelsOf(steps)] as const)
  return { ...Object.fromEntries(lists), update: update.map(({ kernel }) => kernel) }
}

/** The host doubles that kernels need besides the number of samples and, within a loop over time, the time. */
export function uniformsOf(calls: readonly Call[]): string[] {
  return [...new Set(calls.flatMap(({ routine }) => routine.uniforms))].filter(
    (name) => name !== 'n' && name !== 'time',
  )
}

/** One section a layer, in the network's order, then the loss and what belongs to no layer. */
export function describeSections(
  network: Network,
  functions: readonly { readonly kernel: Kernel; readonly text: string }[],
  names: Names,
): SectionDescription[] {
  const rest = 'loss'
  const titles = [...network.sections.keys(), rest]
  const grouped = new Map<string, string[]>(titles.map((title) => [title, []]))
  for (const { kernel, text } of functions) grouped.get(layerOf(kernel, names) ?? rest)!.push(text)
  return [...grouped]
    .filter(([, texts]) => texts.length > 0)
    .map(([title, texts]) => ({ title, equations: [], functions: texts }))
}
