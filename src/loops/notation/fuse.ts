import { topologicalOrder, type Node, type NodeOfKind } from '../../graph/node.ts'
import { loopOf } from '../../graph/scan.ts'
import { sameShape, type Shape } from '../../graph/shape.ts'
import { axisIndex, constantIndex, isAxis } from './affine.ts'
import { addsUp, chooseAnchors } from './anchors.ts'
import { axesOf, indexNotation, type Index } from './indexing.ts'
import type { Access, Axis } from './kernel.ts'

/**
 * A kernel of more ops isn't extended, and a join of more is several kernels: with a register tile around them they must stay far below
 * V8's limit on a function.
 */
export const largestKernel = 256

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
  const positions = new Map<Cluster, number>()
  const clusterOf = new Map<Node, Cluster>()
  /** The clusters of scans that are one loop. */
  const loops = new Map<string, Cluster>()
  const stored = new Set(outputs.filter((node) => anchors.has(node)))

  for (const anchor of topologicalOrder(outputs).filter((node) => anchors.has(node))) {
    const axes = readAxes(anchor)
    const operands = operandReads(anchor, axes, anchors)
    const last = operands
      .map(({ tensor }) => positions.get(clusterOf.get(tensor)!) ?? -1)
      .reduce((latest, position) => Math.max(latest, position), -1)
    const names = programsOf.get(anchor)!
    const fits = (cluster: Cluster | undefined) =>
      cluster &&
      names.join() === cluster.programs.join() &&
      sizeOf([anchor, ...cluster.members]) <= largestKernel &&
      canJoin(anchor, axes, operands, cluster, clusterOf)
    const beside = clusters.at(-1)
    const alike =
      beside &&
      [anchor, ...beside.members].every(({ kind, shape }) => kind === 'pointwise' && sameShape(shape, anchor.shape))
    const joined =
      anchor.kind === 'loop' ? loops.get(loopOf(anchor)) : [clusters[last], alike ? beside : undefined].find(fits)
    const cluster = joined ?? { parallel: axesOf(parallelShape(anchor)), members: [], programs: names }
    if (!joined) {
      positions.set(cluster, clusters.length)
      clusters.push(cluster)
    }
    if (anchor.kind === 'loop') loops.set(loopOf(anchor), cluster)
    cluster.members.push(anchor)
    clusterOf.set(anchor, cluster)
    for (const { tensor } of operands) {
      if (anchors.has(tensor) && (clusterOf.get(tensor) !== cluster || hasInnerAxes(tensor, cluster)))
        stored.add(tensor)
    }
  }
  // An output that isn't an anchor itself, such as a reshaped result, is copied from the anchors that it reads.
  for (const output of outputs) {
    if (anchors.has(output)) continue
    for (const { tensor } of operandReads(output, axesOf(output.shape), anchors))
      if (anchors.has(tensor)) stored.add(tensor)
  }
  return { anchors, clusters, clusterOf, stored, programsOf }
}

/** Whether a member's elements vary within one parallel index of its kernel. */
export function hasInnerAxes(member: Node, cluster: Cluster): boolean {
  return member.shape.length > cluster.parallel.length
}

/** The axes along which an anchor reads its operands: a reduction's and a scatter's are the operand's, all others' are its own. */
function readAxes(anchor: Node): Axis[] {
  return axesOf(anchor.kind === 'reduction' || anchor.kind === 'scatter' ? anchor.inputs[0].shape : anchor.shape)
}

/**
 * A join writes its parts one by one, so the axis it joins along, and those within, aren't parallel. A fold whose windows don't overlap
 * writes window by window.
 */
function parallelShape(anchor: Node): Shape {
  if (anchor.kind === 'join') return anchor.shape.slice(0, joinedFrom(anchor))
  if (anchor.kind !== 'scatter') return anchor.shape
  const { shape } = anchor.inputs[0]
  return addsUp(anchor) ? shape : shape.slice(0, anchor.shape.length)
}

/** The first axis along which parts lie beside one another. */
function joinedFrom(join: NodeOfKind<'join'>): number {
  switch (join.op) {
    case 'concat':
      return join.attributes.axis
    case 'pad':
      return join.attributes.axes[0]!
  }
}

/** A placeholder access: fusion asks only which tensors are read, before any has a buffer. */
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
  const elsewhere = stageReads(anchor, index)
  if (!elsewhere) notation.definition(anchor, index)
  else for (const [operand, own] of elsewhere) notation.at(operand, own)
  return reads
}

/** The operands that an anchor's own stage reads, and at which indices; null where its definition is written out. */
function stageReads(anchor: Node, index: Index): readonly (readonly [Node, Index])[] | null {
  switch (anchor.kind) {
    case 'product':
    case 'loop':
    case 'join':
      // Read elsewhere than where they are written, so any index that isn't the kernel's own says so.
      return anchor.inputs.map((input) => [input, axesOf(input.shape).map(axisIndex)])
    case 'reduction':
      return [[anchor.inputs[0], index]]
    case 'scatter':
      return scatterReads(anchor, index)
    case 'given':
      return []
    case 'pointwise':
    case 'host':
    case 'index':
    case 'view':
      return null
  }
}

function scatterReads(anchor: NodeOfKind<'scatter'>, index: Index): readonly (readonly [Node, Index])[] {
  switch (anchor.op) {
    case 'fold':
      return [[anchor.inputs[0], index]]
    case 'scatter': {
      const [rows, places] = anchor.inputs
      return [
        [rows, index],
        [places, index.slice(0, places.shape.length)],
      ]
    }
  }
}

function canJoin(
  anchor: Node,
  axes: readonly Axis[],
  operands: readonly { tensor: Node; index: Index }[],
  cluster: Cluster,
  clusterOf: ReadonlyMap<Node, Cluster>,
): boolean {
  const { parallel } = cluster
  const { kind } = cluster.members[0]!
  if (anchor.kind === 'product' || anchor.kind === 'join' || kind === 'loop') return false
  const summed = anchor.kind === 'reduction' ? anchor.attributes.axes : []
  const kept = axes.filter((_, axis) => !summed.includes(axis))
  const isProduct = kind === 'product'
  const mayHaveInnerAxes = summed.length === 0 && !isProduct
  if (kept.length < parallel.length || (kept.length > parallel.length && !mayHaveInnerAxes)) return false
  if (summed.length > 0 && isProduct) return false
  if (!parallel.every((axis, k) => axis.extent === kept[k]!.extent)) return false
  return operands.every(({ tensor, index }) => {
    if (clusterOf.get(tensor) !== cluster) return true
    // A scattered tensor is whole only after the kernel.
    return tensor.kind !== 'scatter' && parallel.every((_, k) => isAxis(index[k]!, kept[k]!))
  })
}

/** The names of the programs that need each node. */
function usedBy(programs: ProgramOutputs): ReadonlyMap<Node, readonly string[]> {
  const users = new Map<Node, string[]>()
  for (const [name, outputs] of Object.entries(programs)) {
    for (const node of topologicalOrder(outputs)) users.set(node, [...(users.get(node) ?? []), name])
  }
  return users
}
