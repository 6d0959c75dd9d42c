import { topologicalOrder, type Node } from '../../graph/node.ts'
import type { Local, Statement, Value } from './statement.ts'
import { BlockWriter } from './values.ts'

/** A scalar expression as straight-line statements, and its value after them. */
export interface Formula {
  readonly body: readonly Statement[]
  readonly result: Value
}

/**
 * Writes out a scalar of constants, uniforms and pointwise ops, each shared part once.
 * @param parameters locals that stand for the uniforms of the same names. They may have lanes.
 */
export function writeFormula(scalar: Node, parameters: readonly Local[] = []): Formula {
  const writer = new BlockWriter(new Set())
  const values = new Map<Node, Value>()
  const valueOf = (node: Node): Value => {
    if (node.op === 'constant') return writer.literal(node.attributes.value)
    if (node.op === 'uniform') {
      const { name } = node.attributes
      const parameter = parameters.find(({ label }) => label === name)
      return parameter ? writer.local(parameter) : writer.parameter(name)
    }
    if (node.kind === 'pointwise')
      return writer.apply(
        node.op,
        node.inputs.map((input) => values.get(input)!),
      )
    throw new Error(`a formula of scalars has ${node.op}`)
  }
  for (const node of topologicalOrder([scalar])) values.set(node, valueOf(node))
  const [result] = writer.realise([values.get(scalar)!])
  return { body: writer.statements, result: result! }
}
