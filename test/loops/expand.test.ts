import { expect, test } from 'vitest'
import { constant, contract, input, max, parameter, slice, sum, tanh } from '../../src/graph/build.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import type { Kernel } from '../../src/loops/notation/kernel.ts'
import { expand } from '../../src/loops/routine/expand.ts'
import { printBody } from '../../src/targets/typescript/routine.ts'
import { lowerNodes } from './lowered.ts'

const graph = new Interner()
const batch = 8
const x = input(graph, 'x', ['batch', 5])
const y = input(graph, 'y', ['batch'])
const W = parameter(graph, 'W', [3, 5])

/** The loops of a node's only kernel, with steps by the labels of axes, and buffers named in the order of their use. */
function printed(node: Node, steps: Readonly<Record<string, number>>, overrun = false, longestRun?: number): string[] {
  const [kernel] = lowerNodes({ main: [node] }).programs.main as Kernel[]
  const axes = [...kernel!.parallel, ...kernel!.stages.flatMap((stage) => stage.over)]
  const schedule = {
    order: kernel!.parallel,
    steps: new Map(axes.flatMap((axis) => (axis.label in steps ? [[axis, steps[axis.label]!]] : []))),
    overrun,
  }
  const routine = expand(kernel!, schedule, batch, undefined, longestRun)
  return printBody(
    routine,
    routine.buffers.map((buffer) => (buffer.role === 'activation' ? 'out' : buffer.name)),
  ).split('\n')
}

type Case = readonly [claim: string, node: Node, steps: Readonly<Record<string, number>>, lines: readonly string[]]

