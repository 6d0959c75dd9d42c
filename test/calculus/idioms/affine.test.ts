import { describe, expect, test } from 'vitest'
import {
  affine,
  difference,
  multipleOf,
  numberOf,
  pairOf,
  scaled,
  scaledTangent,
  times,
} from '../../../src/calculus/idioms/affine.ts'
import {
  add,
  broadcast,
  constant,
  divide,
  exp,
  expm1,
  input,
  less,
  log,
  multiply,
  negate,
  select,
  sigmoid,
  subtract,
  sum,
  tanh,
} from '../../../src/graph/build.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'

const graph = new Interner()
const leaf = (name: string): Node => input(graph, name, ['batch'])
const [x, y, z] = [leaf('x'), leaf('y'), leaf('z')]
const wide = (node: Node): Node => broadcast(node, ['batch', 3], [0])
const one = constant(graph, 1, ['batch'])

test.each<[what: string, node: Node, number: number | undefined]>([
  ['a constant', constant(graph, 2, [3]), 2],
  ['one repeated', wide(constant(graph, -3, ['batch'])), -3],
  ['a variable', x, undefined],
  ['a variable repeated', wide(x), undefined],
  ['a sum of constants', add(one, one), undefined],
])('the number that %s is everywhere', (_, node, number) => {
  expect(numberOf(node)).toBe(number)
})

describe('a multiple by a power of two', () => {
  test.each<[what: string, node: Node, factor: number, base: Node]>([
    ['x', x, 1, x],
    ['-x', negate(x), -1, x],
    ['--x', negate(negate(x)), 1, x],
    ['x - y', subtract(x, y), 1, subtract(x, y)],
    ['y - x', subtract(y, x), -1, subtract(x, y)],
    ['2 x', multiply(2, x), 2, x],
    ['x · 4', multiply(x, 4), 4, x],
    ['-0.5 x', multiply(-0.5, x), -0.5, x],
    ['2 (4 x)', multiply(2, multiply(4, x)), 8, x],
    ['3 x', multiply(3, x), 1, multiply(3, x)],
    ['x · 3', multiply(x, 3), 1, multiply(3, x)],
    ['-3 x', multiply(-3, x), -1, multiply(3, x)],
    ['3 (-2 x)', multiply(3, multiply(-2, x)), -2, multiply(3, x)],
    ['-3 (-2 x)', multiply(-3, multiply(-2, x)), 2, multiply(3, x)],
    ['0 x', multiply(0, x), 1, multiply(0, x)],
    ['0 (-x)', multiply(0, negate(x)), 1, multiply(0, negate(x))],
    ['2 x (y / 8)', multiply(multiply(2, x), divide(y, 8)), 0.25, multiply(x, y)],
    ['-x y', multiply(negate(x), y), -1, multiply(x, y)],
    ['x / -4', divide(x, -4), -0.25, x],
    ['-x / 3', divide(negate(x), 3), -1, divide(x, 3)],
    ['2 x / y', divide(multiply(2, x), y), 2, divide(x, y)],
    ['2 / x', divide(2, x), 1, divide(2, x)],
    ['x + y', add(x, y), 1, add(x, y)],
    ['-x, repeated', wide(negate(x)), -1, wide(x)],
    ['x, repeated', wide(x), 1, wide(x)],
    [
      'Σ x, repeated',
      broadcast(sum(wide(x), [1]), ['batch', 3], [0]),
      1,
      broadcast(sum(wide(x), [1]), ['batch', 3], [0]),
    ],
  ])('%s', (_, node, factor, base) => {
    expect(multipleOf(node)).toEqual({ factor, base })
    expect(multipleOf(node).base).toBe(base)
  })
})

describe('products with a number', () => {
  test.each<[what: string, node: Node, expected: Node]>([
    ['1 x', scaled(1, x), x],
    ['-1 x', scaled(-1, x), negate(x)],
    ['-(x - y)', scaled(-1, subtract(x, y)), subtract(y, x)],
    ['3 x', scaled(3, x), multiply(3, x)],
    ['2 (x / 2)', times(2, divide(x, 2)), x],
    ['-(x - y) of a power of two', times(-1, subtract(x, y)), subtract(y, x)],
    ['-(y - x)', times(-1, subtract(y, x)), subtract(x, y)],
    ['0.5 (3 x)', times(0.5, multiply(3, x)), multiply(0.5, multiply(3, x))],
    ['2 tanh x', scaledTangent(2, x), multiply(2, tanh(x))],
    ['2 tanh(-x)', scaledTangent(2, negate(x)), multiply(-2, tanh(x))],
    ['-tanh(-x / 2)', scaledTangent(-1, divide(x, -2)), tanh(multiply(0.5, x))],
  ])('%s', (_, node, expected) => {
    expect(node).toBe(expected)
  })
})

