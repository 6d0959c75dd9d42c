import { constant, input, type Operand } from '../../graph/build.ts'
import { Interner, topologicalOrder, type Node } from '../../graph/node.ts'
import { transplant } from '../../graph/rebuild.ts'

/** A function from number to number, as a graph of its own. */
export class PointwiseFunction {
  readonly #x: Node
  readonly #result: Node

  constructor(build: (x: Node) => Operand) {
    this.#x = input(new Interner(), 'x', ['batch'])
    const result = build(this.#x)
    this.#result = typeof result === 'number' ? constant(this.#x.graph, result, ['batch']) : result
  }

  /** The function's value for each element of x. */
  apply(x: Node): Node {
    return transplant(this.#result, (node) => {
      if (node === this.#x) return x
      return node.op === 'constant' ? constant(x.graph, node.attributes.value, x.shape) : undefined
    })
  }

  /** Its meaning, whatever its names and its file: a list of ops on earlier entries. JSON has no -0, so numbers are text. */
  toJSON(): unknown {
    const order = topologicalOrder([this.#result])
    return order.map(({ op, inputs, attributes }) => {
      const value = 'value' in attributes ? [Object.is(attributes.value, -0) ? '-0' : String(attributes.value)] : []
      return [op, ...value, ...inputs.map((node) => order.indexOf(node))]
    })
  }
}
