import type { Node } from '../graph/node.ts'
import { elementsPerSample, isBatched } from '../graph/shape.ts'
import { marginsOf } from '../graph/build.ts'
import { windowsOf } from '../graph/windows.ts'
import { axisIndex, collidingAxes, combine } from './affine.ts'
import { addsUp, isJoin, isLeaf, isReduction, isScatter, type Join, type Scatter } from './anchors.ts'
import { fuse, hasInnerAxes, type Cluster, type Fusion } from './fuse.ts'
import { accessOf, axesOf, indexNotation, rowIndex, windowIndex, type Index, type ReadTensor } from './indexing.ts'
import type { Axis, Buffer, Kernel, Reduce, Scalar, Stage, Write } from './kernel.ts'

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

  const compiled = fusion.clusters.flatMap((cluster) => {
    const cleared = cluster.members.filter(isScatter).filter((member) => !covers(member))
    const kernels = [
      ...cleared.map((member) => clearingKernel(member, buffers.get(member)!)),
      clusterKernel(cluster, fusion, buffers),
    ]
    return kernels.map((kernel) => ({ programs: cluster.programs, kernel }))
  })
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
    if (isScatter(member)) {
      stages.push(scatterStage(member, parallelIndex, notation.at, buffers.get(member)!))
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
    stages.push({ kind: 'write', over, target: accessOf(target, member, index), value, mode: 'store' })
  }
  const { parallel } = cluster
  return { parallel, sequential: sequentialAxes(parallel, stages), stages, defines: cluster.members }
}

/** The axes at whose indices a stage adds to the same elements. */
function sequentialAxes(parallel: readonly Axis[], stages: readonly Stage[]): Axis[] {
  const colliding = stages.flatMap((stage) =>
    stage.kind === 'write' && stage.mode === 'add'
      ? [
          ...collidingAxes(stage.target.address, [...parallel, ...stage.over], ({ extent }) =>
            extent === 'batch' ? Infinity : extent,
          ),
        ]
      : [],
  )
  return parallel.filter((axis) => colliding.includes(axis))
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

/** A block of a tensor that is written part by part: its extents and place along the axes that aren't parallel. */
interface Part {
  readonly extents: readonly number[]
  readonly offsets: readonly number[]
  readonly value: (index: Index) => Scalar
}

/** concat and pad: each part is written to its place. */
function joinStages(member: Join, cluster: Cluster, at: ReadTensor, target: Buffer): Stage[] {
  const inner = member.shape.slice(cluster.parallel.length) as readonly number[]
  const parts = member.op === 'concat' ? concatParts(member, inner, at) : padParts(member, inner, at)
  return parts.map(({ extents, offsets, value }): Stage => {
    const over = axesOf(extents)
    const own = [...cluster.parallel, ...over].map(axisIndex)
    const placed = own.map((index, axis) => combine(offsets[axis - cluster.parallel.length] ?? 0, [index], [1]))
    return { kind: 'write', over, target: accessOf(target, member, placed), value: value(own), mode: 'store' }
  })
}

function concatParts(member: Extract<Join, { op: 'concat' }>, inner: readonly number[], at: ReadTensor): Part[] {
  const { axis } = member.attributes
  let start = 0
  return member.inputs.map((part): Part => {
    const length = part.shape[axis] as number
    const offsets = inner.map((_, k) => (k === 0 ? start : 0))
    start += length
    return { extents: inner.with(0, length), offsets, value: (index) => at(part, index) }
  })
}

/** The operand in the middle; along each axis a margin before and after it, as wide as the tensor along the axes that come later. */
function padParts(member: Extract<Join, { op: 'pad' }>, inner: readonly number[], at: ReadTensor): Part[] {
  const [x] = member.inputs as [Node]
  const first = member.shape.length - inner.length
  const value = (): Scalar => ({ kind: 'literal', value: member.attributes.value })
  const extents = [...inner]
  const offsets = inner.map(() => 0)
  const parts: Part[] = []
  for (const { axis, before, after } of marginsOf(member.attributes)) {
    const k = axis - first
    const length = x.shape[axis] as number
    for (const [offset, width] of [
      [0, before],
      [before + length, after],
    ] as const)
      if (width > 0) parts.push({ extents: extents.with(k, width), offsets: offsets.with(k, offset), value })
    extents[k] = length
    offsets[k] = before
  }
  return [...parts, { extents, offsets, value: (index) => at(x, index) }]
}

/** fold and scatter: each element of the operand is written, or added, to where it belongs. */
function scatterStage(member: Scatter, parallel: Index, at: ReadTensor, target: Buffer): Write {
  const [x, indices] = member.inputs as [Node, Node]
  const over = axesOf(x.shape).slice(parallel.length)
  const index = over.length === 0 ? parallel : [...parallel, ...over.map(axisIndex)]
  const place =
    member.op === 'fold'
      ? windowIndex(member.attributes, member.shape.length, index)
      : rowIndex(indices, member.attributes.length, index, at)
  const mode = addsUp(member) ? 'add' : 'store'
  return { kind: 'write', over, target: accessOf(target, member, place), value: at(x, index), mode }
}

/** What is scattered, as far as it doesn't cover its tensor, goes to where zeros are. */
function clearingKernel(member: Scatter, target: Buffer): Kernel {
  const parallel = axesOf(target.batched ? ['batch', target.size] : [target.size])
  const index = parallel.map(axisIndex)
  const address = combine(0, index, target.batched ? [target.size, 1] : [1])
  const stage: Write = {
    ...{ kind: 'write', over: [], mode: 'store' },
    ...{ target: { buffer: target, address }, value: { kind: 'literal', value: 0 } },
  }
  return { parallel, sequential: [], stages: [stage], defines: [], clears: member }
}

function covers(member: Scatter): boolean {
  return (
    member.op === 'fold' &&
    windowsOf(member.attributes).every(
      ({ axis, size, stride }) =>
        size === stride && (member.inputs[0]!.shape[axis] as number) * stride === member.shape[axis],
    )
  )
}

function copyKernel(node: Node, target: Buffer, fusion: Fusion, buffers: ReadonlyMap<Node, Buffer>): Kernel {
  const parallel = axesOf(node.shape)
  const index = parallel.map(axisIndex)
  const notation = indexNotation(fusion.anchors, (tensor, at) => readOf(tensor, at, buffers))
  const value = notation.at(node, index)
  return {
    parallel,
    sequential: [],
    stages: [{ kind: 'write', over: [], target: accessOf(target, node, index), value, mode: 'store' }],
    defines: [node],
  }
}

function readOf(tensor: Node, index: Index, buffers: ReadonlyMap<Node, Buffer>): Scalar {
  const buffer = buffers.get(tensor)
  if (!buffer) throw new Error(`${isLeaf(tensor) ? tensor.op : `the stored ${tensor.op}`} ${tensor.id} has no buffer`)
  return { kind: 'read', access: accessOf(buffer, tensor, index) }
}
