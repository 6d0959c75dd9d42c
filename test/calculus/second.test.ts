import { derivative } from 'mathjs'
import { describe, expect, test } from 'vitest'
import { simplify } from '../../src/calculus/algebra.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { constant, input, multiply, sum } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { elementCount } from '../../src/graph/shape.ts'
import { expectClose } from '../property/compare.ts'
import { expressions, mathjsExpressions } from './expressions.ts'
import { batch, centralDifferences, pseudoRandom } from './numeric.ts'

const allAxes = (node: Node) => node.shape.map((_, axis) => axis)

describe("differentiating twice gives mathjs' second derivative", () => {
  const points = [0.3, 0.75, 1.2]
  test.each(Object.entries(mathjsExpressions))('%s', (formula, build) => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const one = constant(graph, 1, ['batch'])
    const first = differentiate(build(x), one, [x]).get(x)!
    const second = differentiate(first, one, [x]).get(x)!
    const oracle = derivative(derivative(formula, 'x'), 'x').compile()
    const [plain, simple] = evaluate([second, simplify([second]).get(second)!], { batch: 3, inputs: { x: points } })
    const expected = points.map((x) => oracle.evaluate({ x }) as number)
    expectClose(plain!, expected, { relative: 1e-13 })
    expectClose(simple!, expected, { relative: 1e-13 })
  })
})

describe('differentiating twice gives Hessian products, by central differences of the gradient', () => {
  test.each(Object.entries(expressions))('%s', (_, cases) => {
    for (const { leaves, build } of cases) {
      const graph = new Interner()
      const nodes = leaves.map(({ shape }, k) => input(graph, `leaf${k}`, shape))
      const directions = leaves.map(({ shape }, k) => input(graph, `direction${k}`, shape))
      const result = multiply(build(...nodes), build(...nodes))
      const total = sum(result, allAxes(result))
      const gradient = differentiate(total, constant(graph, 1), nodes)
      // ⟨∇f, v⟩, whose gradient is the Hessian times v
      const along = nodes
        .map((node, k) => multiply(gradient.get(node)!, directions[k]!))
        .map((product) => sum(product, allAxes(product)))
        .reduce((a, b) => graph.intern('add', [a, b], {}, []))
      const products = differentiate(along, constant(graph, 1), nodes)

      const values = leaves.map((leaf) => leaf.values)
      const bindings = (moved: readonly (readonly number[])[]) => ({
        batch,
        inputs: Object.fromEntries(
          moved.flatMap((value, k) => [
            [`leaf${k}`, value],
            [`direction${k}`, pseudoRandom(elementCount(leaves[k]!.shape, batch), 7 + k)],
          ]),
        ),
      })
      const derived = evaluate(
        nodes.map((node) => products.get(node)!),
        bindings(values),
      )
      derived.forEach((product, k) => {
        const numeric = centralDifferences(
          (moved) => evaluate([along], bindings(values.with(k, moved)))[0]![0]!,
          values[k]!,
        )
        expect(numeric.every(Number.isFinite)).toBe(true)
        expectClose(product, numeric, { absolute: 1e-10 })
      })
    }
  })
})
