import { algebra } from '../calculus/algebra.ts'
import { rewrite, rule, ruleOf } from '../calculus/rewrite.ts'
import { add, constant, multiply, subtract } from '../graph/build.ts'
import type { Node } from '../graph/node.ts'

/**
 * Simplified as modules are, and besides what terms have in common is taken out of them: σ + x σ (1 - σ) becomes σ (1 + x (1 - σ)). That
 * is shorter to read, and not always the same to the last bit, which modules keep.
 */
export function shortened(nodes: readonly Node[]): ReadonlyMap<Node, Node> {
  return rewrite(nodes, [...algebra, commonFactors, leftToRight])
}

const commonFactors = rule('a b + a c = a (b + c)', (node) => {
  if (node.op !== 'add' && node.op !== 'subtract') return null
  const [left, right] = node.inputs.map(factorsOf) as [Node[], Node[]]
  const common = left.filter((factor) => {
    const at = right.indexOf(factor)
    if (at >= 0) right.splice(at, 1)
    return at >= 0
  })
  if (common.length === 0) return null
  for (const factor of common) left.splice(left.indexOf(factor), 1)
  const product = (factors: readonly Node[]) =>
    factors.length > 0 ? factors.reduce((a, b) => multiply(a, b)) : constant(node.graph, 1, node.shape)
  const rest = node.op === 'add' ? add(product(left), product(right)) : subtract(product(left), product(right))
  return multiply(product(common), rest)
})

/** So that no brackets are needed. */
const leftToRight = ruleOf('multiply', 'a (b c) = (a b) c', (a, product) =>
  product.op === 'multiply' && a.op !== 'constant' ? multiply(multiply(a, product.inputs[0]), product.inputs[1]) : null,
)

/** What a product multiplies, in order; numbers aren't taken out. */
function factorsOf(node: Node): Node[] {
  if (node.op === 'multiply') return node.inputs.flatMap(factorsOf)
  return [node]
}
