import { marginsOf } from '../../graph/build.ts'
import type { Node, NodeOf, NodeOfKind } from '../../graph/node.ts'
import type { Extent } from '../../graph/shape.ts'
import { isCompensated } from '../../graph/summation.ts'
import { isPartition } from '../../graph/windows.ts'
import { axisIndex, collidingAxes, combine } from './affine.ts'
import { addsUp } from './anchors.ts'
import { opCount } from './arithmetic.ts'
import { hasInnerAxes, largestKernel, type Cluster, type Fusion } from './fuse.ts'
import { accessOf, axesOf, indexNotation, rowIndex, windowIndex, type Index, type ReadTensor } from './indexing.ts'
import {
  expressionOf,
  type Access,
  type Axis,
  type Buffer,
  type Kernel,
  type Reduce,
  type Scalar,
  type Stage,
  type Write,
} from './kernel.ts'

/** The place of a tensor: a buffer, and the access to the element at an index. */
export interface Home {
  readonly buffer: Buffer
  readonly access: (index: Index) => Access
}

/** The surroundings of a kernel: the clusters, and the places of tensors. */
export interface Scope {
  readonly fusion: Fusion
  readonly homes: ReadonlyMap<Node, Home>
  /** The element of a tensor that isn't computed in the kernel itself. */
  readonly read: ReadTensor
  readonly time?: Axis
}

/** A buffer that holds just the tensor. */
export function homeIn(buffer: Buffer, tensor: Node): Home {
  return { buffer, access: (index) => accessOf(buffer, tensor, index) }
}

/** @throws Error for a node that has no place: a fault of fusion. */
export function homeOf(tensor: Node, homes: ReadonlyMap<Node, Home>): Home {
  const home = homes.get(tensor)
  if (!home) throw new Error(`the ${tensor.op} ${tensor.id} has no place`)
  return home
}

/** The kernels of a cluster: tensors that are added to are cleared first. */
export function clusterKernels(cluster: Cluster, scope: Scope): Kernel[] {
  const kernel = clusterKernel(cluster, scope)
  const scattered = cluster.members.filter((member) => member.kind === 'scatter')
  return [
    ...scattered.flatMap((member) => clearingKernels(member, scope.homes.get(member)!.buffer, kernel)),
    ...cutJoin(kernel, cluster),
  ]
}

/** A join's parts don't depend on one another, so that any number of kernels may write them: one too large is several. */
function cutJoin(kernel: Kernel, { members: [join, ...others] }: Cluster): Kernel[] {
  if (join!.kind !== 'join' || others.length > 0) return [kernel]
  const groups: Stage[][] = []
  let room = 0
  for (const stage of kernel.stages) {
    const ops = 1 + opCount(expressionOf(stage))
    if (ops > room || groups.length === 0) {
      groups.push([])
      room = largestKernel
    }
    groups.at(-1)!.push(stage)
    room -= ops
  }
  let last = 0
  return groups.map((stages, k): Kernel => {
    const first = last + 1
    last += stages.length
    return { ...kernel, stages, ...(k > 0 ? { purpose: { kind: 'part', node: join!, first, last } } : {}) }
  })
}

