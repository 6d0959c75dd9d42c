import { describe, expect, test } from 'vitest'
import { differentiate } from '../../src/calculus/differentiate.ts'
import {
  abs,
  add,
  branch,
  broadcast,
  concat,
  constant,
  contract,
  divide,
  exp,
  expm1,
  input,
  lessEqual,
  log,
  log1p,
  max,
  maximum,
  minimum,
  multiply,
  negate,
  power,
  reshape,
  select,
  sign,
  sin,
  slice,
  sqrt,
  subtract,
  sum,
  tan,
  tanh,
} from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { Interner, topologicalOrder, type Node } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'

/** ∂Σf/∂x and ∂Σf/∂y at points (x, y). */
function partials(f: (x: Node, y: Node) => Node, points: readonly (readonly [number, number])[]): [number[], number[]] {
  const graph = new Interner()
  const [x, y] = [input(graph, 'x', ['batch']), input(graph, 'y', ['batch'])]
  const result = f(x, y)
  const adjoints = differentiate(result, constant(graph, 1, result.shape), [x, y])
  const [dx, dy] = evaluate([adjoints.get(x)!, adjoints.get(y)!], {
    batch: points.length,
    inputs: { x: points.map(([x]) => x), y: points.map(([, y]) => y) },
  })
  return [[...dx!], [...dy!]]
}

function slopes(f: (x: Node) => Node, points: readonly number[]): number[] {
  return partials(
    f,
    points.map((x) => [x, 0]),
  )[0].map((slope) => slope + 0) // -0 as 0
}

describe('one-sided and corner derivatives follow PyTorch', () => {
  const relu = (x: Node) => select(lessEqual(x, 0), 0, x)
  const cases: [string, (x: Node) => Node, number[], number[]][] = [
    ['abs', abs, [-2, 0, 2], [-1, 0, 1]],
    ['sign', sign, [-2, 0, 2], [0, 0, 0]],
    ['relu', relu, [-2, -0, 0, 2, NaN], [0, 0, 0, 1, 1]],
    ['max(x, 0)', (x) => maximum(x, 0), [-1, 0, 1], [0, 0.5, 1]],
    ['max(0, x)', (x) => maximum(0, x), [-1, 0, 1], [0, 0.5, 1]],
    ['min(x, 6)', (x) => minimum(x, 6), [5, 6, 7], [1, 0.5, 0]],
    ['max(x, x)', (x) => maximum(x, x), [-1, 0, 3], [1, 1, 1]],
    ['max(x, -x)', (x) => maximum(x, multiply(-1, x)), [-1, 0, 1], [-1, 0, 1]],
    ['sqrt', sqrt, [4, 0, -1], [0.25, Infinity, NaN]],
    [
      'select takes the branch chosen',
      (x) => select(lessEqual(x, 1), multiply(3, x), multiply(x, x)),
      [0, 1, 2],
      [3, 3, 4],
    ],
    [
      'a NaN of the branch not taken, times its adjoint 0,',
      (x) => select(lessEqual(x, 1), multiply(2, x), sqrt(x)),
      [-1, 4],
      [NaN, 0.25],
    ],
  ]
  test.each(cases)('%s', (_, f, points, expected) => {
    expect(slopes(f, points)).toEqual(expected)
  })
})