const cases: readonly Case[] = [
  [
    'without steps, one element after the other',
    sum(x, [1]),
    {},
    [
      'for (let b0 = 0; b0 < n; b0++) {',
      'let s0 = 0',
      'const at0 = x + 5 * b0',
      'for (let k0 = 0; k0 < 5; k0++) {',
      's0 += arena[at0 + k0]',
      '}',
      'arena[out + b0] = s0',
      '}',
    ],
  ],
  [
    'a stepped reduction adds in the same order, and what is left over behind it',
    sum(x, [1]),
    { k: 2 },
    [
      'for (let b0 = 0; b0 < n; b0++) {',
      'let s0 = 0',
      'const at0 = x + 5 * b0',
      'for (let k0 = 0; k0 < 4; k0 += 2) {',
      's0 = s0 + arena[at0 + k0] + arena[at0 + k0 + 1]',
      '}',
      's0 += arena[at0 + 4]',
      'arena[out + b0] = s0',
      '}',
    ],
  ],
  [
    'a step as long as the axis needs no loop, nor an accumulator',
    max(slice(x, 1, 0, 3), [1]),
    { k: 3 },
    [
      'for (let b0 = 0; b0 < n; b0++) {',
      'const at0 = x + 5 * b0',
      'arena[out + b0] = Math.max(Math.max(arena[at0], arena[at0 + 1]), arena[at0 + 2])',
      '}',
    ],
  ],
  [
    'but one for constants, which it rounds',
    sum(constant(graph, 0.3, ['batch', 3]), [1]),
    { k: 3 },
    ['for (let b0 = 0; b0 < n; b0++) {', 'let s0 = 0', 's0 = s0 + 0.3 + 0.3 + 0.3', 'arena[out + b0] = s0', '}'],
  ],
  [
    'samples beyond the last whole step have a loop of their own',
    tanh(y),
    { b: 2 },
    [
      'for (let b0 = 0; b0 < n - n % 2; b0 += 2) {',
      'arena[out + b0] = Math.tanh(arena[y + b0])',
      'arena[out + b0 + 1] = Math.tanh(arena[y + b0 + 1])',
      '}',
      'for (let b1 = n - n % 2; b1 < n; b1++) {',
      'arena[out + b1] = Math.tanh(arena[y + b1])',
      '}',
    ],
  ],
  [
    'a tile of a product reads each operand once, and keeps its sums in locals',
    contract(x, 'bi', slice(W, 0, 0, 2), 'oi', 'bo'),
    { b: 1, i: 2 },
    [
      'for (let b0 = 0; b0 < n; b0++) {',
      'let s0 = 0',
      'let s1 = 0',
      'const at0 = x + 5 * b0',
      'for (let k0 = 0; k0 < 5; k0++) {',
      'const h0 = arena[at0 + k0]',
      's0 += h0 * arena[W + k0]',
      's1 += h0 * arena[W + k0 + 5]',
      '}',
      'const at1 = out + 2 * b0',
      'arena[at1] = s0',
      'arena[at1 + 1] = s1',
      '}',
    ],
  ],
  [
    'a long sum is a sum of sums over stretches of its axis',
    sum(input(graph, 'z', ['batch', 300]), [1]),
    {},
    [
      'for (let b0 = 0; b0 < n; b0++) {',
      'let s0 = 0',
      'const at0 = z + 300 * b0',
      'for (let k0 = 0; k0 < 300; k0 += 256) {',
      'let s1 = 0',
      'for (let k1 = k0, end0 = Math.min(k0 + 256, 300); k1 < end0; k1++) {',
      's1 += arena[at0 + k1]',
      '}',
      's0 += s1',
      '}',
      'arena[out + b0] = s0',
      '}',
    ],
  ],
  [
    'a maximum is the same in any order',
    max(input(graph, 'z', ['batch', 300]), [1]),
    {},
    [
      'for (let b0 = 0; b0 < n; b0++) {',
      'let m0 = -Infinity',
      'const at0 = z + 300 * b0',
      'for (let k0 = 0; k0 < 300; k0++) {',
      'm0 = Math.max(m0, arena[at0 + k0])',
      '}',
      'arena[out + b0] = m0',
      '}',
    ],
  ],
  [
    'over samples too, whole inner axes within',
    sum(input(graph, 'z', ['batch', 100]), [0, 1]),
    {},
    [
      'let s0 = 0',
      'for (let b0 = 0; b0 < n; b0 += 2) {',
      'let s1 = 0',
      'for (let b1 = b0, end0 = Math.min(b0 + 2, n); b1 < end0; b1++) {',
      'const at0 = z + 100 * b1',
      'for (let k0 = 0; k0 < 100; k0++) {',
      's1 += arena[at0 + k0]',
      '}',
      '}',
      's0 += s1',
      '}',
      'arena[out] = s0',
    ],
  ],
]

test.each(cases)('%s', (_, node, steps, lines) => {
  expect(printed(node, steps)).toEqual(lines)
})

test('an axis that is written out whole has sums of sums too', () => {
  expect(printed(sum(x, [1]), { k: 5 }, false, 2)).toEqual([
    'for (let b0 = 0; b0 < n; b0++) {',
    'const at0 = x + 5 * b0',
    'arena[out + b0] = arena[at0] + arena[at0 + 1] + (arena[at0 + 2] + arena[at0 + 3]) + arena[at0 + 4]',
    '}',
  ])
})

test('a loop that may overrun has no second loop', () => {
  expect(printed(tanh(y), { b: 2 }, true)).toEqual([
    'for (let b0 = 0; b0 < n; b0 += 2) {',
    'arena[out + b0] = Math.tanh(arena[y + b0])',
    'arena[out + b0 + 1] = Math.tanh(arena[y + b0 + 1])',
    '}',
  ])
})

test('the samples in a sum are never more than there are', () => {
  expect(printed(sum(y, [0]), { b: 4 }, true)).toEqual([
    'let s0 = 0',
    'for (let b0 = 0; b0 < n - n % 4; b0 += 4) {',
    's0 = s0 + arena[y + b0] + arena[y + b0 + 1] + arena[y + b0 + 2] + arena[y + b0 + 3]',
    '}',
    'for (let b1 = n - n % 4; b1 < n; b1++) {',
    's0 += arena[y + b1]',
    '}',
    'arena[out] = s0',
  ])
})