function clusterKernel(cluster: Cluster, scope: Scope): Kernel {
  const { fusion, homes } = scope
  const reductions = new Map<Node, Reduce>()
  const inKernel = (tensor: Node) => fusion.clusterOf.get(tensor) === cluster && !hasInnerAxes(tensor, cluster)
  const notation = indexNotation(fusion.anchors, (tensor, index) => {
    if (!inKernel(tensor)) return scope.read(tensor, index)
    const stage = reductions.get(tensor)
    return stage ? { kind: 'reduced', stage } : notation.definition(tensor, index)
  })
  const parallelIndex = cluster.parallel.map(axisIndex)
  const stored = (member: Node, reduction?: Reduce): Stage[] => {
    const target = homes.get(member)
    if (!target || !fusion.stored.has(member)) return []
    const over = axesOf(member.shape).slice(cluster.parallel.length)
    const index = over.length === 0 ? parallelIndex : [...parallelIndex, ...over.map(axisIndex)]
    const value: Scalar = reduction ? { kind: 'reduced', stage: reduction } : notation.definition(member, index)
    return [{ kind: 'write', over, target: target.access(index), value, mode: 'store' }]
  }
  const stagesOf = (member: Node): Stage[] => {
    switch (member.kind) {
      case 'join':
        return joinStages(member, cluster, notation.at, homes.get(member)!)
      case 'scatter':
        return [scatterStage(member, parallelIndex, notation.at, homes.get(member)!)]
      case 'product':
      case 'reduction': {
        const reduction = reduceStage(member, parallelIndex, notation.at)
        reductions.set(member, reduction)
        return [reduction, ...stored(member, reduction)]
      }
      case 'pointwise':
      case 'view':
      case 'host':
      case 'index':
        return stored(member)
      case 'given':
      case 'loop':
        throw new Error(`a kernel doesn't compute ${member.op}`)
    }
  }
  const stages = cluster.members.flatMap(stagesOf)
  const { parallel } = cluster
  return {
    ...{ parallel, sequential: sequentialAxes(parallel, stages), stages },
    purpose: { kind: 'compute', nodes: cluster.members },
    ...(scope.time ? { time: scope.time } : {}),
  }
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

function reduceStage(member: NodeOfKind<'product' | 'reduction'>, parallel: Index, at: ReadTensor): Reduce {
  const along = (extents: readonly Extent[]) => axesOf(extents, 'kijlm')
  switch (member.kind) {
    case 'product': {
      const { left, right, out } = member.attributes
      const [a, b] = member.inputs
      const summed = [...left].filter((label) => !out.includes(label))
      const over = along(summed.map((label) => a.shape[left.indexOf(label)]!))
      const indexOf = (labels: string) =>
        [...labels].map((label) =>
          out.includes(label) ? parallel[out.indexOf(label)]! : axisIndex(over[summed.indexOf(label)]!),
        )
      const body: Scalar = { kind: 'apply', op: 'multiply', operands: [at(a, indexOf(left)), at(b, indexOf(right))] }
      return { kind: 'reduce', combine: 'sum', over, body }
    }
    case 'reduction': {
      const { axes } = member.attributes
      const [x] = member.inputs
      const over = along(axes.map((axis) => x.shape[axis]!))
      let kept = 0
      const index = x.shape.map((_, axis) =>
        axes.includes(axis) ? axisIndex(over[axes.indexOf(axis)]!) : parallel[kept++]!,
      )
      return { kind: 'reduce', combine: member.op, over, body: at(x, index) }
    }
  }
}

/** A block of a tensor that is written part by part: its extents and its offsets along the axes that aren't parallel. */
interface Part {
  readonly extents: readonly number[]
  readonly offsets: readonly number[]
  readonly value: (index: Index) => Scalar
}

/** concat and pad: each part is written to its place. */
function joinStages(member: NodeOfKind<'join'>, cluster: Cluster, at: ReadTensor, target: Home): Stage[] {
  const inner = member.shape.slice(cluster.parallel.length) as readonly number[]
  const parts = member.op === 'concat' ? concatParts(member, inner, at) : padParts(member, inner, at)
  return parts.map(({ extents, offsets, value }): Stage => {
    const over = axesOf(extents)
    const own = [...cluster.parallel, ...over].map(axisIndex)
    const placed = own.map((index, axis) => combine(offsets[axis - cluster.parallel.length] ?? 0, [index], [1]))
    return { kind: 'write', over, target: target.access(placed), value: value(own), mode: 'store' }
  })
}

function concatParts(member: NodeOf<'concat'>, inner: readonly number[], at: ReadTensor): Part[] {
  const { axis } = member.attributes
  let start = 0
  return member.inputs.map((part): Part => {
    const length = part.shape[axis] as number
    const offsets = inner.map((_, k) => (k === 0 ? start : 0))
    start += length
    return { extents: inner.with(0, length), offsets, value: (index) => at(part, index) }
  })
}

/** The parts of a padded tensor: margins around the operand along each axis, over the whole of all later axes; then the operand. */
function padParts(member: NodeOf<'pad'>, inner: readonly number[], at: ReadTensor): Part[] {
  const [x] = member.inputs
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
function scatterStage(member: NodeOfKind<'scatter'>, parallel: Index, at: ReadTensor, target: Home): Write {
  const [x] = member.inputs
  const over = axesOf(x.shape).slice(parallel.length)
  const index = over.length === 0 ? parallel : [...parallel, ...over.map(axisIndex)]
  const place =
    member.op === 'fold'
      ? windowIndex(member.attributes, member.shape.length, index)
      : rowIndex(member.inputs[1], member.attributes.length, index, at)
  const written = target.access(place)
  const stage = { kind: 'write', over, target: written, value: at(x, index) } as const
  if (!addsUp(member)) return { ...stage, mode: 'store' }
  if (!isCompensated(member)) return { ...stage, mode: 'add' }
  const { size, batched } = target.buffer
  const lost: Buffer = { name: `losses of ${target.buffer.name}`, role: 'activation', batched, size }
  return { ...stage, mode: 'add', lost: { buffer: lost, address: written.address } }
}

/**
 * A scatter that doesn't write every element adds to a tensor that is set to zero first. What its additions lose starts at zero where
 * they are made, which may be few places of a large table.
 */
function clearingKernels(member: NodeOfKind<'scatter'>, target: Buffer, kernel: Kernel): Kernel[] {
  const cleared = covers(member) ? [] : [clearingKernel(member, target)]
  const lost = kernel.stages.flatMap((stage): Kernel[] => {
    if (stage.kind === 'reduce' || !stage.lost || stage.target.buffer !== target) return []
    const { kind, over } = stage
    const clearing: Write = { kind, over, target: stage.lost, value: zero, mode: 'store' }
    return [{ ...kernel, stages: [clearing], purpose: { kind: 'clear', node: member, what: 'losses' } }]
  })
  return [...cleared, ...lost]
}

const zero: Scalar = { kind: 'literal', value: 0 }

function clearingKernel(member: NodeOfKind<'scatter'>, target: Buffer): Kernel {
  const parallel = axesOf(target.batched ? ['batch', target.size] : [target.size])
  const index = parallel.map(axisIndex)
  const address = combine(0, index, target.batched ? [target.size, 1] : [1])
  const stage: Write = {
    ...{ kind: 'write', over: [], mode: 'store' },
    ...{ target: { buffer: target, address }, value: zero },
  }
  return { parallel, sequential: [], stages: [stage], purpose: { kind: 'clear', node: member, what: 'sums' } }
}

function covers(member: NodeOfKind<'scatter'>): boolean {
  switch (member.op) {
    case 'fold':
      return isPartition(member)
    case 'scatter':
      return false
  }
}

/** Copies a node that is only a view, or that is wanted in a second place. */
export function copyKernel(node: Node, target: Home, { fusion, read, time }: Scope): Kernel {
  const parallel = axesOf(node.shape)
  const index = parallel.map(axisIndex)
  const value = indexNotation(fusion.anchors, read).at(node, index)
  return {
    parallel,
    sequential: [],
    stages: [{ kind: 'write', over: [], target: target.access(index), value, mode: 'store' }],
    purpose: { kind: 'compute', nodes: [node] },
    ...(time ? { time } : {}),
  }
}
