import { describe, expect, test } from 'vitest'
import {
  coarse,
  isPartOfShift,
  isShiftBeyond,
  shiftAlways,
  shiftBeyond,
  stateOf,
  unshifted,
} from '../../../src/calculus/idioms/shifts.ts'
import { isAboveZero } from '../../../src/calculus/idioms/signs.ts'
import {
  abs,
  add,
  broadcast,
  constant,
  detach,
  divide,
  equal,
  exp,
  input,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  select,
  sigmoid,
  sqrt,
  subtract,
  sum,
} from '../../../src/graph/build.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'
import { portably } from '../../../src/verify/portable.ts'
import { uniformRandom } from '../../property/network.ts'

const graph = new Interner()
const leaf = (name: string): Node => input(graph, name, ['batch'])
const [x, y] = [leaf('x'), leaf('y')]
const wide = (node: Node): Node => broadcast(node, ['batch', 3], [0])
const s = shiftBeyond(5, x)
const chosen = (far: Node, distance: Node, otherwise: Node): Node =>
  detach(select(far, select(less(distance, Infinity), x, 0), otherwise))
const zero = constant(graph, 0, ['batch'])

type Case = readonly [what: string, node: Node]

const shifts: readonly Case[] = [
  ['s', s],
  ['s, repeated', wide(s)],
  ['one beyond another limit', shiftBeyond(-3, add(x, y))],
]

const parts: readonly Case[] = [
  ['a share of s', multiply(0.5, s)],
  ['a third of s', divide(s, 3)],
  ['a share of s, repeated', wide(multiply(3, divide(s, 2)))],
  ['what weights of 0 choose', detach(select(equal(y, 0), maximum(s, x), s))],
]

const others: readonly Case[] = [
  ['x', x],
  ['x, repeated', wide(x)],
  ['a constant x', detach(x)],
  ['s without being a constant', s.inputs[0]!],
  ['the largest exponent always', shiftAlways(x)],
  ['a choice of numbers', detach(select(less(5, abs(x)), x, 0))],
  ['a choice at no number', chosen(less(y, abs(x)), abs(x), zero)],
  ['a choice at the limit too', chosen(lessEqual(5, abs(x)), abs(x), zero)],
  ['a choice by the distance of another', chosen(less(5, abs(y)), abs(x), zero)],
  ['a choice that is infinite', chosen(less(5, abs(x)), abs(y), zero)],
  ['a choice of another number', chosen(less(5, abs(x)), abs(x), y)],
  ['s times a variable', multiply(y, s)],
  ['s over a variable', divide(s, y)],
  ['a number over s', divide(3, s)],
  ['a share of x', multiply(0.5, x)],
  ['a third of x', divide(x, 3)],
  ['s and x', add(s, x)],
  ['-s', negate(s)],
  ['a choice that ends with x', detach(select(equal(y, 0), s, x))],
  ['a choice that ends with s and is no constant', select(equal(y, 0), x, s)],
]

describe('a shift is known again', () => {
  test.each(shifts)('%s', (_, node) => {
    expect([isShiftBeyond(node), isPartOfShift(node)]).toEqual([true, true])
  })

  test.each(parts)('%s is made of one', (_, node) => {
    expect([isShiftBeyond(node), isPartOfShift(node)]).toEqual([false, true])
  })

  test.each(others)('%s is none', (_, node) => {
    expect([isShiftBeyond(node), isPartOfShift(node)]).toEqual([false, false])
  })
})

describe('an exponent', () => {
  test.each<[what: string, u: Node, before: Node, isShifted: boolean, isStable: boolean]>([
    ['x', x, x, false, false],
    ['x - s', subtract(x, s), x, true, true],
    ['-s', negate(s), zero, true, true],
    ['x - s / 3', subtract(x, divide(s, 3)), x, true, true],
    ['s - x', subtract(s, x), subtract(s, x), false, false],
    ['x + s', add(x, s), add(x, s), false, false],
    ['x - y', subtract(x, y), subtract(x, y), false, false],
    ['-x', negate(x), negate(x), false, false],
    ['x - max(x, y)', subtract(x, maximum(x, y)), subtract(x, maximum(x, y)), false, true],
    ['x - max(y, x)', subtract(x, maximum(y, x)), subtract(x, maximum(y, x)), false, true],
    ['x - min(x, y)', subtract(x, minimum(x, y)), subtract(x, minimum(x, y)), false, false],
    ['y - max(x, x)', subtract(y, maximum(x, x)), subtract(y, maximum(x, x)), false, false],
    ['x + max(x, y)', add(x, maximum(x, y)), add(x, maximum(x, y)), false, false],
    ['-max(0, x)', negate(maximum(0, x)), negate(maximum(0, x)), false, false],
  ])('%s is shifted, or had a maximum taken away', (_, u, before, isShifted, isStable) => {
    expect(unshifted(u)).toBe(before)
    expect(stateOf(u)).toEqual({ isShifted, isStable })
  })
})

test('a coarse number is near, and its short multiples are exact', () => {
  const random = uniformRandom(5)
  const numbers = Array.from({ length: 500 }, () => Math.fround(1000 * (2 * random() - 1)))
  const [results] = portably('f32')([coarse(x)], { batch: numbers.length, inputs: { x: numbers } })
  const rough = [...results!]
  rough.forEach((number, k) => expect(Math.abs(number - numbers[k]!)).toBeLessThan(2 ** -11 * Math.abs(numbers[k]!)))
  for (const factor of [3, 5, 7, 1023])
    expect(rough.map((number) => Math.fround(factor * number))).toEqual(rough.map((number) => factor * number))
})

describe('what is above 0 by what it is made of', () => {
  const two = constant(graph, 2, ['batch'])
  const deep = Array.from({ length: 12 }).reduce<Node>((node) => sqrt(node), exp(x))
  test.each<[what: string, node: Node, isAbove: boolean]>([
    ['2', two, true],
    ['0', zero, false],
    ['-2', constant(graph, -2, ['batch']), false],
    ['x', x, false],
    ['eˣ', exp(x), true],
    ['σ(x)', sigmoid(x), true],
    ['2 + eˣ', add(2, exp(x)), true],
    ['0 + eˣ', add(0, exp(x)), false],
    ['eˣ + y', add(exp(x), y), false],
    ['y + eˣ', add(y, exp(x)), false],
    ['eˣ - 2', subtract(exp(x), 2), false],
    ['2 - eˣ', subtract(2, exp(x)), false],
    ['-eˣ', negate(exp(x)), false],
    ['2 eˣ', multiply(2, exp(x)), true],
    ['eˣ y', multiply(exp(x), y), false],
    ['σ(x) / eʸ', divide(sigmoid(x), exp(y)), true],
    ['2 / x', divide(2, x), false],
    ['eˣ, repeated', wide(exp(x)), true],
    ['Σ eˣ', sum(wide(exp(x)), [1]), true],
    ['Σ x', sum(wide(x), [1]), false],
    ['√eˣ', sqrt(exp(x)), true],
    ['√x', sqrt(x), false],
    ['(eˣ)ʸ', power(exp(x), y), true],
    ['x²', power(x, 2), false],
    ['log eˣ', log(exp(x)), false],
    ['what is too deep to be looked at', deep, false],
  ])('%s', (_, node, isAbove) => {
    expect(isAboveZero(node)).toBe(isAbove)
  })
})
