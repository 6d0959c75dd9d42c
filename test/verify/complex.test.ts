import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { input, parameter, sum } from '../../src/graph/build.ts'
import * as build from '../../src/graph/build.ts'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner } from '../../src/graph/node.ts'
import { pointwise, pointwiseRow, type PointwiseOp } from '../../src/graph/op.ts'
import { ComplexStep } from '../../src/verify/complexStep.ts'
import { imaginary } from '../../src/verify/complex.ts'
import { Differences } from '../../src/verify/differences.ts'
import { centralDifferences } from '../calculus/numeric.ts'

const step = 2 ** -500
const slope = (op: PointwiseOp, operands: readonly number[], along: number) =>
  imaginary[op](...operands.flatMap((value, k) => [value, k === along ? step : 0])) / step

/** Where ops are smooth for a few tenths around. */
const positive = [[0.6], [1.3], [7.5]]
const operands: { readonly [O in PointwiseOp]?: readonly (readonly number[])[] } = {
  sqrt: positive,
  log: positive,
  log1p: positive,
  tan: [[-0.5], [0.3], [0.6]],
  power: [
    [0.7, 2.5],
    [1.8, -1.3],
    [3.2, 0.5],
  ],
}
const pairs = [
  [-1.7, 2.2],
  [0.8, -1.5],
  [2.5, 0.9],
  [-3.1, -2.4],
]
const ones = [[-5.7], [-2.3], [-1.4], [0.6], [1.1], [2.4], [5.7]]
const operandsOf = (op: PointwiseOp) => operands[op] ?? (pointwiseRow(op).arity === 2 ? pairs : ones)

const isHost = (op: PointwiseOp) => pointwiseRow(op).host === true
const smooth = (Object.keys(pointwise) as PointwiseOp[]).filter(
  (op) =>
    pointwiseRow(op).element === 'real' &&
    !isHost(op) &&
    !['select', 'nearest', 'powerOfTwo', 'exponentOf'].includes(op),
)

test.each(smooth)('%s has the slope of its values, as a complex function', (op) => {
  const { evaluate } = pointwiseRow(op)
  for (const operands of operandsOf(op)) {
    const found = operands.map((_, k) => slope(op, operands, k))
    const numeric = centralDifferences((moved) => evaluate(...moved), operands)
    found.forEach((value, k) => {
      const size = Math.max(1, Math.abs(numeric[k]!))
      expect(Math.abs(value - numeric[k]!), `${op}(${operands.join(', ')}) by ${k}`).toBeLessThan(1e-8 * size)
    })
  }
})

test.each([
  ['sqrt', [1e-200], 0.5e100],
  ['log', [1e-100], 1e100],
  ['exp', [700], Math.exp(700)],
  ['tanh', [400], 0],
  ['sigmoid', [-300], Math.exp(-300)],
  ['softplus', [800], 1],
  ['softplus', [-300], Math.exp(-300)],
  ['divide', [1e200, 1e200], 1e-200],
  ['erf', [7], 0],
  ['power', [-2, 3], 12],
  ['power', [-2, -2], 0.25],
  ['power', [0, 1], 1],
  ['power', [0, 2], 0],
  ['abs', [0], 0],
  ['maximum', [1, 1], 0.5],
  ['minimum', [1, 1], 0.5],
] as const)('%s at %j has the slope %d', (op, operands, expected) => {
  const found = slope(op, operands, 0)
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-13 * Math.abs(expected) + 1e-140)
})

describe('slopes of a graph', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', 3])
  const w = parameter(graph, 'w', [2, 3])
  const bindings = {
    batch: 2,
    inputs: { x: [0.3, -1.2, 0.8, 1.5, 0.2, -0.4] },
    parameters: { w: [1, -2, 0.5, 0.7, 0.1, -0.9] },
  }

  test('hold fixed what no derivative passes', () => {
    const f = build.contract(x, 'ac', w, 'bc', 'ab')
    const output = sum(build.multiply(build.detach(f), build.tanh(f)), [0, 1])
    const adjoint = differentiate(output, build.constant(graph, 1), [w]).get(w)!
    const [expected] = evaluate([adjoint], bindings)
    const [complex, differences] = [new ComplexStep(output, bindings), new Differences(output, bindings)]
    expected!.forEach((value, at) => {
      const direction = { w: Float64Array.from({ length: 6 }, (_, k) => Number(k === at)) }
      expect(complex.slope(direction)).toBeCloseTo(value, 13)
      const found = differences.slope(direction, 1)
      expect(found.kind === 'slope' && found.value).toBeCloseTo(value, 8)
    })
  })

  test('differences tell a kink that is near, and where; the complex step crosses none', () => {
    const output = sum(build.abs(x), [0, 1])
    const near = { ...bindings, inputs: { x: [1e-9, 1, 1, 1, 1, 1] } }
    const direction = { x: [1, 0, 0, 0, 0, 0] }
    expect(new ComplexStep(output, near).slope(direction)).toBe(1)
    const found = new Differences(output, near).slope(direction, 1)
    expect(found.kind).toBe('kink')
    expect(found.kind === 'kink' && found.node?.op).toBe('abs')
    // On the kink itself too, where central differences have a value.
    const on = { ...bindings, inputs: { x: [0, 1, 1, 1, 1, 1] } }
    expect(new Differences(output, on).slope(direction, 1).kind).toBe('kink')
    expect(new Differences(output, bindings).slope(direction, 1)).toMatchObject({ kind: 'slope' })
  })

  test('are linear in the direction', () => {
    const step = new ComplexStep(sum(build.sin(build.contract(x, 'ac', w, 'bc', 'ab')), [0, 1]), bindings)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 6, maxLength: 6 }), (direction) => {
        const units = direction.map((_, at) => step.slope({ w: direction.map((_, k) => Number(k === at)) }))
        const sum = units.reduce((total, unit, at) => total + unit * direction[at]!, 0)
        expect(step.slope({ w: direction })).toBeCloseTo(sum, 12)
      }),
    )
  })
})
