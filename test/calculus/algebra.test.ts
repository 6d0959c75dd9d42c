import { describe, expect, test } from 'vitest'
import { algebra, simplify } from '../../src/calculus/algebra.ts'
import { rewrite, type Rule } from '../../src/calculus/rewrite.ts'
import {
  abs,
  add,
  branch,
  broadcast,
  concat,
  constant,
  contract,
  divide,
  equal,
  exp,
  input,
  less,
  max,
  maximum,
  multiply,
  negate,
  notEqual,
  pad,
  parameter,
  permute,
  power,
  reshape,
  select,
  sin,
  slice,
  subtract,
  sum,
} from '../../src/graph/build.ts'
import { evaluate } from '../../src/graph/evaluate.ts'
import { fold, unfold } from '../../src/graph/windows.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { argument, scan } from '../../src/graph/scan.ts'
import { elementCount } from '../../src/graph/shape.ts'
import { expectSameValues } from '../property/compare.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch'])
const y = input(graph, 'y', ['batch'])
const z = input(graph, 'z', ['batch'])
const c = less(x, z)
const number = (value: number) => constant(graph, value, ['batch'])

const s = parameter(graph, 's', [])
const t = parameter(graph, 't', [])
const v = parameter(graph, 'v', [3])
const A = parameter(graph, 'A', [2, 3])
const B = parameter(graph, 'B', [2, 3])
const A6 = reshape(concat([A, B], 1), [2, 3, 2])
const B6 = concat([B, A], 1)
const inPairs = (x: Node) => fold(x, [2, 6], [{ axis: 1, size: 2, stride: 2 }])
const C = parameter(graph, 'C', [3, 2])
const cube = parameter(graph, 'cube', [2, 3, 4])
const column = parameter(graph, 'column', [4, 1])
const thin = parameter(graph, 'thin', [1, 3, 1])
const wide = (scalar: Node) => broadcast(scalar, [2, 3], [])

interface Instance {
  readonly from: Node
  readonly to: Node
}

const to = (from: Node, to: Node): Instance => ({ from, to })

