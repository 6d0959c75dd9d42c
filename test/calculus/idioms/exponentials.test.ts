import { describe, expect, test } from 'vitest'
import { exponentials } from '../../../src/calculus/idioms/exponentials.ts'
import { shiftBeyond } from '../../../src/calculus/idioms/shifts.ts'
import {
  add,
  branch,
  broadcast,
  constant,
  contract,
  divide,
  exp,
  expm1,
  input,
  less,
  log,
  maximum,
  multiply,
  negate,
  power,
  select,
  sigmoid,
  sqrt,
  subtract,
  sum,
  tanh,
} from '../../../src/graph/build.ts'
import { evaluate } from '../../../src/graph/evaluate.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'

/*
 * Sums of exponentials at x = 0.3 and y = -0.7, with weights of which one is 0: what is known of them, and that they can be shifted.
 */

const graph = new Interner()
const leaf = (name: string, ...shape: readonly number[]): Node => input(graph, name, ['batch', ...shape])
const [x, y, none, v, w] = [leaf('x'), leaf('y'), leaf('none'), leaf('v', 3), leaf('w', 3)]
const inputs = { x: [0.3], y: [-0.7], none: [0], v: [0.1, 0.5, 0.4], w: [2, 0, 3] }
const valuesOf = (...nodes: readonly Node[]): number[][] =>
  evaluate(nodes, { batch: 1, inputs }).map((values) => [...values])

const [ex, ey, ev] = [exp(x), exp(y), exp(v)]
const both = add(ex, ey)
const two = constant(graph, 2, ['batch'])
const weighted = (a: Node, b: Node): Node => contract(a, 'bi', b, 'bi', 'b')
const s = shiftBeyond(5, x)

interface Known {
  readonly greatest: number | readonly number[]
  readonly count?: number
  readonly part?: number
  readonly unit?: number
}