describe('a branch that is not taken passes 0 on, whatever is undefined in it', () => {
  const taken = (x: Node, value: Node) => select(lessEqual(x, 0), 0, branch(value))
  const column = (x: Node) => reshape(x, ['batch', 1])
  const points = [-1, 0, 2]
  const cases: [string, (x: Node) => Node, (x: number) => number][] = [
    ['a function', log, (x) => 1 / x],
    ['one of another', (x) => sin(log(x)), (x) => Math.cos(Math.log(x)) / x],
    ['a product', (x) => multiply(log(x), sqrt(x)), (x) => (1 + Math.log(x) / 2) / Math.sqrt(x)],
    ['a quotient', (x) => divide(sin(x), x), (x) => Math.cos(x) / x - Math.sin(x) / x ** 2],
    ['a quotient by 0', (x) => divide(x, 0), () => Infinity],
    ['a power', (x) => power(x, -0.5), (x) => -0.5 * x ** -1.5],
    ['a power of it', (x) => power(log(x), 2), (x) => (2 * Math.log(x)) / x],
    [
      'a product over axes',
      (x) => contract(column(log(x)), 'bi', column(sin(x)), 'bi', 'b'),
      (x) => Math.sin(x) / x + Math.log(x) * Math.cos(x),
    ],
    ['a maximum over axes', (x) => max(concat([column(log(x)), column(sqrt(x))], 1), [1]), (x) => 0.5 / Math.sqrt(x)],
    ['the larger of two', (x) => maximum(log(x), sqrt(x)), (x) => 0.5 / Math.sqrt(x)],
    ['a choice', (x) => select(lessEqual(log(x), 0), log(x), sqrt(x)), (x) => 0.5 / Math.sqrt(x)],
    ['a branch in it', (x) => select(lessEqual(x, 1), 0, branch(log(sqrt(x)))), (x) => 0.5 / x],
    [
      'a choice within, of what is undefined',
      (x) => select(lessEqual(x, 3), branch(divide(1, x)), 0),
      (x) => -(x ** -2),
    ],
    ['two uses', (x) => add(multiply(2, log(x)), sin(log(x))), (x) => (2 + Math.cos(Math.log(x))) / x],
    ['a number of times it', (x) => divide(multiply(log(x), 3), 2), (x) => 1.5 / x],
  ]
  test.each(cases)('%s', (_, f, slope) => {
    const [left, middle, right] = slopes((x) => taken(x, f(x)), points)
    expect([left, middle]).toEqual([0, 0])
    expect(right).toBeCloseTo(slope(2), 14)
  })

  /** How many choices, and that of the branch is one, there are in the derivative of a choice between 0 and f. */
  test.each<[claim: string, f: (x: Node) => Node, choices: number]>([
    ['-x', negate, 1],
    ['x + sin x', (x) => add(x, sin(x)), 1],
    ['3 x', (x) => multiply(3, x), 1],
    ['x 3', (x) => multiply(x, 3), 1],
    ['x / 2', (x) => divide(x, 2), 1],
    ['x / 0.5', (x) => divide(x, 0.5), 1],
    ['x^1', (x) => power(x, 1), 1],
    ['x^2', (x) => power(x, 2), 1],
    ['x^0.5', (x) => power(x, 0.5), 2],
    ['x^1.5', (x) => power(x, 1.5), 2],
    ['x^0', (x) => power(x, 0), 0],
    ['x^-1', (x) => power(x, -1), 2],
    ['x / 0', (x) => divide(x, 0), 2],
    ['2 / x', (x) => divide(2, x), 2],
    ['log x', log, 2],
    ['log(1 + x)', log1p, 2],
    ['e^x', exp, 2],
    ['e^x - 1', expm1, 2],
    ['√x', sqrt, 2],
    ['tan x', tan, 2],
    ['tanh x', tanh, 1],
    ['-2 log x', (x) => negate(multiply(2, log(x))), 2],
    ['log x / 2', (x) => divide(log(x), 2), 2],
    ['3 (x + 4 log x)', (x) => multiply(3, add(x, multiply(4, log(x)))), 2],
    ['sin x log x', (x) => multiply(sin(x), log(x)), 3],
    ['log x + exp x', (x) => add(log(x), exp(x)), 3],
    // What only passes the adjoint on, to a function that is used twice.
    ['-log x + log x', (x) => add(negate(log(x)), log(x)), 2],
    ['log x + x + log x', (x) => add(add(log(x), x), log(x)), 2],
    ['log x - x + log x', (x) => add(subtract(log(x), x), log(x)), 2],
    ['log x / 2 + log x', (x) => add(divide(log(x), 2), log(x)), 2],
    // With those of the larger, the smaller, or the choice.
    ['max(log x, 1) + log x', (x) => add(maximum(log(x), 1), log(x)), 4],
    ['min(log x, 1) + log x', (x) => add(minimum(log(x), 1), log(x)), 4],
    ['(x > 1 ? 1 : log x) + log x', (x) => add(select(lessEqual(x, 1), log(x), 1), log(x)), 3],
  ])('only where it may be undefined: %s', (_, f, choices) => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch'])
    const adjoint = differentiate(taken(x, f(x)), input(graph, 'δ', ['batch']), [x]).get(x)!
    expect(topologicalOrder([adjoint]).filter(({ op }) => op === 'select')).toHaveLength(choices)
  })

  test('and what is used outside it, or in another, keeps its slope there', () => {
    const shared = (x: Node) => {
      const l = log(x)
      return [l, taken(x, sin(l)), taken(subtract(x, 1), l), taken(subtract(x, 1), sin(multiply(2, l)))] as const
    }
    const all = (f: (...parts: ReturnType<typeof shared>) => Node) => slopes((x) => f(...shared(x)), [0.5, 2])
    const [low, high] = [0.5, 2].map((x) => Math.cos(Math.log(x)) / x) as [number, number]
    const expectSlopes = (found: readonly number[], expected: readonly number[]) =>
      expected.forEach((slope, k) => expect(found[k]).toBeCloseTo(slope, 14))
    expectSlopes(
      all((l, _, late) => add(l, late)),
      [2, 1],
    )
    expectSlopes(
      all((_, early, late) => add(early, late)),
      [low, high + 0.5],
    )
    expectSlopes(
      all((_, early, _late, other) => add(early, other)),
      [low, high + Math.cos(2 * Math.log(2))],
    )
    expectSlopes(
      all((_, early, _late, other) => add(other, early)),
      [low, high + Math.cos(2 * Math.log(2))],
    )
  })

  test('and what two branches hold, of which one is taken, has the slope there', () => {
    const f = (x: Node) => {
      const [l, late] = [log(x), lessEqual(x, 1)]
      return add(select(late, 0, branch(sin(l))), select(late, branch(sin(multiply(2, l))), 0))
    }
    const expected = [4 * Math.cos(2 * Math.log(0.5)), Math.cos(Math.log(2)) / 2]
    slopes(f, [0.5, 2]).forEach((slope, k) => expect(slope).toBeCloseTo(expected[k]!, 14))
  })

  test('it ends at its variables: what they are made of is outside', () => {
    const slopesAt0 = (variables: (l: Node) => readonly Node[]) =>
      slopes(
        (x) => {
          const l = log(x)
          return select(lessEqual(x, 0), 0, branch(sin(l), variables(l)))
        },
        [0],
      )
    expect(slopesAt0(() => [])).toEqual([0])
    expect(slopesAt0((l) => l.inputs as readonly Node[])).toEqual([0])
    expect(slopesAt0((l) => [l])).toEqual([NaN])
  })

  test('a side of a choice that holds twice', () => {
    const f = (x: Node) => select(lessEqual(x, 0), branch(sqrt(multiply(-1, x))), 0)
    expect(slopes(f, [-4, 1, 4])).toEqual([-0.25, 0, 0])
  })

  test('a scan over what is undefined', () => {
    const graph = new Interner()
    const xs = input(graph, 'xs', ['batch', 3])
    const [h, now] = ['h', 'x'].map((name) => argument(graph, 'region', name, ['batch'])) as [Node, Node]
    const next = multiply(h, now)
    const product = scan(
      { carries: [h], elements: [now], captured: [], next: [next] },
      { initial: [constant(graph, 1, ['batch'])], sequences: [log(xs)], captured: [] },
      next,
      false,
    )
    const last = reshape(slice(product, 1, 2, 3), ['batch'])
    const first = reshape(slice(xs, 1, 0, 1), ['batch'])
    const result = taken(first, last)
    const adjoint = differentiate(result, constant(graph, 1, ['batch']), [xs]).get(xs)!
    const [values] = evaluate([adjoint], { batch: 3, inputs: { xs: [0, 2, 3, -1, 0, 5, 2, 3, 4] } })
    expect([...values!.slice(0, 6)].map((value) => value + 0)).toEqual([0, 0, 0, 0, 0, 0])
    const [a, b, c] = [2, 3, 4].map(Math.log) as [number, number, number]
    ;[(b * c) / 2, (a * c) / 3, (a * b) / 4].forEach((slope, k) => expect(values![6 + k]).toBeCloseTo(slope, 14))
  })
})