/** For every rule expressions that it matches, and exactly what it makes of them. */
const instances: Readonly<Record<string, readonly Instance[]>> = {
  'f(c, d) = the constant it is': [
    to(add(number(2), 3), number(5)),
    to(divide(number(1), 3), number(1 / 3)),
    to(exp(number(1)), number(Math.E)),
    to(power(number(-1), 0.5), number(NaN)),
    to(divide(number(-1), 0), number(-Infinity)),
    to(maximum(constant(graph, 2, [2, 3]), NaN), constant(graph, NaN, [2, 3])),
  ],
  'a view of a constant = that constant': [
    to(broadcast(constant(graph, 2), [2, 3], []), constant(graph, 2, [2, 3])),
    to(reshape(constant(graph, 2, [2, 3]), [6]), constant(graph, 2, [6])),
    to(permute(constant(graph, NaN, [2, 3]), [1, 0]), constant(graph, NaN, [3, 2])),
    to(slice(constant(graph, -0, [2, 3]), 1, 0, 2), constant(graph, -0, [2, 2])),
  ],
  'x c = c x': [to(multiply(x, 3), multiply(3, x)), to(multiply(x, NaN), multiply(NaN, x))],

  'x + 0 = x': [to(add(x, 0), x), to(add(x, -0), x)],
  '0 + x = x': [to(add(0, x), x), to(add(-0, x), x)],
  'x + x = 2 x': [to(add(x, x), multiply(2, x))],
  'x + (-y) = x - y': [to(add(x, negate(y)), subtract(x, y)), to(add(x, negate(x)), subtract(x, x))],
  '(-x) + y = y - x': [to(add(negate(x), y), subtract(y, x))],
  'x - 0 = x': [to(subtract(x, 0), x), to(subtract(x, -0), x)],
  '0 - x = -x': [to(subtract(0, x), negate(x)), to(subtract(-0, x), negate(x))],
  'x - (-y) = x + y': [to(subtract(x, negate(y)), add(x, y))],

  '-(-x) = x': [to(negate(negate(x)), x)],
  '-(x - y) = y - x': [to(negate(subtract(x, y)), subtract(y, x))],
  '-(c x) = (-c) x': [to(negate(multiply(3, x)), multiply(-3, x))],
  'c (-x) = (-c) x': [to(multiply(3, negate(x)), multiply(-3, x)), to(multiply(0, negate(x)), multiply(-0, x))],
  '(-x) y = -(x y)': [to(multiply(negate(x), y), negate(multiply(x, y)))],
  'x (-y) = -(x y)': [to(multiply(x, negate(y)), negate(multiply(x, y)))],
  '(-x) / y = -(x / y)': [to(divide(negate(x), y), negate(divide(x, y)))],

  '1 x = x': [to(multiply(1, x), x)],
  '-1 x = -x': [to(multiply(-1, x), negate(x))],
  'x / 1 = x': [to(divide(x, 1), x)],
  'x / 2^k = 2^-k x': [1, 2, 10, 52, 1021, 1022, -1, -2, -1021, -1022].flatMap((k) => [
    to(divide(x, 2 ** k), multiply(2 ** -k, x)),
    to(divide(x, -(2 ** k)), multiply(-(2 ** -k), x)),
  ]),
  'x^1 = x': [to(power(x, 1), x)],
  'x^0 = 1': [to(power(x, 0), number(1)), to(power(x, -0), number(1))],

  'c < d ? x : y = x where that holds, else y; so all comparisons': [
    to(select(less(number(1), 2), x, y), x),
    to(select(less(number(2), 2), x, y), y),
    to(select(equal(number(0), -0), x, y), x),
    to(select(notEqual(number(NaN), NaN), x, y), x),
  ],
  'c ? x : x = x': [to(select(c, y, y), y)],
  'c ? (c ? x : y) : z = c ? x : z': [to(select(c, select(c, x, y), z), select(c, x, z))],
  'c ? x : (c ? y : z) = c ? x : z': [to(select(c, x, select(c, y, z)), select(c, x, z))],

  'a branch = what it holds: it only says how to differentiate': [to(branch(x), x), to(branch(y, [x]), y)],

  'f(broadcast s, broadcast t) = broadcast f(s, t)': [
    to(multiply(wide(s), wide(t)), wide(multiply(s, t))),
    to(divide(2, wide(s)), wide(divide(2, s))),
    to(sin(broadcast(v, [2, 3], [1])), broadcast(sin(v), [2, 3], [1])),
    to(select(wide(less(s, t)), wide(s), 0), wide(select(less(s, t), s, 0))),
  ],
  'broadcast broadcast x = broadcast x': [
    to(broadcast(broadcast(v, [2, 3], [1]), [2, 5, 3], [0, 2]), broadcast(v, [2, 5, 3], [2])),
    to(broadcast(broadcast(s, [3], []), [2, 3], [1]), broadcast(s, [2, 3], [])),
  ],
  'permute permute x = permute x': [
    to(permute(permute(cube, [1, 2, 0]), [1, 0, 2]), permute(cube, [2, 1, 0])),
    to(permute(permute(cube, [1, 2, 0]), [2, 0, 1]), cube),
  ],
  'reshape reshape x = reshape x': [
    to(reshape(reshape(cube, [6, 4]), [24]), reshape(cube, [24])),
    to(reshape(reshape(cube, [24]), [2, 3, 4]), cube),
  ],
  'slice pad x = x': [
    to(slice(pad(A, [{ axis: 1, before: 2, after: 1 }]), 1, 2, 5), A),
    to(slice(pad(A, [{ axis: 0, before: 0, after: 3 }]), 0, 0, 2), A),
  ],
  'f(fold x, y) = fold f(x, windows y), where each element is in one window': [
    to(sin(inPairs(A6)), fold(sin(A6), [2, 6], [{ axis: 1, size: 2, stride: 2 }])),
    to(
      select(less(B6, 0), 3, inPairs(A6)),
      fold(
        select(unfold(less(B6, 0), [{ axis: 1, size: 2, stride: 2 }]), 3, A6),
        [2, 6],
        [{ axis: 1, size: 2, stride: 2 }],
      ),
    ),
  ],
  'windows of a fold = what it folds, where each element is in one window': [
    to(unfold(inPairs(A6), [{ axis: 1, size: 2, stride: 2 }]), A6),
  ],
  'pad x + pad y = pad [x; y], where x and y lie side by side': [
    to(add(pad(A, [{ axis: 1, before: 0, after: 3 }]), pad(B, [{ axis: 1, before: 3, after: 0 }])), concat([A, B], 1)),
    to(
      add(pad(B, [{ axis: 1, before: 4, after: 1 }]), pad(A, [{ axis: 1, before: 1, after: 4 }])),
      pad(concat([A, B], 1), [{ axis: 1, before: 1, after: 1 }]),
    ),
  ],
  '[[x; y]; z] = [x; y; z]': [
    to(concat([concat([A, B], 1), A], 1), concat([A, B, A], 1)),
    to(concat([A, concat([B, A], 1)], 1), concat([A, B, A], 1)),
  ],
  'a product with a permuted operand = the product with its letters permuted': [
    to(contract(permute(C, [1, 0]), 'ij', B, 'kj', 'ik'), contract(C, 'ji', B, 'kj', 'ik')),
    to(contract(A, 'ij', permute(C, [1, 0]), 'kj', 'ik'), contract(A, 'ij', C, 'jk', 'ik')),
    to(contract(A, 'ij', permute(C, [1, 0]), 'ij', ''), contract(A, 'ij', C, 'ji', '')),
    to(contract(permute(cube, [2, 0, 1]), 'kij', A, 'ij', 'k'), contract(cube, 'ijk', A, 'ij', 'k')),
  ],
  'a permuted product = the product with its result permuted': [
    to(permute(contract(A, 'ij', B, 'kj', 'ik'), [1, 0]), contract(A, 'ij', B, 'kj', 'ki')),
    to(permute(contract(cube, 'ijk', v, 'j', 'ijk'), [2, 0, 1]), contract(cube, 'ijk', v, 'j', 'kij')),
  ],
  'Σ or max over axes of length 1 = reshape': [
    to(sum(thin, [0]), reshape(thin, [3, 1])),
    to(sum(thin, [0, 2]), reshape(thin, [3])),
    to(max(thin, [2]), reshape(thin, [1, 3])),
  ],
}