describe('a sum of exponentials', () => {
  test.each<[what: string, node: Node, known: Known]>([
    ['eˣ', ex, { greatest: 0.3 }],
    ['-eˣ', negate(ex), { greatest: 0.3 }],
    ['eˣ + eʸ', both, { greatest: 0.3, count: 2 }],
    ['eʸ + eˣ', add(ey, ex), { greatest: 0.3, count: 2 }],
    ['eʸ - eˣ', subtract(ey, ex), { greatest: 0.3, count: 2 }],
    ['2 + eˣ', add(2, ex), { greatest: 0.3, count: 2 }],
    ['eʸ - 1', subtract(ey, 1), { greatest: 0, count: 2 }],
    ['eʸ + x', add(ey, x), { greatest: 0, count: 2 }],
    ['eʸ + 0', add(ey, 0), { greatest: -0.7, count: 2 }],
    ['eʸ + eˣ + eʸ', add(both, ey), { greatest: 0.3, count: 3 }],
    ['expm1(x)', expm1(x), { greatest: 0.3, count: 2 }],
    ['expm1(y)', expm1(y), { greatest: 0, count: 2 }],
    ['3 eˣ', multiply(3, ex), { greatest: 0.3 }],
    ['eˣ · 3', multiply(ex, 3), { greatest: 0.3 }],
    ['y eˣ', multiply(y, ex), { greatest: 0.3 }],
    ['eˣ y', multiply(ex, y), { greatest: 0.3 }],
    ['eˣ · 0', multiply(ex, none), { greatest: -Infinity }],
    ['eˣ / y', divide(ex, y), { greatest: 0.3 }],
    ['(eˣ + eʸ)²', power(both, 2), { greatest: 0.6, count: 4 }],
    ['(eˣ + eʸ) (eˣ + eʸ)', multiply(both, both), { greatest: 0.6, count: 4 }],
    ['(eˣ + eʸ)³', power(both, 3), { greatest: 0.9, count: 8, unit: 3 }],
    ['√(eˣ + eʸ)', sqrt(both), { greatest: 0.15, count: 2, part: 0.5 }],
    ['√√(eˣ + eʸ)', sqrt(sqrt(both)), { greatest: 0.075, count: 2, part: 0.25 }],
    ['√((eˣ + eʸ)³)', sqrt(power(both, 3)), { greatest: 0.45, count: 8, part: 0.5, unit: 1.5 }],
    ['√(eˣ) + eʸ', add(sqrt(ex), ey), { greatest: 0.15, count: 2, part: 0.5 }],
    ['eʸ + √(eˣ)', add(ey, sqrt(ex)), { greatest: 0.15, count: 2, part: 0.5 }],
    ['(eˣ)³ + eʸ', add(power(ex, 3), ey), { greatest: 0.9, count: 2, unit: 3 }],
    ['eʸ + (eˣ)³', add(ey, power(ex, 3)), { greatest: 0.9, count: 2, unit: 3 }],
    ['2ˣ', power(2, x), { greatest: 0.3 * Math.LN2 }],
    ['0.5ˣ', power(0.5, x), { greatest: -0.3 * Math.LN2 }],
    ['x < y ? eˣ : eʸ', select(less(x, y), ex, ey), { greatest: -0.7, count: 2 }],
    ['y < x ? eˣ : eʸ', select(less(y, x), ex, ey), { greatest: 0.3, count: 2 }],
    ['x < y ? eˣ : y', select(less(x, y), ex, y), { greatest: 0, count: 2 }],
    ['y < x ? 0 : eˣ', select(less(y, x), 0, ex), { greatest: -Infinity, count: 2 }],
    ['eˣ on a side of a choice', branch(ex, []), { greatest: 0.3 }],
    ['eˣ on a side of a choice by x', branch(ex, [x]), { greatest: 0.3 }],
    ['e^(s/2) (eˣ)ʸ', multiply(exp(multiply(0.5, s)), power(ex, y)), { greatest: 0 }],
    ['eˣ, repeated', broadcast(ex, ['batch', 3], [0]), { greatest: [0.3, 0.3, 0.3] }],
    ['Σ eᵛ', sum(ev, [1]), { greatest: 0.5, count: 3 }],
    ['Σ (eᵛ + 1)', sum(add(ev, 1), [1]), { greatest: 0.5, count: 6 }],
    ['Σ w eᵛ', sum(multiply(w, ev), [1]), { greatest: 0.4, count: 3 }],
    ['wᵀ eᵛ', weighted(w, ev), { greatest: 0.4, count: 3 }],
    ['(eᵛ)ᵀ w', weighted(ev, w), { greatest: 0.4, count: 3 }],
  ])('%s', (_, node, { greatest, count = 1, part = 1, unit = 1 }) => {
    const known = exponentials(node)!
    expect(known.part).toBe(part)
    expect(known.unit).toBe(unit)
    expect(known.count).toBeCloseTo(count, 12)
    expect([known.isShifted, known.isStable]).toEqual([false, false])
    const shifts = [0, 1.5, -2].map((by) => constant(graph, by, node.shape))
    const [meant, largest, ...shifted] = valuesOf(node, known.greatest, ...shifts.map((by) => known.shifted(by)))
    largest!.forEach((exponent, k) => expect(exponent).toBeCloseTo([greatest].flat()[k]!, 12))
    shifted.forEach((values, k) => {
      const scale = Math.exp([0, 1.5, -2][k]!)
      values.forEach((value, i) => expect(value * scale).toBeCloseTo(meant![i]!, 12))
    })
    expect(shifted[0]).toEqual(meant)
  })

  test.each<[what: string, node: Node]>([
    ['x', x],
    ['2', two],
    ['-x', negate(x)],
    ['x + y', add(x, y)],
    ['x y', multiply(x, y)],
    ['x / y', divide(x, y)],
    ['√x', sqrt(x)],
    ['x²', power(x, 2)],
    ['x < y ? x : y', select(less(x, y), x, y)],
    ['x on a side of a choice', branch(x, [y])],
    ['tanh x', tanh(x)],
    ['log eˣ', log(ex)],
    ['σ(x)', sigmoid(x)],
    ['eˣ eʸ', multiply(ex, ey)],
    ['e^(s/2) e^(x - s)', multiply(exp(multiply(0.5, s)), exp(subtract(x, s)))],
    ['eˣ / eʸ', divide(ex, ey)],
    ['2 / eʸ', divide(2, ey)],
    ['1ˣ', power(1, x)],
    ['0ˣ', power(0, x)],
    ['(-2)ˣ', power(-2, x)],
    ['(eˣ)⁰', power(ex, 0)],
    ['1 / eˣ as a power', power(ex, -1)],
    ['(eˣ)ʸ', power(ex, y)],
    ['Σ v', sum(v, [1])],
    ['wᵀ v', weighted(w, v)],
    ['x, repeated', broadcast(x, ['batch', 3], [0])],
    ['a sum over samples', sum(ex, [0])],
  ])('%s is none', (_, node) => {
    expect(exponentials(node)).toBeUndefined()
  })

  test('on a side of a choice is an expression of its shift too', () => {
    const shifted = exp(subtract(x, y))
    expect(exponentials(branch(ex, [x]))!.shifted(y)).toBe(branch(shifted, [x, y]))
    expect(exponentials(branch(ex))!.shifted(y)).toBe(branch(shifted))
  })

  test.each<[what: string, node: Node, isShifted: boolean, isStable: boolean]>([
    ['e^(x - s)', exp(subtract(x, s)), true, true],
    ['e^(x - s) + eʸ', add(exp(subtract(x, s)), ey), true, true],
    ['eʸ + e^(x - s)', add(ey, exp(subtract(x, s))), true, true],
    ['e^(x - max(x, y))', exp(subtract(x, maximum(x, y))), false, true],
    ['e^(x - max(x, y)) + eʸ', add(exp(subtract(x, maximum(x, y))), ey), false, true],
    ['eʸ + e^(x - max(x, y))', add(ey, exp(subtract(x, maximum(x, y)))), false, true],
    ['y e^(x - s)', multiply(y, exp(subtract(x, s))), true, true],
    // What is left of the largest may have a weight of 0.
    ['y e^(x - max(x, y))', multiply(y, exp(subtract(x, maximum(x, y)))), false, false],
    ['2 e^(x - max(x, y))', multiply(2, exp(subtract(x, maximum(x, y)))), false, true],
    ['expm1(x - s)', expm1(subtract(x, s)), true, true],
    ['2^(x - max(x, y))', power(2, subtract(x, maximum(x, y))), false, true],
  ])('%s says whether it was shifted', (_, node, isShifted, isStable) => {
    const known = exponentials(node)!
    expect([known.isShifted, known.isStable]).toEqual([isShifted, isStable])
  })

  test.each<[what: string, node: Node, greatest: number]>([
    ['e^(x - s)', exp(subtract(x, s)), 0.3],
    ['2 e^(-s) + e^(x - s)', add(multiply(2, exp(negate(s))), exp(subtract(x, s))), 0.3],
    ['e^(s/2) √e^(x - s)', multiply(exp(multiply(0.5, s)), sqrt(exp(subtract(x, s)))), 0.15],
    ['e^(s/4) (e^(x - s))^¼', multiply(exp(multiply(0.25, s)), power(exp(subtract(x, s)), 0.25)), 0.075],
  ])('%s is read as it was before, where that is asked for', (_, node, greatest) => {
    const known = exponentials(node, { isOwn: true })!
    expect([known.isShifted, known.isStable]).toEqual([false, false])
    expect(valuesOf(known.greatest)[0]![0]).toBeCloseTo(greatest, 12)
  })
})

