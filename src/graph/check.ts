import { topologicalOrder, type Node } from './node.ts'
import * as build from './build.ts'
import * as scans from './scan.ts'
import * as windows from './windows.ts'
import { formatShape, sameShape } from './shape.ts'

/**
 * Builds every node again from its inputs and compares: a pass that interned a node with a wrong shape or element type, or mixed
 * graphs, is found where it happened.
 * @throws GraphError naming the node.
 */
export function checkGraph(outputs: readonly Node[]): void {
  for (const node of topologicalOrder(outputs)) {
    checkGraph(scans.regionOutputs(node))
    const again = rebuilt(node)
    if (again === node || (again.element === node.element && sameShape(again.shape, node.shape))) continue
    throw new build.GraphError(
      `${node.op} ${node.id} has shape ${formatShape(node.shape)}, and should have ${formatShape(again.shape)}`,
    )
  }
}

function rebuilt(node: Node): Node {
  if (node.kind === 'pointwise') return build.apply(node.op, ...node.inputs)
  switch (node.op) {
    case 'input':
      return build.input(node.graph, node.attributes.name, node.shape)
    case 'parameter':
      return build.parameter(node.graph, node.attributes.name, node.shape)
    case 'state':
      return build.state(node.graph, node.attributes.name, node.shape)
    case 'uniform':
      return build.uniform(node.graph, node.attributes.name)
    case 'constant':
      return build.constant(node.graph, node.attributes.value, node.shape)
    case 'extent':
      return build.extent(node.graph)
    case 'iota':
      return build.iota(node.graph, node.shape, node.attributes.axis)
    case 'sum':
      return build.sum(node.inputs[0], node.attributes.axes)
    case 'max':
      return build.max(node.inputs[0], node.attributes.axes, node.attributes.ties)
    case 'contract':
      return build.contract(
        node.inputs[0],
        node.attributes.left,
        node.inputs[1],
        node.attributes.right,
        node.attributes.out,
      )
    case 'reshape':
      return build.reshape(node.inputs[0], node.shape)
    case 'permute':
      return build.permute(node.inputs[0], node.attributes.axes)
    case 'broadcast':
      return build.broadcast(node.inputs[0], node.shape, node.attributes.axes)
    case 'slice':
      return build.slice(node.inputs[0], node.attributes.axis, node.attributes.from, node.attributes.to)
    case 'pad':
      return build.pad(node.inputs[0], build.marginsOf(node.attributes), node.attributes.value)
    case 'unfold':
      return windows.unfold(node.inputs[0], windows.windowsOf(node.attributes))
    case 'fold':
      return windows.fold(node.inputs[0], node.shape, windows.windowsOf(node.attributes))
    case 'concat':
      return build.concat(node.inputs, node.attributes.axis)
    case 'gather':
      return build.gather(...node.inputs)
    case 'scatter':
      return build.scatter(...node.inputs, node.attributes.length)
    case 'argument':
      return scans.argument(node.graph, node.attributes.region, node.attributes.name, node.shape)
    case 'scan':
      return scans.scan(node.attributes, scans.scanInputs(node), node.attributes.output, node.attributes.reverse)
    case 'detach':
      return build.detach(node.inputs[0])
    case 'branch':
      return build.branch(node.inputs[0], node.attributes.variables)
  }
}