describe('powers with a constant exponent have no logarithm', () => {
  const cases: [number, number[]][] = [
    // exponent, slopes at -2, 0, 2
    [0, [0, 0, 0]],
    [1, [1, 1, 1]],
    [2, [-4, 0, 4]],
    [3, [12, 0, 12]],
    [-1, [-0.25, -Infinity, -0.25]],
    [0.5, [NaN, Infinity, 0.5 / Math.SQRT2]],
  ]
  test.each(cases)('x^%d', (exponent, expected) => {
    slopes((x) => power(x, exponent), [-2, 0, 2]).forEach((slope, k) => {
      if (Number.isFinite(expected[k]!)) expect(slope).toBeCloseTo(expected[k]!, 15)
      else expect(slope).toBe(expected[k])
    })
  })
})

test('powers with a variable exponent, at the edges of their domain', () => {
  const [dx, dy] = partials(power, [
    [0, 2], // x = 0: no infinite logarithm
    [0, 0],
    [0, 1],
    [0, 0.5],
    [3, 0], // y = 0: constant in x
    [-2, 3], // log of a negative number: no derivative in y
    [0, -1],
    [2, 3],
  ])
  expect(dx).toEqual([0, 0, 1, Infinity, 0, 12, -Infinity, 12])
  expect(dy).toEqual([0, 0, 0, 0, Math.log(3), NaN, -Infinity, 8 * Math.log(2)])
})

