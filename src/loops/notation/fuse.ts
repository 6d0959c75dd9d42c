import { topologicalOrder, type Node, type NodeOf } from '../../graph/node.ts'
import { isPointwise } from '../../graph/op.ts'
import { sameLoop } from '../../graph/scan.ts'
import { sameShape, type Shape } from '../../graph/shape.ts'
import { axisIndex, constantIndex, isAxis } from './affine.ts'
import { addsUp, chooseAnchors, isJoin, isLeaf, isReduction, isScatter } from './anchors.ts'
import { axesOf, indexNotation, type Index } from './indexing.ts'
import type { Access, Axis } from './kernel.ts'

/** A kernel of more ops isn't extended: with a register tile around them they must stay far below V8's limit on a function. */
const largestKernel = 256

/** The programs of a module, and the nodes that each must leave in the arena. */
export type ProgramOutputs = Readonly<Record<string, readonly Node[]>>

/** Anchors that become one kernel: one stage or more each, in order, at every index of `parallel`. */
export interface Cluster {
  readonly parallel: readonly Axis[]
  readonly members: Node[]
  /** Which programs run it. Members agree, so that no program computes what it doesn't need. */
  readonly programs: readonly string[]
}

export interface Fusion {
  readonly anchors: ReadonlySet<Node>
  readonly clusters: readonly Cluster[]
  readonly clusterOf: ReadonlyMap<Node, Cluster>
  /** Anchors whose elements must lie in a buffer, because another kernel, a program's caller or another index reads them. */
  readonly stored: ReadonlySet<Node>
  /** The programs that need a node. */
  readonly programsOf: ReadonlyMap<Node, readonly string[]>
}

/**
 * Joins pointwise work, and reductions over what a kernel computes anyway, to the kernel beside it. An anchor joins the last of the
 * kernels that produce its operands if it reads that kernel's values at the same parallel index only, or else a pointwise kernel of
 * the same shape just before it; else it starts a kernel.
 */
export function fuse(programs: ProgramOutputs): Fusion {
  const outputs = [...new Set(Object.values(programs).flat())]
  const sizes = chooseAnchors(outputs)
  const anchors = new Set(sizes.keys())
  const sizeOf = (members: readonly Node[]) => members.reduce((sum, member) => sum + sizes.get(member)!, 0)
  const programsOf = usedBy(programs)
  const clusters: Cluster[] = []
  const clusterOf = new Map<Node, Cluster>()
  const stored = new Set(outputs.filter((node) => anchors.has(node)))

  for (const anchor of topologicalOrder(outputs).filter((node) => anchors.has(node))) {
    const axes = readAxes(anchor)
    const operands = operandReads(anchor, axes, anchors)
    const last = operands
      .map(({ tensor }) => clusters.indexOf(clusterOf.get(tensor)!))
      .reduce((latest, position) => Math.max(latest, position), -1)
    const names = programsOf.get(anchor)!
    const fits = (cluster: Cluster | undefined) =>
      cluster &&
      names.join() === cluster.programs.join() &&
      sizeOf([anchor, ...cluster.members]) <= largestKernel &&
      canJoin(anchor, axes, operands, cluster, clusterOf)
    const beside = clusters.at(-1)
    const alike =
      beside && [anchor, ...beside.members].every(({ op, shape }) => isPointwise(op) && sameShape(shape, anchor.shape))
    const joined =
      anchor.op === 'scan' ? loopOf(anchor, clusters) : [clusters[last], alike ? beside : undefined].find(fits)
    const cluster = joined ?? { parallel: axesOf(parallelShape(anchor)), members: [], programs: names }
    if (!joined) clusters.push(cluster)
    cluster.members.push(anchor)
    clusterOf.set(anchor, cluster)
    for (const { tensor } of operands) {
      if (anchors.has(tensor) && (clusterOf.get(tensor) !== cluster || hasInnerAxes(tensor, cluster)))
        stored.add(tensor)
    }
  }
  // What isn't an anchor itself, such as a reshaped result, is copied out of the anchors that it reads.
  for (const output of outputs) {
    if (anchors.has(output)) continue
    for (const { tensor } of operandReads(output, axesOf(output.shape), anchors))
      if (anchors.has(tensor)) stored.add(tensor)
  }
  return { anchors, clusters, clusterOf, stored, programsOf }
}

