import { describe, expect, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import { pushForward } from '../../src/calculus/pushForward.ts'
import { adjointsOfScan } from '../../src/calculus/scan.ts'
import {
  add,
  broadcast,
  concat,
  constant,
  contract,
  divide,
  exp,
  gather,
  input,
  iota,
  less,
  multiply,
  negate,
  pad,
  parameter,
  permute,
  reshape,
  scatter,
  select,
  slice,
  subtract,
  sum,
  tanh,
} from '../../src/graph/build.ts'
import { checkGraph } from '../../src/graph/check.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, topologicalOrder, type Node, type NodeOf } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import type { Shape } from '../../src/graph/shape.ts'
import { fold } from '../../src/graph/windows.ts'

const graph = new Interner()
const times = 3
const x = input(graph, 'x', ['batch', times, 2])
const [start, other] = [input(graph, 'start', ['batch', 2]), input(graph, 'other', ['batch', 2])]
const [a, b] = [parameter(graph, 'a', [2]), parameter(graph, 'b', [2])]
const bindings = {
  batch: 2,
  inputs: {
    x: [0.3, -0.2, 0.5, 0.9, -0.7, 0.1, 1.1, 0.4, -0.6, 0.8, 0.2, -0.3],
    start: [0.5, -0.5, 0.25, 1],
    other: [1, 0.5, -0.25, 2],
    tx: [0.1, 0.7, -0.4, 0.2, 0.6, -0.9, 0.3, -0.1, 0.8, 0.5, -0.2, 0.4],
    ts: [-0.6, 0.3, 0.9, -0.1],
    δ: Array.from({ length: 12 }, (_, k) => Math.sin(k + 1)),
    numbers: [1, 0],
  },
  parameters: { a: [0.7, -1.2], b: [0.4, 0.9] },
}
const valuesOf = (nodes: readonly Node[]) => evaluate(nodes, bindings).map((values) => [...values])
const expectAlike = (actual: readonly Node[], expected: readonly Node[]) => {
  checkGraph(actual)
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape))
  const meant = valuesOf(expected)
  valuesOf(actual).forEach((values, k) => values.forEach((value, i) => expect(value).toBeCloseTo(meant[k]![i]!, 12)))
}
const rows = (of: Node) => broadcast(of, ['batch', 2], [1])
const at = (sequence: Node, time: number) => reshape(slice(sequence, 1, time, time + 1), ['batch', 2])
const stacked = (all: readonly Node[]) =>
  concat(
    all.map((one) => reshape(one, ['batch', 1, 2])),
    1,
  )

/** Both carries, and the output, from the carries, the element and what is the same at all times. */
type Step = (h: Node, g: Node, x: Node, a: Node, b: Node) => readonly [next: Node, other: Node, output: Node]

function scanned(step: Step, reverse: boolean): Node {
  const of = (name: string, shape: Shape) => argument(graph, `region ${reverse}`, name, shape)
  const [h, g, now] = ['h', 'g', 'now'].map((name) => of(name, ['batch', 2])) as [Node, Node, Node]
  const captured = [of('a', [2]), of('b', [2])] as const
  const [next, following, output] = step(h, g, now, ...captured)
  return scan(
    { carries: [h, g], elements: [now], captured, next: [next, following] },
    { initial: [start, other], sequences: [x], captured: [a, b] },
    output,
    reverse,
  )
}

function unrolled(step: Step, reverse: boolean): Node {
  const outputs: Node[] = []
  let [h, g] = [start, other]
  for (let count = 0; count < times; count++) {
    const time = reverse ? times - 1 - count : count
    const [next, following, output] = step(h, g, at(x, time), a, b)
    outputs[time] = output
    ;[h, g] = [next, following]
  }
  return stacked(outputs)
}