describe('a sum as coefficients of its terms', () => {
  type Terms = readonly (readonly [coefficient: number, node: Node])[]
  test.each<[what: string, node: Node, number: number, ...terms: Terms]>([
    ['3', constant(graph, 3, ['batch']), 3],
    ['x', x, 0, [1, x]],
    ['-x', negate(x), 0, [-1, x]],
    ['x + 2', add(x, 2), 2, [1, x]],
    ['2 - x', subtract(2, x), 2, [-1, x]],
    ['x - y', subtract(x, y), 0, [1, x], [-1, y]],
    ['x + x', add(x, x), 0, [2, x]],
    ['x - x', subtract(x, x), 0],
    ['x + y - x', subtract(add(x, y), x), 0, [1, y]],
    ['3 (x - 2)', multiply(3, subtract(x, 2)), -6, [3, x]],
    ['(x - 2) · 3', multiply(subtract(x, 2), 3), -6, [3, x]],
    ['(x + 2) / 4', divide(add(x, 2), 4), 0.5, [0.25, x]],
    ['x y', multiply(x, y), 0, [1, multiply(x, y)]],
    ['x / y', divide(x, y), 0, [1, divide(x, y)]],
    ['2 / x', divide(2, x), 0, [1, divide(2, x)]],
    ['eˣ - 1', expm1(x), -1, [1, exp(x)]],
    ['2 (eˣ - 1) - eˣ', subtract(multiply(2, expm1(x)), exp(x)), -2, [1, exp(x)]],
    ['e^(0.5 (2 x)) + eˣ', add(exp(multiply(0.5, multiply(2, x))), exp(x)), 0, [2, exp(x)]],
    ['e^(x / -2) + e^(-0.5 x)', add(exp(divide(x, -2)), exp(multiply(-0.5, x))), 0, [2, exp(multiply(-0.5, x))]],
    ['log x', log(x), 0, [1, log(x)]],
    ['a choice', select(less(x, y), x, y), 0, [1, select(less(x, y), x, y)]],
    ['x + 1, repeated', wide(add(x, 1)), 1, [1, wide(x)]],
  ])('%s', (_, node, number, ...terms) => {
    const sum = affine(node)
    expect(sum.constant).toBe(number)
    expect(sum.terms.map(({ coefficient }) => coefficient)).toEqual(terms.map(([coefficient]) => coefficient))
    sum.terms.forEach((term, k) => expect(term.node).toBe(terms[k]![1]))
  })
})

describe('a pair of exponentials', () => {
  test.each<[what: string, node: Node, scale: number, sign: number, u: Node, v?: Node]>([
    ['1 + eˣ', add(1, exp(x)), 1, 1, x],
    ['3 eˣ - 3', subtract(multiply(3, exp(x)), 3), 3, -1, x],
    ['3 - 3 eˣ', subtract(3, multiply(3, exp(x))), -3, -1, x],
    ['eˣ - 1', expm1(x), 1, -1, x],
    ['eˣ + eʸ', add(exp(x), exp(y)), 1, 1, x, y],
    ['2 eˣ - 2 eʸ', subtract(multiply(2, exp(x)), multiply(2, exp(y))), 2, -1, x, y],
  ])('%s', (_, node, scale, sign, u, v) => {
    const pair = pairOf(node)!
    expect(pair).toMatchObject({ scale, sign })
    expect(pair.u).toBe(u)
    expect(pair.v).toBe(v)
  })

  test.each<[what: string, node: Node]>([
    ['eˣ', exp(x)],
    ['2', constant(graph, 2, ['batch'])],
    ['eˣ + 2', add(exp(x), 2)],
    ['eˣ + 2 eʸ', add(exp(x), multiply(2, exp(y)))],
    ['eˣ + y', add(exp(x), y)],
    ['y + eˣ', add(y, exp(x))],
    ['1 + σ(x)', add(1, sigmoid(x))],
    ['eˣ + eʸ + 1', add(add(exp(x), exp(y)), 1)],
    ['eˣ + eʸ + eᶻ', add(add(exp(x), exp(y)), exp(z))],
  ])('%s is none', (_, node) => {
    expect(pairOf(node)).toBeUndefined()
  })

  test.each<[what: string, node: Node, expected: Node]>([
    ['eˣ + 1', add(exp(x), 1), x],
    ['eˣ + eʸ', add(exp(x), exp(y)), subtract(x, y)],
    ['eˣ + e⁻ˣ', add(exp(x), exp(negate(x))), multiply(2, x)],
    ['e²ˣ - eˣ', subtract(exp(multiply(2, x)), exp(x)), x],
    ['e⁻ˣ + e^(x / 2)', add(exp(negate(x)), exp(divide(x, 2))), multiply(-1.5, x)],
  ])('the difference of the exponents of %s', (_, node, expected) => {
    expect(difference(pairOf(node)!)).toBe(expected)
  })
})

describe('what lies deep', () => {
  const repeatedly = (times: number, step: (node: Node) => Node): Node =>
    Array.from({ length: times }).reduce<Node>(step, x)

  test('is one term', () => {
    const [near, far] = [repeatedly(6, negate), repeatedly(12, negate)]
    expect([multipleOf(near).base, affine(near).terms[0]!.node]).toEqual([x, x])
    expect(multipleOf(far).base).not.toBe(x)
    expect(affine(far).terms[0]!.node).not.toBe(x)
  })

  test('takes no time, in however many ways it is reached', () => {
    expect(affine(repeatedly(40, (node) => add(node, node))).terms).toHaveLength(1)
    expect(multipleOf(repeatedly(40, (node) => multiply(node, node))).factor).toBe(1)
  })
})
