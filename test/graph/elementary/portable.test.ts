import { describe, expect, test } from 'vitest'
import { topologicalOrder } from '../../../src/graph/node.ts'
import { pointwise, pointwiseRow } from '../../../src/graph/op.ts'
import { isPortable, portableFunctions } from '../../../src/graph/elementary/index.ts'
import { operandsOf } from './operands.ts'
import { errorOf } from './oracle.ts'
import { rounded } from '../../../src/verify/rounded.ts'

const precisions = ['f32', 'f64'] as const
const ops = Object.keys(pointwise).filter(isPortable)

describe.each(precisions)('in %s', (precision) => {
  test.each(ops)('%s is as exact as its row says, and that within 2 units of the last place', (op) => {
    const [made] = portableFunctions([op], precision)
    const evaluate = rounded(op, precision)
    const errors = operandsOf(op, precision).map((operands) => {
      const result = evaluate(...operands)
      return { error: errorOf(op, operands, result, precision), operands, result }
    })
    const worst = errors.reduce((a, b) => (b.error > a.error ? b : a))
    expect(worst.error, `${op}(${worst.operands.join(', ')}) = ${worst.result}`).toBeLessThanOrEqual(made!.error)
    expect(made!.error).toBeLessThanOrEqual(2)
  })

  const special = [0, -0, 1, -1, Infinity, -Infinity, NaN]
  test.each(ops)('%s of special values is what it is in ECMAScript', (op) => {
    const evaluate = rounded(op, precision)
    const round = precision === 'f32' ? Math.fround : Number
    const bases = [...special, 2, -2, -3, 0.5, -0.5, 2 ** 100, -(2 ** 100), 2 ** -100].map((x) => [x])
    const exponents = [...special, 2, -2, 3, -3, 0.5, -0.5, 2.5, 2 ** 24 - 1, 1 - 2 ** 24, 2 ** 80, -(2 ** 80)]
    const pairs = op === 'power' ? bases.flatMap(([x]) => exponents.map((y) => [x!, y])) : special.map((x) => [x])
    for (const operands of pairs) {
      const meaning = op === 'power' ? Math.pow : pointwiseRow(op).evaluate
      const expected = round(meaning(operands[0]!, operands[1]!))
      const result = evaluate(...operands)
      const agree = Object.is(result, expected) || Math.abs(result / expected - 1) < 1e-6
      expect(agree, `${op}(${operands.join(', ')}) = ${result}, not ${expected}`).toBe(true)
    }
  })
})

test.each([
  ['f32', -2.709186315536499],
  ['f64', -4.146417327197237],
] as const)('sigmoid in %s is within 2 units at %f, where e^x and 1 + e^x are rounded most', (precision, x) => {
  expect(errorOf('sigmoid', [x], rounded('sigmoid', precision)(x), precision)).toBeLessThan(2)
})

test('the double that is nearest to a right angle is reduced to all its digits', () => {
  const x = 6381956970095103 * 2 ** 797
  expect(errorOf('cos', [x], rounded('cos', 'f64')(x), 'f64')).toBeLessThan(2)
  expect(Math.abs(rounded('cos', 'f64')(x))).toBeLessThan(1e-18)
})

test('formulas are arithmetic, and calls of what is listed after them', () => {
  const allowed = new Set([
    ...['uniform', 'constant', 'negate', 'abs', 'sqrt', 'add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'],
    ...['less', 'lessEqual', 'equal', 'notEqual', 'select', 'nearest', 'powerOfTwo', 'exponentOf', 'reducedAngle'],
  ])
  for (const precision of precisions) {
    for (const op of ops) {
      const functions = portableFunctions([op], precision)
      functions.forEach(({ formula }, k) => {
        const later = new Set<string>(functions.slice(k + 1).map((one) => one.op))
        const other = topologicalOrder([formula]).filter((node) => !allowed.has(node.op) && !later.has(node.op))
        expect(other.map((node) => node.op)).toEqual([])
      })
    }
  }
})

test('what is used more than once is listed once', () => {
  const names = portableFunctions(['softplus', 'sigmoid', 'tanh', 'add', 'noise'], 'f64').map(({ op }) => op)
  expect(names).toEqual(['softplus', 'sigmoid', 'tanh', 'exp', 'log1p'])
})