describe('a recurrence has the derivatives of what it unrolls to', () => {
  const steps: readonly (readonly [claim: string, step: Step])[] = [
    ['one state', (h, g, x, a) => [tanh(add(multiply(rows(a), h), x)), g, h]],
    ['the state itself', (h, g, x, a, b) => [add(multiply(rows(a), h), multiply(rows(b), x)), g, h]],
    [
      'two that take turns',
      (h, g, x, a, b) => {
        const next = tanh(add(multiply(rows(a), g), multiply(rows(b), x)))
        return [g, next, multiply(next, h)]
      },
    ],
    [
      'an output that is a state',
      (h, g, x, a, b) => {
        const next = add(multiply(rows(subtract(a, b)), h), multiply(x, g))
        return [next, multiply(g, x), next]
      },
    ],
    [
      'what is the same for all, twice',
      (h, g, x, a) => [add(multiply(rows(a), h), rows(a)), g, add(h, multiply(x, rows(a)))],
    ],
    [
      'what is the same for all, taken away',
      (h, g, x, a, b) => [subtract(h, rows(a)), subtract(x, rows(b)), multiply(h, g)],
    ],
    ['an element that is the output', (h, g, x) => [h, g, x]],
    [
      'a choice by what comes at each time',
      (h, g, x, a) => [select(less(h, x), multiply(rows(a), h), x), g, select(less(x, g), multiply(h, x), g)],
    ],
  ]
  test.each(steps)('%s', (_, step) => {
    for (const reverse of [false, true]) {
      const variables = [start, other, x, a, b]
      const adjointsOf = (h: Node) => {
        const weighted = multiply(h, input(graph, 'δ', h.shape))
        const adjoints = differentiate(sum(weighted, [0, 1, 2]), constant(graph, 1), variables)
        return variables.map((variable) => adjoints.get(variable) ?? constant(graph, 0, variable.shape))
      }
      const [loop, plain] = [scanned(step, reverse), unrolled(step, reverse)]
      expectAlike([loop, ...adjointsOf(loop)], [plain, ...adjointsOf(plain)])
    }
  })
})

test('so it has second derivatives, of elements alone', () => {
  const step: Step = (h, g, x, a) => [tanh(add(multiply(rows(a), h), x)), g, h]
  const secondOf = (h: Node) => {
    const of = (node: Node, variable: Node) => differentiate(node, constant(graph, 1), [variable]).get(variable)!
    const first = of(sum(multiply(h, h), [0, 1, 2]), x)
    return of(sum(multiply(first, input(graph, 'δ', first.shape)), [0, 1, 2]), x)
  }
  expectAlike([secondOf(scanned(step, false))], [secondOf(unrolled(step, false))])
})

describe('a recurrence pushes forward what it unrolls to', () => {
  const tangents = new Map([
    [x, input(graph, 'tx', x.shape)],
    [start, input(graph, 'ts', start.shape)],
  ])
  test.each<[string, Step]>([
    ['by what it derives', (h, g, x, a) => [tanh(add(multiply(rows(a), h), x)), g, multiply(h, x)]],
    ['by two states', (h, g, x, a) => [tanh(multiply(add(h, x), g)), multiply(rows(a), h), multiply(g, exp(h))]],
  ])('%s', (_, step) => {
    for (const reverse of [false, true]) {
      const [loop, plain] = [scanned(step, reverse), unrolled(step, reverse)].map((of) => pushForward(of, tangents)!)
      expectAlike([loop!], [plain!])
      const second = pushForward(loop!, tangents)!
      expectAlike([second], [pushForward(plain!, tangents)!])
      // By a leaf for what would come back, on which they don't depend.
      const names = topologicalOrder([loop!, second]).filter(({ op }) => op === 'input')
      expect(names.every((leaf) => [x, start, other, ...tangents.values()].includes(leaf))).toBe(true)
    }
  })
})

