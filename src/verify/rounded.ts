import { topologicalOrder, type Node } from '../../../src/graph/node.ts'
import { isPointwise, pointwiseRow } from '../../../src/graph/op.ts'
import { isPortable, portableFunctions, type PortableOp, type Precision } from '../../../src/graph/elementary/index.ts'

/** A function of the table as a lane computes it: every node rounds to the precision, and calls are other functions of the table. */
export function rounded(op: PortableOp, precision: Precision): (...operands: readonly number[]) => number {
  const round = precision === 'f32' ? Math.fround : Number
  const functions = new Map(portableFunctions([op], precision).map((made) => [made.op, made]))
  const call = (name: PortableOp, operands: readonly number[]): number => {
    const { parameters, formula } = functions.get(name)!
    const values = new Map<Node, number>()
    const valueOf = (node: Node): number => {
      const inputs = node.inputs.map((input) => values.get(input)!)
      if (node.op === 'constant') return node.attributes.value
      if (node.op === 'uniform') return operands[parameters.indexOf(node.attributes.name)]!
      if (isPortable(node.op)) return call(node.op, inputs)
      if (!isPointwise(node.op)) throw new Error(`a formula reads ${node.op}`)
      return pointwiseRow(node.op).evaluate(...inputs)
    }
    for (const node of topologicalOrder([formula])) values.set(node, round(valueOf(node)))
    return values.get(formula)!
  }
  return (...operands) => call(op, operands)
}
