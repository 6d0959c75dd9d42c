import type { Node, NodeOf } from '../../graph/node.ts'
import { scanInputs, scanLength } from '../../graph/scan.ts'
import { rowMajorStrides } from '../../graph/shape.ts'
import { axisIndex, combine } from './affine.ts'
import { fuse, type Cluster, type Fusion } from './fuse.ts'
import { indexNotation, type Index, type ReadTensor } from './indexing.ts'
import type { Axis, Buffer, Kernel, Step } from './kernel.ts'
import { clusterKernels, copyKernel, homeIn, homeOf, type Home, type Scope } from './stages.ts'

type Scan = NodeOf<'scan'>
/** Scans that are one loop. */
type LoopCluster = Omit<Cluster, 'members'> & { readonly members: Scan[] }

export function isLoop(cluster: Cluster): cluster is LoopCluster {
  return cluster.members[0]!.kind === 'loop'
}

/** The steps of a loop, for each set of its outputs that some programs need: prediction doesn't store those that only derivatives read. */
export function loopSteps(
  { members }: LoopCluster,
  { programsOf }: Fusion,
  scope: Scope,
  allocate: (node: Node) => Buffer,
): { readonly step: Step; readonly programs: readonly string[] }[] {
  const programs = new Set(members.flatMap((member) => programsOf.get(member)!))
  const variants = new Map<string, { readonly outputs: Scan[]; readonly programs: string[] }>()
  for (const program of programs) {
    const outputs = members.filter((member) => programsOf.get(member)!.includes(program))
    const key = outputs.map(({ id }) => id).join()
    const variant = variants.get(key) ?? { outputs, programs: [] as string[] }
    variants.set(key, variant)
    variant.programs.push(program)
  }
  return [...variants.values()].flatMap(({ outputs, programs }) =>
    lowerLoop(outputs, scope, allocate).map((step) => ({ step, programs })),
  )
}

/**
 * A scan as a loop over time. The carries lie in buffers of their own: their next values are copied there at the end of a turn, when no
 * kernel reads them any more. Outputs are computed in the places where they are stacked.
 */
function lowerLoop(outputs: readonly Scan[], outside: Scope, allocate: (node: Node) => Buffer): Step[] {
  const loop = outputs[0]!
  const { carries, elements, captured, next, reverse } = loop.attributes
  const inputs = scanInputs(loop)
  const time: Axis = { label: 'time', extent: scanLength(loop) }
  const fusion = fuse({ step: [...new Set([...outputs.map(({ attributes }) => attributes.output), ...next])] })

  const homes = new Map<Node, Home>()
  const stacks = outputs.map((scan) => ({
    node: scan.attributes.output,
    home: stackedHome(homeOf(scan, outside.homes).buffer, scan, time),
  }))
  for (const { node, home } of stacks) if (fusion.anchors.has(node)) homes.set(node, home)
  for (const node of [...carries, ...fusion.stored]) if (!homes.has(node)) homes.set(node, homeIn(allocate(node), node))

  const around = indexNotation(outside.fusion.anchors, outside.read)
  const read: ReadTensor = (node, index) => {
    const element = elements.indexOf(node)
    if (element >= 0) return around.at(inputs.sequences[element]!, atTime(index, time))
    const same = captured.indexOf(node)
    if (same >= 0) return around.at(inputs.captured[same]!, index)
    return { kind: 'read', access: homeOf(node, homes).access(index) }
  }
  const scope: Scope = { fusion, homes, read, time }

  const body: Kernel[] = fusion.clusters.flatMap((cluster) => clusterKernels(cluster, scope))
  for (const { node, home } of stacks) if (!fusion.anchors.has(node)) body.push(copyKernel(node, home, scope))
  // A carry may become another one, so a view is copied before any carry is set.
  const moved = next.map((node) => {
    if (fusion.anchors.has(node) || node.op === 'constant') return { node, scope }
    const home = homeIn(allocate(node), node)
    body.push(copyKernel(node, home, scope))
    return {
      node,
      scope: { ...scope, read: (_: Node, index: Index) => ({ kind: 'read', access: home.access(index) }) as const },
    }
  })
  const set = (k: number, node: Node, scope: Scope): Kernel => {
    const carry = carries[k]!
    return { ...copyKernel(node, homes.get(carry)!, scope), purpose: { kind: 'carry', carry, value: node } }
  }
  moved.forEach(({ node, scope }, k) => body.push(set(k, node, scope)))
  return [...inputs.initial.map((node, k) => set(k, node, outside)), { kind: 'repeat', time, reverse, body }]
}

/** One time of a tensor [batch, time, …]. */
function stackedHome(buffer: Buffer, { shape }: Node, time: Axis): Home {
  return { buffer, access: (index) => ({ buffer, address: combine(0, atTime(index, time), rowMajorStrides(shape)) }) }
}

function atTime(index: Index, time: Axis): Index {
  return [index[0]!, axisIndex(time), ...index.slice(1)]
}
