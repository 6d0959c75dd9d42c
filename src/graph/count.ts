import { topologicalOrder, type Node } from './node.ts'
import { pointwiseRow } from './op.ts'
import { regionOutputs, scanLength } from './scan.ts'
import { elementCount } from './shape.ts'

/**
 * Floating-point operations to evaluate nodes once for `batch` samples: a multiplication and an addition each count one, and so does
 * a comparison; a transcendental function counts eight. Each distinct node counts once.
 */
export function countOperations(outputs: readonly Node[], batch: number): number {
  const order = topologicalOrder(outputs)
  /** The nodes of regions, and how often each runs. */
  const repeated = new Map<Node, number>()
  for (const node of order)
    if (node.kind === 'loop')
      for (const inner of topologicalOrder(regionOutputs(node))) repeated.set(inner, scanLength(node))
  return [...order.map((node) => [node, 1] as const), ...repeated].reduce(
    (sum, [node, times]) => sum + times * operationsOf(node, batch),
    0,
  )
}

function operationsOf(node: Node, batch: number): number {
  const size = elementCount(node.shape, batch)
  switch (node.kind) {
    case 'pointwise':
      return size * pointwiseRow(node.op).operations
    case 'reduction':
    case 'scatter':
      return elementCount(node.inputs[0].shape, batch)
    case 'product': {
      const { left, out } = node.attributes
      const { shape } = node.inputs[0]
      const summed = [...left].filter((label) => !out.includes(label)).map((label) => shape[left.indexOf(label)]!)
      return 2 * size * elementCount(summed, batch)
    }
    case 'given':
    case 'host':
    case 'index':
    case 'view':
    case 'join':
    case 'loop': // The nodes of its region are counted by themselves.
      return 0
  }
}