describe('ties', () => {
  test('max and min split δ in halves, and pass all of it to the chosen operand otherwise', () => {
    const points = [
      [1, 1],
      [1, 2],
      [2, 1],
      [0, -0],
    ] as const
    expect(partials(maximum, points)).toEqual([
      [0.5, 0, 1, 0.5],
      [0.5, 1, 0, 0.5],
    ])
    expect(partials(minimum, points)).toEqual([
      [0.5, 1, 0, 0.5],
      [0.5, 0, 1, 0.5],
    ])
  })

  test('the largest elements of a row share δ equally', () => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch', 4])
    const adjoint = differentiate(max(x, [1]), input(graph, 'δ', ['batch']), [x]).get(x)!
    const rows = [
      [3, 1, 3, 3],
      [1, 2, 0, -1],
      [-Infinity, -Infinity, -Infinity, -Infinity],
    ]
    const [values] = evaluate([adjoint], { batch: 3, inputs: { x: rows.flat(), δ: [6, 5, 4] } })
    expect([...values!]).toEqual([2, 0, 2, 2, 0, 5, 0, 0, 1, 1, 1, 1])
  })

  test("a row that holds NaN has no largest element, and doesn't hide it", () => {
    const graph = new Interner()
    const x = input(graph, 'x', ['batch', 2])
    const adjoint = differentiate(max(x, [1]), input(graph, 'δ', ['batch']), [x]).get(x)!
    const [values] = evaluate([adjoint], { batch: 2, inputs: { x: [1, NaN, 3, 2], δ: [6, 5] } })
    expect([...values!]).toEqual([NaN, NaN, 5, 0])
  })

  test('the largest over two axes', () => {
    const graph = new Interner()
    const x = input(graph, 'x', [2, 2])
    const adjoint = differentiate(max(x, [0, 1]), constant(graph, 1), [x]).get(x)!
    expect([...evaluate([adjoint], { batch: 1, inputs: { x: [7, 1, 2, 7] } })[0]!]).toEqual([0.5, 0, 0, 0.5])
  })
})

test('log-sum-exp with its largest summand taken out is the softmax, finite at ±1e4', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', 2])
  const largest = max(x, [1])
  const logSumExp = add(largest, log(sum(exp(subtract(x, broadcast(largest, x.shape, [0]))), [1])))
  const adjoint = differentiate(logSumExp, constant(graph, 1, ['batch']), [x]).get(x)!
  const [values] = evaluate([adjoint], { batch: 3, inputs: { x: [1e4, -1e4, -1e4, -1e4, 1e4, 1e4] } })
  expect([...values!]).toEqual([1, 0, 0.5, 0.5, 0.5, 0.5])
})

test('a tie in a maximum over axes is shared, or goes to the first', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', 2, 2])
  const slopesOf = (ties: 'share' | 'first') => {
    const result = max(x, [1, 2], ties)
    const adjoint = differentiate(result, constant(graph, 1, result.shape), [x]).get(x)!
    return [...evaluate([adjoint], { batch: 3, inputs: { x: [1, 3, 3, 2, 0, 0, 0, 0, 1, 2, 3, 4] } })[0]!]
  }
  expect(slopesOf('share')).toEqual([0, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25, 0, 0, 0, 1])
  expect(slopesOf('first')).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1])
})
