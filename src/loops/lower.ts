import type { Node } from '../graph/node.ts'
import { elementsPerSample, isBatched, rowMajorStrides } from '../graph/shape.ts'
import { axisIndex, combine } from './affine.ts'
import { isJoin, isLeaf, isReduction, type Join } from './anchors.ts'
import { fuse, hasInnerAxes, type Cluster, type Fusion } from './fuse.ts'
import { accessOf, axesOf, indexNotation, type Index } from './indexing.ts'
import type { Axis, Buffer, Kernel, Reduce, Scalar, Stage } from './kernel.ts'

/** A node whose elements a program must leave in the arena, and where: in a given buffer, or wherever is best. */
export interface Demand {
  readonly node: Node
  readonly buffer?: Buffer
}

export interface LoweredProgram {
  readonly name: string
  readonly kernels: readonly Kernel[]
}

export interface Lowered {
  readonly programs: readonly LoweredProgram[]
  /** Where each leaf and each stored node lies. */
  readonly buffers: ReadonlyMap<Node, Buffer>
}

/**
 * Lowers the programs of a module to kernels in index notation. A kernel that several programs need is one object in all of them.
 * @param leaves the buffers of all inputs and parameters that the programs read.
 */
export function lower(
  demands: Readonly<Record<string, readonly Demand[]>>,
  leaves: ReadonlyMap<Node, Buffer>,
): Lowered {
  const outputs = Object.fromEntries(
    Object.entries(demands).map(([name, list]) => [name, list.map(({ node }) => node)]),
  )
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
  for (const [program, list] of Object.entries(demands)) {
    for (const { node, buffer } of list) {
      const home = buffers.get(node) ?? buffer ?? activation(node)
      buffers.set(node, home)
      // What no kernel computes of itself, such as a view, is copied; so is what is demanded in a second place.
      if (!fusion.anchors.has(node) && !isLeaf(node)) copy(node, home, program)
      if (buffer && buffer !== home) copy(node, buffer, program)
    }
  }
  for (const node of fusion.stored) if (!buffers.has(node)) buffers.set(node, activation(node))

  const compiled = fusion.clusters.map((cluster) => ({
    programs: cluster.programs,
    kernel: clusterKernel(cluster, fusion, buffers),
  }))
  const copied = [...copies].map(([target, { node, programs }]) => ({
    programs,
    kernel: copyKernel(node, target, fusion, buffers),
  }))
  const programs = Object.keys(demands).map((name) => ({
    name,
    kernels: [...compiled, ...copied].filter(({ programs }) => programs.includes(name)).map(({ kernel }) => kernel),
  }))
  return { programs, buffers }
}

function clusterKernel(cluster: Cluster, fusion: Fusion, buffers: ReadonlyMap<Node, Buffer>): Kernel {
  const reductions = new Map<Node, Reduce>()
  const inKernel = (tensor: Node) => fusion.clusterOf.get(tensor) === cluster && !hasInnerAxes(tensor, cluster)
  const notation = indexNotation(fusion.anchors, (tensor, index) => {
    if (!inKernel(tensor)) return readOf(tensor, index, buffers)
    const stage = reductions.get(tensor)
    return stage ? { kind: 'reduced', stage } : notation.definition(tensor, index)
  })
  const parallelIndex = cluster.parallel.map(axisIndex)
  const stages: Stage[] = []
  for (const member of cluster.members) {
    if (isJoin(member)) {
      stages.push(...joinStages(member, cluster, notation.at, buffers.get(member)!))
      continue
    }
    const reduction = reduceStage(member, parallelIndex, notation.at)
    if (reduction) {
      reductions.set(member, reduction)
      stages.push(reduction)
    }
    const target = buffers.get(member)
    if (!target || !fusion.stored.has(member)) continue
    const over = axesOf(member.shape).slice(cluster.parallel.length)
    const index = over.length === 0 ? parallelIndex : [...parallelIndex, ...over.map(axisIndex)]
    const value: Scalar = reduction ? { kind: 'reduced', stage: reduction } : notation.definition(member, index)
    stages.push({ kind: 'write', over, target: accessOf(target, member, index), value })
  }
  return { parallel: cluster.parallel, stages, defines: cluster.members }
}

function reduceStage(member: Node, parallel: Index, at: (node: Node, index: Index) => Scalar): Reduce | null {
  if (member.op === 'contract') {
    const { left, right, out } = member.attributes
    const [a, b] = member.inputs as [Node, Node]
    const summed = [...left].filter((label) => !out.includes(label))
    const over = axesOf(
      summed.map((label) => a.shape[left.indexOf(label)]!),
      'kijlm',
    )
    const indexOf = (labels: string) =>
      [...labels].map((label) =>
        out.includes(label) ? parallel[out.indexOf(label)]! : axisIndex(over[summed.indexOf(label)]!),
      )
    const body: Scalar = { kind: 'apply', op: 'multiply', operands: [at(a, indexOf(left)), at(b, indexOf(right))] }
    return { kind: 'reduce', combine: 'sum', over, body }
  }
  if (isReduction(member)) {
    const { axes } = member.attributes
    const x = member.inputs[0]!
    const over = axesOf(
      axes.map((axis) => x.shape[axis]!),
      'kijlm',
    )
    let kept = 0
    const index = x.shape.map((_, axis) =>
      axes.includes(axis) ? axisIndex(over[axes.indexOf(axis)]!) : parallel[kept++]!,
    )
    return { kind: 'reduce', combine: member.op, over, body: at(x, index) }
  }
  return null
}

/** concat and pad: each part is written to its place along the axis. */
function joinStages(member: Join, cluster: Cluster, at: (node: Node, index: Index) => Scalar, target: Buffer): Stage[] {
  const { axis } = member.attributes
  const zero = (extent: number) => ({ extent, value: (): Scalar => ({ kind: 'literal', value: 0 }) })
  const part = (node: Node) => ({ extent: node.shape[axis] as number, value: (index: Index) => at(node, index) })
  const parts =
    member.op === 'concat'
      ? member.inputs.map(part)
      : [zero(member.attributes.before), part(member.inputs[0]!), zero(member.attributes.after)].filter(
          ({ extent }) => extent > 0,
        )
  let start = 0
  return parts.map(({ extent, value }): Stage => {
    const over: Axis[] = axesOf([extent, ...member.shape.slice(axis + 1)])
    const own = [...cluster.parallel, ...over].map(axisIndex)
    const placed = own.with(axis, combine(start, [own[axis]!], [1]))
    start += extent
    return {
      kind: 'write',
      over,
      target: { buffer: target, address: combine(0, placed, rowMajorStrides(member.shape)) },
      value: value(own),
    }
  })
}

function copyKernel(node: Node, target: Buffer, fusion: Fusion, buffers: ReadonlyMap<Node, Buffer>): Kernel {
  const parallel = axesOf(node.shape)
  const index = parallel.map(axisIndex)
  const notation = indexNotation(fusion.anchors, (tensor, at) => readOf(tensor, at, buffers))
  const value = notation.at(node, index)
  return {
    parallel,
    stages: [{ kind: 'write', over: [], target: accessOf(target, node, index), value }],
    defines: [node],
  }
}

function readOf(tensor: Node, index: Index, buffers: ReadonlyMap<Node, Buffer>): Scalar {
  const buffer = buffers.get(tensor)
  if (!buffer) throw new Error(`${isLeaf(tensor) ? tensor.op : `the stored ${tensor.op}`} ${tensor.id} has no buffer`)
  return { kind: 'read', access: accessOf(buffer, tensor, index) }
}
