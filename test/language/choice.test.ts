import { expect, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { constant, input } from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, topologicalOrder } from '../../src/graph/node.ts'
import { evaluateFormula } from '../../src/language/formulas/expression.ts'
import { parseFormula } from '../../src/language/formulas/formula.ts'

/** A formula's values and slopes. */
async function curve(text: string, x: readonly number[]) {
  const graph = new Interner()
  const variable = input(graph, 'x', ['batch'])
  const result = evaluateFormula(await parseFormula(text), { x: variable })
  const slope = differentiate(result, constant(graph, 1, ['batch']), [variable]).get(variable)!
  const [values, slopes] = evaluate([result, slope], { batch: x.length, inputs: { x } })
  return { values: [...values!].map((value) => value + 0), slopes: [...slopes!].map((value) => value + 0), result }
}

test.each([
  ['x > 0 ? log(x) : 0', [-1, 0, 2], [0, 0, Math.log(2)], [0, 0, 0.5]],
  ['x > 0 ? sqrt(x) : -x', [-4, 0, 4], [4, 0, 2], [-1, -1, 0.25]],
  ['x < 1 ? exp(x) : x', [0, 800], [1, 800], [1, 1]],
  ['x == 0 ? 1 : sin(x) / x', [0], [1], [0]],
  ['x > 0 ? (x > 1 ? log(x - 1) : 3 * x) : 1 / x', [-2, 0.5, 1, 2], [-0.5, 1.5, 3, 0], [-0.25, 3, 3, 1]],
  // As PyTorch writes elu and celu; of equal operands each gets half.
  ['max(0, x) + min(0, exp(x) - 1)', [0, 800], [0, 800], [1, 1]],
  ['max(0, x) + min(0, 2 * (exp(x / 2) - 1))', [0, 2000], [0, 2000], [1, 1]],
  ['min(x, exp(x), x + 1)', [800], [800], [1]],
  ['max(x, -1, -exp(-x))', [-800], [-1], [0]],
  // A branch that is itself at a bad point keeps its slope.
  ['x > -1 ? sqrt(x) : 0', [0], [0], [Infinity]],
])('%s has the value and the slope of the branch taken', async (text, x, values, slopes) => {
  expect(await curve(text, x)).toMatchObject({ values, slopes })
})

test('branches that are linear in x stay as they are written', async () => {
  const { result } = await curve('x > 0 ? 3 * x + 1 : -x / 2 - (x < -1 ? x : 4)', [1])
  expect(topologicalOrder([result]).filter(({ op }) => op === 'select')).toHaveLength(2)
})