/** Expressions that look like an instance, and are none: the equation would change a value, or an order of summation. */
const exceptions: Readonly<Record<string, readonly Node[]>> = {
  'f(c, d) = the constant it is': [less(number(1), 2), add(x, 1)],
  'x + 0 = x': [add(x, NaN)],
  'x / 2^k = 2^-k x': [3, 0, NaN, Infinity, 1, 2 ** 1023, 2 ** -1074, 1 + 2 ** -52, 2 ** 1022 + 2 ** 970].map((d) =>
    divide(x, d),
  ),
  'x^1 = x': [power(x, 2), power(x, NaN)],
  'x^0 = 1': [power(0, x)],
  '1 x = x': [multiply(0, x)],
  'c ? (c ? x : y) : z = c ? x : z': [select(c, select(less(z, x), x, y), z)],
  'f(broadcast s, broadcast t) = broadcast f(s, t)': [
    add(broadcast(v, [3, 3], [0]), broadcast(v, [3, 3], [1])),
    add(wide(s), A),
  ],
  'slice pad x = x': [
    slice(pad(A, [{ axis: 1, before: 2, after: 1 }]), 1, 1, 4),
    slice(pad(A, [{ axis: 1, before: 2, after: 1 }]), 0, 0, 1),
    slice(pad(A, [{ axis: 1, before: 0, after: 1 }]), 1, 0, 2),
    slice(
      pad(
        A,
        [0, 1].map((axis) => ({ axis, before: 0, after: 1 })),
      ),
      0,
      0,
      2,
    ),
  ],
  'f(fold x, y) = fold f(x, windows y), where each element is in one window': [
    sin(fold(A6, [2, 4], [{ axis: 1, size: 2 }])),
    sin(fold(A6, [2, 7], [{ axis: 1, size: 2, stride: 2 }])),
    less(inPairs(A6), 0),
  ],
  'windows of a fold = what it folds, where each element is in one window': [
    unfold(inPairs(A6), [{ axis: 1, size: 3, stride: 3 }]),
    unfold(fold(A6, [2, 4], [{ axis: 1, size: 2 }]), [{ axis: 1, size: 2 }]),
  ],
  'pad x + pad y = pad [x; y], where x and y lie side by side': [
    add(pad(A, [{ axis: 1, before: 0, after: 1 }]), pad(B, [{ axis: 1, before: 1, after: 0 }])),
    add(pad(A, [{ axis: 1, before: 0, after: 4 }]), pad(B, [{ axis: 1, before: 4, after: 0 }])),
    add(pad(A, [{ axis: 1, before: 0, after: 3 }], 1), pad(B, [{ axis: 1, before: 3, after: 0 }])),
    add(pad(A, [{ axis: 0, before: 0, after: 2 }]), pad(column, [{ axis: 1, before: 2, after: 0 }])),
  ],
  '[[x; y]; z] = [x; y; z]': [concat([concat([A, B], 0), concat([A, B], 0)], 1), concat([slice(A, 1, 0, 2), B], 1)],
  'a product with a permuted operand = the product with its letters permuted': [
    contract(permute(C, [1, 0]), 'ij', B, 'ij', ''),
    contract(A, 'ij', B, 'kj', 'ik'),
  ],
  'Σ or max over axes of length 1 = reshape': [sum(thin, [0, 1]), max(A, [0])],
}

