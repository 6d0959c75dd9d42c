import fc from 'fast-check'
import { simplify } from '../../src/calculus/algebra.ts'
import { checkGraph } from '../../src/graph/check.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { sameShape } from '../../src/graph/shape.ts'
import { expectSameValues } from '../property/compare.ts'
import { randomExpressions, type RandomExpressions } from './random.ts'

/**
 * Simplifying keeps every value of every expression, NaN and infinities included.
 * @param count is told of each expression before it is simplified.
 */
export function keepsValues(count: () => void = () => undefined): fc.IProperty<[RandomExpressions]> {
  return fc.property(randomExpressions, ({ outputs, bindings }) => {
    count()
    const simplified = simplify(outputs)
    const after = outputs.map((node) => simplified.get(node)!)
    checkGraph(after)
    const [before, values] = [evaluate(outputs, bindings), evaluate(after, bindings)]
    outputs.forEach((node, k) => {
      if (!sameShape(after[k]!.shape, node.shape))
        throw new Error(`${node.op} ${node.id} has shape ${node.shape}, and then ${after[k]!.shape}`)
      expectSameValues(values[k]!, before[k]!, `${node.op} ${node.id}`)
    })
  })
}