/** The cluster of the scans that are one loop with this one. */
function loopOf(scan: NodeOf<'scan'>, clusters: readonly Cluster[]): Cluster | undefined {
  return clusters.find(({ members: [first] }) => first!.op === 'scan' && sameLoop(first, scan))
}

/** Whether a member's elements vary within one parallel index of its kernel. */
export function hasInnerAxes(member: Node, cluster: Cluster): boolean {
  return member.shape.length > cluster.parallel.length
}

/** The index space in which an anchor's operands are read: a reduction reads more than it yields, a scatter writes what it reads. */
function readAxes(anchor: Node): Axis[] {
  return axesOf(isReduction(anchor) || isScatter(anchor) ? anchor.inputs[0].shape : anchor.shape)
}

/**
 * A join writes its parts one by one, so the axis it joins along, and those within, aren't parallel. A fold whose windows don't overlap
 * writes window by window.
 */
function parallelShape(anchor: Node): Shape {
  if (anchor.op === 'concat') return anchor.shape.slice(0, anchor.attributes.axis)
  if (anchor.op === 'pad') return anchor.shape.slice(0, anchor.attributes.axes[0])
  if (!isScatter(anchor)) return anchor.shape
  const { shape } = anchor.inputs[0]
  return addsUp(anchor) ? shape : shape.slice(0, anchor.shape.length)
}

/** What a read is of, as long as nothing has a place. */
const nowhere: Access = {
  buffer: { name: 'nowhere', role: 'activation', batched: false, size: 1 },
  address: constantIndex(0),
}

function operandReads(
  anchor: Node,
  axes: readonly Axis[],
  anchors: ReadonlySet<Node>,
): { tensor: Node; index: Index }[] {
  const reads: { tensor: Node; index: Index }[] = []
  const notation = indexNotation(anchors, (tensor, index) => {
    reads.push({ tensor, index })
    return { kind: 'read', access: nowhere }
  })
  const index = axes.map(axisIndex)
  if (anchor.op === 'contract' || anchor.op === 'scan' || isJoin(anchor)) {
    // Read elsewhere than where they are written, so any index that isn't the kernel's own says so.
    for (const input of anchor.inputs) notation.at(input, axesOf(input.shape).map(axisIndex))
  } else if (isReduction(anchor)) notation.at(anchor.inputs[0], index)
  else if (isScatter(anchor)) {
    const [x, places] = anchor.inputs
    notation.at(x, index)
    if (places) notation.at(places, index.slice(0, places.shape.length))
  } else if (!isLeaf(anchor)) notation.definition(anchor, index)
  return reads
}

function canJoin(
  anchor: Node,
  axes: readonly Axis[],
  operands: readonly { tensor: Node; index: Index }[],
  cluster: Cluster,
  clusterOf: ReadonlyMap<Node, Cluster>,
): boolean {
  const { parallel } = cluster
  if (anchor.op === 'contract' || isJoin(anchor) || cluster.members[0]!.op === 'scan') return false
  const summed = isReduction(anchor) ? anchor.attributes.axes : []
  const kept = axes.filter((_, axis) => !summed.includes(axis))
  const isProduct = cluster.members[0]!.op === 'contract'
  const mayHaveInnerAxes = summed.length === 0 && !isProduct
  if (kept.length < parallel.length || (kept.length > parallel.length && !mayHaveInnerAxes)) return false
  if (summed.length > 0 && isProduct) return false
  if (!parallel.every((axis, k) => axis.extent === kept[k]!.extent)) return false
  return operands.every(({ tensor, index }) => {
    if (clusterOf.get(tensor) !== cluster) return true
    // What is scattered is whole only after the kernel.
    return !isScatter(tensor) && parallel.every((_, k) => isAxis(index[k]!, kept[k]!))
  })
}

/** For every node the names of the programs that need it. */
function usedBy(programs: ProgramOutputs): ReadonlyMap<Node, readonly string[]> {
  const users = new Map<Node, string[]>()
  for (const [name, outputs] of Object.entries(programs)) {
    for (const node of topologicalOrder(outputs)) users.set(node, [...(users.get(node) ?? []), name])
  }
  return users
}