const special = [
  0,
  -0,
  1,
  -1,
  1.7,
  -2.5,
  3,
  2 ** -1074,
  -(2 ** -1060),
  2 ** -1022,
  1e308,
  -1e308,
  NaN,
  Infinity,
  -Infinity,
]
/** Every pair of special values, with a third beside each. */
const pairs = special.flatMap((a) => special.map((b, k) => [a, b, special[(k * 7 + 3) % special.length]!] as const))
const bindings = {
  batch: pairs.length,
  inputs: { x: pairs.map(([a]) => a), y: pairs.map(([, b]) => b), z: pairs.map(([, , third]) => third) },
}

/** The values of a node for all special values of its leaves, a few at a time for parameters. */
function valuesOf(node: Node): Float64Array[] {
  return special.map((_, shift) => {
    const parameters = Object.fromEntries(
      [s, t, v, A, B, C, cube, column, thin].map((leaf, position) => {
        const values = Array.from(
          { length: elementCount(leaf.shape, 1) },
          (_, k) => special[(shift + 5 * position + 4 * k) % special.length]!,
        )
        return [leaf.op === 'parameter' ? leaf.attributes.name : '', values]
      }),
    )
    return evaluate([node], { ...bindings, parameters })[0]!
  })
}

test('every rule has instances below, and there are none of other rules', () => {
  const equations = algebra.map(({ equation }) => equation)
  expect(new Set(equations).size).toBe(equations.length)
  expect(Object.keys(instances).sort()).toEqual([...equations].sort())
  expect(equations).toEqual(expect.arrayContaining(Object.keys(exceptions)))
})