describe('what is the same at all times gets the sum over time', () => {
  const [h, now, c] = [
    argument(graph, 'sums', 'h', ['batch', 2]),
    argument(graph, 'sums', 'now', ['batch', 2]),
    argument(graph, 'sums', 'c', [2]),
  ]
  const output = add(multiply(h, now), rows(c))
  const loop = scan(
    { carries: [h], elements: [now], captured: [c], next: [add(h, now)] },
    { initial: [start], sequences: [x], captured: [a] },
    output,
    false,
  ) as NodeOf<'scan'>
  const δ = input(graph, 'δ', loop.shape)
  const totals = (of: Node) => sum(of, [0])
  const square = (δ: Node, x: Node) => contract(δ, 'bi', x, 'bj', 'ij')
  const numbers = parameter(graph, 'b', [2])

  /** The adjoint of `c` where one turn's is this. */
  const summed = (adjoint: (δ: Node, now: Node, same: Node) => Node) =>
    adjointsOfScan(δ, loop, (seeds, variables) => {
      const adjointOf = (variable: Node) => {
        if (variable === c) return adjoint(seeds.get(output)!, now, c)
        return variable === now ? now : constant(graph, 0, variable.shape)
      }
      return new Map(variables.map((variable) => [variable, adjointOf(variable)]))
    })

  test.each<[claim: string, adjoint: (δ: Node, x: Node, same: Node) => Node]>([
    ['of a sum over samples', (δ) => totals(δ)],
    ['of a sum over samples and more', (δ) => sum(δ, [0, 1])],
    ['of a product over samples', square],
    ['of a product over samples and more', (δ, x) => contract(δ, 'bi', x, 'bi', '')],
    ['of a product with its operands the other way round', (δ, x) => contract(x, 'bj', δ, 'bi', 'ij')],
    ['of sums', (δ, x) => add(totals(δ), totals(multiply(δ, x)))],
    ['of differences', (δ, x) => subtract(totals(δ), totals(multiply(δ, x)))],
    ['of what is taken away', (δ) => negate(totals(δ))],
    ['of a constant', () => constant(graph, 3, [2])],
    ['in another shape', (δ, x) => reshape(square(δ, x), [4])],
    ['in another order', (δ, x) => permute(square(δ, x), [1, 0])],
    ['repeated', (δ) => broadcast(totals(δ), [3, 2], [1])],
    ['in part', (δ) => slice(totals(δ), 0, 1, 2)],
    ['beside another', (δ, x) => concat([totals(δ), totals(x)], 0)],
    ['among zeros', (δ) => pad(totals(δ), [{ axis: 0, before: 1, after: 0 }])],
    ['times what is the same', (δ, x, same) => multiply(same, totals(multiply(δ, x)))],
    ['times what follows from it', (δ, x, same) => multiply(totals(multiply(δ, x)), tanh(same))],
    ['divided by what is the same', (δ, _, same) => divide(totals(δ), same)],
    [
      'where what is the same says so',
      (δ, x, same) => select(less(same, constant(graph, 0, [2])), totals(δ), totals(x)),
    ],
    ['added to places', (δ, x) => fold(square(δ, x), [3], [{ axis: 0, size: 2 }])],
  ])('%s', (_, adjoint) => {
    const found = summed(adjoint)
    const turns = Array.from({ length: times }, (_, time) => adjoint(at(δ, time), at(x, time), a))
    expectAlike([found[2]!], [turns.reduce((sum, turn) => add(sum, turn))])
    // The adjoint of an element may be an element, that of a carry is the last turn's.
    expectAlike([found[1]!], [x])
  })

  test.each<[op: string, adjoint: (δ: Node, x: Node) => Node]>([
    ['multiply', (δ) => multiply(totals(δ), totals(δ))],
    ['exp', (δ) => exp(totals(δ))],
    ['gather', (δ) => gather(totals(δ), iota(graph, [2], 0))],
    ['scatter', (δ) => scatter(totals(δ), iota(graph, [2], 0), 3)],
    ['pad', (δ) => pad(totals(δ), [{ axis: 0, before: 1, after: 0 }], 1)],
    ['iota', () => iota(graph, [2], 0)],
    // Products of what has no samples any more, by each of the letters that they are summed over or not.
    ['contract', (δ, x) => contract(square(δ, x), 'ij', numbers, 'j', 'i')],
    ['contract', (δ, x) => contract(square(δ, x), 'ij', numbers, 'i', 'ij')],
    ['contract', (δ, x) => contract(numbers, 'i', square(δ, x), 'ij', 'j')],
    // Of each sample.
    ['contract', (δ, x) => contract(δ, 'bi', x, 'bj', 'bij')],
  ])('but what is no sum over samples is refused: %s', (op, adjoint) => {
    expect(() => summed(adjoint)).toThrow(`that is no sum over the batch: ${op}`)
  })
})
