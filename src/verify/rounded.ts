import type { Precision } from '../base/precision.ts'
import { isPortable, portableFunctions, type PortableOp } from '../graph/elementary/index.ts'
import { topologicalOrder, type Node } from '../graph/node.ts'
import { isPointwise, pointwiseRow } from '../graph/op.ts'

type Scalar = (...operands: readonly number[]) => number

/** A function of the table as a lane computes it: every node rounds to the precision, and calls are other functions of the table. */
export function rounded(op: PortableOp, precision: Precision): Scalar {
  const round = precision === 'f32' ? Math.fround : Number
  const made = new Map(portableFunctions([op], precision).map((one) => [one.op, one]))
  const functions = new Map<PortableOp, Scalar>()
  const functionOf = (name: PortableOp): Scalar => {
    const { formula, parameters } = made.get(name)!
    const known = functions.get(name) ?? runnerOf(formula, parameters, round, functionOf)
    functions.set(name, known)
    return known
  }
  return functionOf(op)
}

/** A formula as a list of steps over one array, so that it runs as fast as an interpreter can: none calls itself. */
function runnerOf(
  formula: Node,
  parameters: readonly string[],
  round: (x: number) => number,
  functionOf: (op: PortableOp) => Scalar,
): Scalar {
  const order = topologicalOrder([formula])
  const values = new Float64Array(order.length)
  const steps: ((operands: readonly number[]) => number)[] = order.map((node, at) => {
    if (node.op === 'constant') {
      const value = round(node.attributes.value)
      return () => value
    }
    if (node.op === 'uniform') {
      const position = parameters.indexOf(node.attributes.name)
      return (operands) => round(operands[position]!)
    }
    if (!isPointwise(node.op)) throw new Error(`a formula reads ${node.op}, at ${at}`)
    const apply: Scalar = isPortable(node.op) ? functionOf(node.op) : pointwiseRow(node.op).evaluate
    const [a, b, c] = node.inputs.map((input) => order.indexOf(input))
    if (b === undefined) return () => round(apply(values[a!]!))
    if (c === undefined) return () => round(apply(values[a!]!, values[b]!))
    return () => round(apply(values[a!]!, values[b]!, values[c]!))
  })
  return (...operands) => {
    for (let at = 0; at < steps.length; at++) values[at] = steps[at]!(operands)
    return values[values.length - 1]!
  }
}