describe.each(algebra.map((rule) => [rule.equation, rule] as const))('%s', (equation, rule) => {
  test('makes of each instance what it says', () => {
    expect(instances[equation]).not.toEqual([])
    for (const { from, to } of instances[equation]!) expect(rule.apply(from)).toBe(to)
  })

  test('keeps every value, NaN and infinities included', () => {
    for (const { from, to } of instances[equation]!) {
      const after = valuesOf(to)
      valuesOf(from).forEach((before, k) => expectSameValues(after[k]!, before))
    }
  })

  test('leaves all else alone', () => {
    for (const node of [x, sin(x), abs(A), ...(exceptions[equation] ?? [])]) expect(rule.apply(node)).toBeNull()
  })
})

describe('the engine', () => {
  const swap: Rule = {
    equation: 'x + y = y + x',
    apply: (node) => (node.op === 'add' ? add(node.inputs[1]!, node.inputs[0]!) : null),
  }
  const grow: Rule = { equation: 'sin x = sin(sin x)', apply: (node) => (node.op === 'sin' ? sin(node) : null) }

  test('stops a table of rules that loops', () => {
    expect(() => rewrite([add(x, y)], [swap])).toThrow("rewriting add doesn't end")
    expect(() => rewrite([sin(x)], [grow])).toThrow("rewriting sin doesn't end")
  })

  test('rewrites operands before what uses them, and what a rule has built', () => {
    const deep = multiply(negate(sin(add(x, 0))), negate(negate(y)))
    expect(simplify([deep]).get(deep)).toBe(negate(multiply(sin(x), y)))
  })

  test('gives back the very nodes to which no rule applies', () => {
    const nodes = [x, sin(x), multiply(sin(x), y), contract(A, 'ij', B, 'kj', 'ik'), sum(cube, [1])]
    const simplified = simplify(nodes)
    for (const node of nodes) expect(simplified.get(node)).toBe(node)
  })

  /** Two carries, h ← f(h, x) and g ← g + x, and what the scan yields. */
  const running = (f: (h: Node, x: Node) => Node, yields: (h: Node, x: Node) => Node) => {
    const [h, g, now] = ['h', 'g', 'x'].map((name) => argument(graph, 'running', name, ['batch'])) as [Node, Node, Node]
    return scan(
      { carries: [h, g], elements: [now], captured: [], next: [f(h, now), add(g, now)] },
      { initial: [x, y], sequences: [input(graph, 'xs', ['batch', 3])], captured: [] },
      yields(h, now),
      false,
    )
  }

  test('rewrites what a scan carries on and what it yields', () => {
    const same = running(add, multiply)
    expect(simplify([same]).get(same)).toBe(same)
    for (const node of [
      running((h, x) => add(add(h, 0), x), multiply),
      running(add, (h, x) => multiply(multiply(1, h), x)),
      running(
        (h, x) => add(h, add(x, 0)),
        (h, x) => multiply(h, add(0, x)),
      ),
    ])
      expect(simplify([node]).get(node)).toBe(same)
  })

  test('leaves regions as they are where it is told to', () => {
    const node = running((h, x) => add(add(h, 0), x), multiply)
    expect(rewrite([node], algebra, { insideLoops: false }).get(node)).toBe(node)
  })

  test('lets a branch end at what its variables have become', () => {
    const zeros = algebra.filter(({ equation }) => equation === 'x + 0 = x')
    const inner = add(x, 0)
    const node = branch(sin(inner), [inner, z])
    expect(rewrite([node], zeros).get(node)).toBe(branch(sin(x), [x, z]))
  })

  test('knows every node that the outputs need', () => {
    const inner = add(x, 0)
    expect(simplify([sin(inner)]).get(inner)).toBe(x)
  })

  test('takes graphs 20,000 nodes deep', () => {
    let node: Node = x
    for (let depth = 0; depth < 10_000; depth++) node = negate(multiply(y, negate(node)))
    const result = simplify([node]).get(node)!
    expect(result.op).toBe('multiply')
    let length = 0
    for (let at = result; at !== x; at = at.inputs[1]!) length++
    expect(length).toBe(10_000)
  })
})
