import type { Node } from '../../graph/node.ts'
import { elementsPerSample, isBatched } from '../../graph/shape.ts'
import { fuse } from './fuse.ts'
import type { ReadTensor } from './indexing.ts'
import type { Buffer, Step } from './kernel.ts'
import { isLoop, loopSteps } from './repeat.ts'
import { clusterKernels, copyKernel, homeIn, homeOf, type Scope } from './stages.ts'

/** A node whose elements a program must leave in the arena, and where: in a given buffer, or wherever is best. */
export interface Demand {
  readonly node: Node
  readonly buffer?: Buffer
}

export interface Lowered<Name extends string = string> {
  /** The steps of each program. */
  readonly programs: Readonly<Record<Name, readonly Step[]>>
  /** The buffer of each leaf and each stored node. */
  readonly buffers: ReadonlyMap<Node, Buffer>
}

/**
 * Lowers the programs of a module to kernels in index notation. A kernel that several programs need is one object in all of them.
 * @param leaves the buffers of all inputs and parameters that the programs read.
 */
export function lower<Name extends string>(
  demands: Readonly<Record<Name, readonly Demand[]>>,
  leaves: ReadonlyMap<Node, Buffer>,
): Lowered<Name> {
  const entries = Object.entries<readonly Demand[]>(demands)
  const outputs = Object.fromEntries(entries.map(([name, list]) => [name, list.map(({ node }) => node)]))
  const fusion = fuse(outputs)

  const buffers = new Map(leaves)
  let activations = 0
  const activation = (node: Node): Buffer => ({
    name: `activation${activations++}`,
    role: 'activation',
    batched: isBatched(node.shape),
    size: elementsPerSample(node.shape),
  })
  const copies = new Map<Buffer, { readonly node: Node; readonly programs: string[] }>()
  const copy = (node: Node, target: Buffer, program: string) => {
    const known = copies.get(target)
    if (known) known.programs.push(program)
    else copies.set(target, { node, programs: [program] })
  }
  for (const [program, list] of entries) {
    for (const { node, buffer } of list) {
      const home = buffers.get(node) ?? buffer ?? activation(node)
      buffers.set(node, home)
      // Two demands need a copy: a node that is only a view, and a node wanted in a second buffer.
      if (!fusion.anchors.has(node) && node.kind !== 'given') copy(node, home, program)
      if (buffer && buffer !== home) copy(node, buffer, program)
    }
  }
  for (const node of fusion.stored) if (!buffers.has(node)) buffers.set(node, activation(node))

  const homes = new Map([...buffers].map(([node, buffer]) => [node, homeIn(buffer, node)] as const))
  const read: ReadTensor = (tensor, index) => ({ kind: 'read', access: homeOf(tensor, homes).access(index) })
  const scope: Scope = { fusion, homes, read }
  const compiled = fusion.clusters.flatMap((cluster) => {
    const steps = isLoop(cluster)
      ? loopSteps(cluster, fusion, scope, activation)
      : clusterKernels(cluster, scope).map((step) => ({ step, programs: cluster.programs }))
    return steps
  })
  const copied = [...copies].map(([target, { node, programs }]) => ({
    programs,
    step: copyKernel(node, homeIn(target, node), scope),
  }))
  const stepsOf = (name: string) =>
    [...compiled, ...copied].filter(({ programs }) => programs.includes(name)).map(({ step }) => step)
  const programs = Object.fromEntries(entries.map(([name]) => [name, stepsOf(name)] as const))
  return { programs: programs as Record<Name, Step[]>, buffers }
}