describe('a sum of logistic functions', () => {
  const logisticOf = (node: Node) => exponentials(node, { ofLogistic: true })
  const exponent = (u: number): number => -Math.log1p(Math.exp(-u))

  test.each<[what: string, node: Node, greatest: number, count: number]>([
    ['σ(x)', sigmoid(x), exponent(0.3), 1],
    ['σ(x) + σ(y)', add(sigmoid(x), sigmoid(y)), exponent(0.3), 2],
    ['σ(y) - y σ(x)', subtract(sigmoid(y), multiply(y, sigmoid(x))), exponent(0.3), 2],
    ['x < y ? σ(x) : σ(y)', select(less(x, y), sigmoid(x), sigmoid(y)), exponent(-0.7), 2],
    ['wᵀ σ(v)', weighted(w, sigmoid(v)), exponent(0.4), 3],
  ])('%s', (_, node, greatest, count) => {
    const known = logisticOf(node)!
    expect(known.count).toBe(count)
    const shifts = [0, -1.5].map((by) => constant(graph, by, node.shape))
    const [meant, largest, same, shifted] = valuesOf(node, known.greatest, ...shifts.map((by) => known.shifted(by)))
    expect(largest![0]).toBeCloseTo(greatest, 12)
    expect(same).toEqual(meant)
    expect(shifted![0]! * Math.exp(-1.5)).toBeCloseTo(meant![0]!, 12)
  })

  test.each<[what: string, node: Node]>([
    ['eˣ', ex],
    ['eˣ - 1', expm1(x)],
    ['2ˣ', power(2, x)],
    ['σ(x) + eˣ', add(sigmoid(x), ex)],
    ['σ(x) + 2', add(sigmoid(x), 2)],
    ['2 - σ(x)', subtract(2, sigmoid(x))],
    ['x < y ? σ(x) : 0', select(less(x, y), sigmoid(x), 0)],
    ['x < y ? 0 : σ(x)', select(less(x, y), 0, sigmoid(x))],
  ])('%s is none', (_, node) => {
    expect(logisticOf(node)).toBeUndefined()
  })
})
