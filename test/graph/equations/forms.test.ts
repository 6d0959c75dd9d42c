import { describe, expect, test } from 'vitest'
import {
  add,
  apply,
  branch,
  broadcast,
  concat,
  constant,
  contract,
  detach,
  divide,
  equal,
  extent,
  gather,
  input,
  iota,
  less,
  lessEqual,
  max,
  multiply,
  negate,
  pad,
  parameter,
  permute,
  power,
  reshape,
  scatter,
  select,
  slice,
  state,
  subtract,
  sum,
  uniform,
} from '../../../src/graph/build.ts'
import { toAscii } from '../../../src/graph/equations/ascii.ts'
import { equationsOf, linesOf, rightSide } from '../../../src/graph/equations/equations.ts'
import { nameForm, type Form } from '../../../src/graph/equations/form.ts'
import { definitionOf } from '../../../src/graph/equations/formOf.ts'
import { nameOf, type Naming } from '../../../src/graph/equations/names.ts'
import { toText } from '../../../src/graph/equations/text.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'
import { fold, unfold } from '../../../src/graph/windows.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const y = input(graph, 'y', ['batch', 3])
const l = input(graph, 'l', ['batch'])
const m = input(graph, 'm', ['batch'])
const A = parameter(graph, 'A', [3, 3])
const B = parameter(graph, 'B', [3, 3])
const u = parameter(graph, 'u', [3])
const v = parameter(graph, 'v', [3])

const textOf = (node: Node, names: ReadonlyMap<Node, string> = new Map()) =>
  toText({ sign: '=', right: definitionOf(node, names) })

const [a, b] = [nameForm('a'), nameForm('β')]
const number = (value: number): Form => ({ kind: 'number', value })
const less2: Form = { kind: 'relation', left: a, relation: '<', right: number(2) }
const letters = { left: 'ij', right: 'jk', out: 'ik' }
const choice: Form = { kind: 'choice', condition: less2, whenTrue: a, whenFalse: b }

describe('each form is written so, in Unicode and in ASCII', () => {
  test.each<[Form, string, string]>([
    [{ kind: 'ellipsis' }, '…', '...'],
    [{ kind: 'words', text: 'as β is' }, 'as β is', 'as β is'],
    [{ kind: 'fraction', left: a, right: b }, 'a / β', 'a / beta'],
    [{ kind: 'scalarProduct', left: a, right: b }, 'a · β', 'a * beta'],
    [{ kind: 'elementwiseProduct', left: a, right: b }, 'a ⊙ β', 'a .* beta'],
    [{ kind: 'power', base: a, exponent: number(2) }, 'a²', 'a^2'],
    [{ kind: 'power', base: a, exponent: number(3) }, 'a³', 'a^3'],
    [{ kind: 'power', base: a, exponent: number(0.5) }, 'a^0.5', 'a^0.5'],
    [{ kind: 'power', base: a, exponent: b }, 'a^β', 'a^beta'],
    [{ kind: 'power', base: number(-2), exponent: number(-1) }, '(-2)^(-1)', '(-2)^(-1)'],
    [{ kind: 'power', base: number(0), exponent: number(0) }, '0^0', '0^0'],
    [{ kind: 'transpose', of: a }, 'aᵀ', 'a^T'],
    [{ kind: 'contraction', letters, left: a, right: b }, 'contract[ij,jk→ik](a, β)', 'contract[ij,jk->ik](a, beta)'],
    [{ kind: 'convolution', left: a, right: b, adjoint: false }, 'conv(a, β)', 'conv(a, beta)'],
    [{ kind: 'convolution', left: a, right: b, adjoint: true }, 'convᵀ(a, β)', 'conv^T(a, beta)'],
    [
      { kind: 'convolution', left: a, right: b, adjoint: false, settings: { stride: [2, 2] } },
      'conv(a, β, stride=2)',
      'conv(a, beta, stride=2)',
    ],
    [{ kind: 'index', axis: 1 }, 'j', 'j'],
    [{ kind: 'index', axis: 'samples' }, 's', 's'],
    [{ kind: 'placed', of: b, axes: [0, null, 2] }, 'β[i, 0, k]', 'beta[i, 0, k]'],
    [{ kind: 'placed', of: nameForm('k'), axes: [0, 2] }, "k[i, k']", "k[i, k']"],
    [{ kind: 'shape', lengths: [2, 3] }, '[2, 3]', '[2, 3]'],
    [{ kind: 'extent' }, 'n', 'n'],
    [{ kind: 'sum', left: { kind: 'extent' }, right: nameForm('n') }, "n' + n", "n' + n"],
    ...(
      [
        ['<', '<'],
        ['≤', '<='],
        ['>', '>'],
        ['≥', '>='],
        ['=', '='],
        ['≠', '!='],
      ] as const
    ).map(([relation, ascii]): [Form, string, string] => [
      { kind: 'relation', left: a, relation, right: b },
      `a ${relation} β`,
      `a ${ascii} beta`,
    ]),
    [{ kind: 'indicator', condition: less2 }, 'I[a < 2]', 'I[a < 2]'],
    [{ kind: 'first', condition: less2, axes: [1, 2] }, 'first_jk a < 2', 'first_jk a < 2'],
    [choice, 'a < 2 ? a : β', 'a < 2 ? a : beta'],
    [{ ...choice, whenFalse: choice }, 'a < 2 ? a : a < 2 ? a : β', 'a < 2 ? a : a < 2 ? a : beta'],
    [{ ...choice, whenTrue: choice }, 'a < 2 ? (a < 2 ? a : β) : β', 'a < 2 ? (a < 2 ? a : beta) : beta'],
    [{ ...choice, condition: choice }, '(a < 2 ? a : β) ? a : β', '(a < 2 ? a : beta) ? a : beta'],
    [{ kind: 'call', function: 'f', operands: [a, b] }, 'f(a, β)', 'f(a, beta)'],
    [
      { kind: 'call', function: 'f', axes: ['samples', 1], operands: [a], settings: { to: [2, 3], by: [1, 1] } },
      'f_nj(a, to=[2, 3], by=1)',
      'f_nj(a, to=[2, 3], by=1)',
    ],
    [{ kind: 'total', of: b }, 'sum over the samples of β', 'sum over the samples of beta'],
    [{ kind: 'slice', of: b, axis: 0, from: 1, to: 3 }, 'β[1:3]', 'beta[1:3]'],
    [{ kind: 'slice', of: b, axis: 2, from: 1, to: 3 }, 'β[:, :, 1:3]', 'beta[:, :, 1:3]'],
    [{ kind: 'element', of: b, index: a }, 'β[a]', 'beta[a]'],
    [{ kind: 'stack', parts: [a, b], axis: 0 }, '[a; β]', '[a; beta]'],
    [{ kind: 'stack', parts: [a, b], axis: 1 }, '[a; β]_j', '[a; beta]_j'],
  ])('%#: %j', (right, unicode, ascii) => {
    expect([toText({ sign: '=', right }), toAscii({ sign: '=', right })]).toEqual([unicode, ascii])
  })

  test('a pad with its margins: as one number where both are alike', () => {
    const margins = [
      { axis: 1, before: 2, after: 2 },
      { axis: 2, before: 0, after: 1 },
    ]
    const padded = (isWhole: boolean, value: number) =>
      toText({ sign: '=', right: { kind: 'pad', of: a, margins, isWhole, value } })
    expect(padded(true, 0)).toBe('pad(a, 2, 0:1)')
    expect(padded(false, -Infinity)).toBe('pad_jk(a, 2, 0:1, value=-Infinity)')
  })
})

describe('each op is written so, for one sample', () => {
  const table = parameter(graph, 'T', [5, 3])
  const indices = input(graph, 'i', ['batch'])
  const image = input(graph, 'image', ['batch', 4])
  const window = [{ axis: 1, size: 2, stride: 2 }]
  const firstOf = (condition: Node) => {
    const place = iota(graph, condition.shape, 1)
    const last = max(select(condition, negate(place), -Infinity), [1])
    return equal(negate(place), broadcast(last, condition.shape, [0]))
  }

  const padded = (value: number) => pad(slice(x, 1, 0, 2), [{ axis: 1, before: 0, after: 1 }], value)

  test.each<[Node, string]>([
    [state(graph, 's', [3]), 's'],
    [uniform(graph, 'seed'), 'seed'],
    [constant(graph, 0.5), '0.5'],
    [extent(graph), 'n'],
    [iota(graph, ['batch', 3], 1), 'i'],
    [iota(graph, ['batch', 3], 0), 's'],
    [divide(x, y), 'x / y'],
    [multiply(l, m), 'l · m'],
    [multiply(x, broadcast(l, x.shape, [0])), 'x · l'],
    [multiply(broadcast(l, x.shape, [0]), x), 'l · x'],
    [multiply(x, broadcast(u, x.shape, [1])), 'x ⊙ u'],
    [power(x, y), 'x^y'],
    [apply('maximum', x, y), 'maximum(x, y)'],
    [apply('noise', uniform(graph, 'seed'), uniform(graph, 'steps')), 'noise(seed, steps)'],
    [max(x, [1]), 'max(x)'],
    [sum(x, [1]), 'sum(x)'],
    [sum(A, [0]), 'sum_i(A)'],
    [max(A, [1]), 'max_j(A)'],
    [sum(x, [0]), 'x'],
    [sum(x, [0, 1]), 'sum(x)'],
    [sum(subtract(x, broadcast(sum(x, [0]), x.shape, [1])), [0]), 'x - sum_n(x)'],
    [negate(sum(l, [0])), '-sum_n(l)'],
    [reshape(x, ['batch', 1, 3]), 'x'],
    [detach(x), 'x'],
    [branch(x), 'x'],
    [permute(A, [1, 0]), 'Aᵀ'],
    [permute(reshape(A, [3, 1, 3]), [2, 1, 0]), 'permute_kji(reshape(A, [3, 1, 3]))'],
    [reshape(A, [9]), 'reshape(A, [9])'],
    [permute(reshape(x, ['batch', 1, 3]), [0, 2, 1]), 'reshape(x, [1, 3])ᵀ'],
    [slice(x, 1, 1, 2), 'x[1:2]'],
    [pad(x, [{ axis: 1, before: 1, after: 2 }]), 'pad(x, 1:2)'],
    [gather(table, indices), 'T[i]'],
    [scatter(x, indices, 5), 'scatter(x, i, rows=5)'],
    [concat([x, y], 1), '[x; y]'],
    [unfold(image, window), 'windows(image, size=2, stride=2)'],
    [fold(unfold(image, window), image.shape, window), 'fold(windows(image, size=2, stride=2), to=4, stride=2)'],
  ])('%#: %o', (node, text) => {
    expect(textOf(node)).toBe(text)
  })

  test.each<[string, Node]>([
    ['x < y ? x : 1', select(less(x, y), x, 1)],
    ['I[x < y] ⊙ x', select(less(x, y), x, 0)],
    ['I[x ≥ y] ⊙ x', select(less(x, y), 0, x)],
    ['I[x > y] ⊙ x', select(lessEqual(x, y), 0, x)],
    ['I[x = y] ⊙ x', select(equal(x, y), x, 0)],
    ['I[x ≠ y] ⊙ x', select(equal(x, y), 0, x)],
    ['I[x = y] ⊙ x', select(apply('notEqual', x, y), 0, x)],
    ['I[x ≠ y] ⊙ x', select(apply('notEqual', x, y), x, 0)],
    ['I[x > 2] ⊙ x', select(less(2, x), x, 0)],
    ['I[x ≥ 2] ⊙ x', select(lessEqual(2, x), x, 0)],
    ['I[x ≤ 2] ⊙ x', select(less(2, x), 0, x)],
    ['I[x < 2] ⊙ x', select(lessEqual(2, x), 0, x)],
    ['I[x = 2] ⊙ x', select(equal(2, x), x, 0)],
    ['I[x ≠ 2] ⊙ x', select(equal(2, x), 0, x)],
    ['I[x < y]', select(less(x, y), 1, 0)],
    ['I[x ≥ y]', select(less(x, y), 0, 1)],
    ['I[x < y] ⊙ 2', select(less(x, y), 2, 0)],
    ['I[first_i x < y] ⊙ x', select(firstOf(less(x, y)), x, 0)],
    ['I[x < y] ⊙ pad(x[0:2], 0:1, value=1)', select(less(x, y), padded(1), 0)],
    ['x < y ? x : pad(x[0:2], 0:1)', select(less(x, y), x, padded(0))],
    ['I[l = max(x < y ? x : -Infinity)] ⊙ l', select(equal(l, max(select(less(x, y), x, -Infinity), [1])), l, 0)],
    [
      'x = max(x < y ? x : pad(x[0:2], 0:1, value=-Infinity)) ? x : y',
      select(equal(x, broadcast(max(select(less(x, y), x, padded(-Infinity)), [1]), x.shape, [0])), x, y),
    ],
    ['x = max(x) ? x : y', select(equal(x, broadcast(max(x, [1]), x.shape, [0])), x, y)],
    [
      'x = max(x < y ? x : 3) ? x : y',
      select(equal(x, broadcast(max(select(less(x, y), x, 3), [1]), x.shape, [0])), x, y),
    ],
    [
      'x = max(x < y ? x : y) ? x : y',
      select(equal(x, broadcast(max(select(less(x, y), x, y), [1]), x.shape, [0])), x, y),
    ],
    ['x = (x < y ? x : -Infinity) ? x : y', select(equal(x, select(less(x, y), x, -Infinity)), x, y)],
  ])('%s', (text, node) => {
    expect(textOf(node)).toBe(text)
  })

  test.each<[string, Node]>([
    ['A u', contract(A, 'ij', u, 'j', 'i')],
    ['Aᵀ u', contract(A, 'ji', u, 'j', 'i')],
    ['A u', contract(u, 'j', A, 'ij', 'i')],
    ['Aᵀ u', contract(u, 'j', A, 'ji', 'i')],
    ['u vᵀ', contract(u, 'i', v, 'j', 'ij')],
    ['v uᵀ', contract(u, 'i', v, 'j', 'ji')],
    ['uᵀ v', contract(u, 'i', v, 'i', '')],
    ['A B', contract(A, 'ij', B, 'jk', 'ik')],
    ['Aᵀ B', contract(A, 'ji', B, 'jk', 'ik')],
    ['A Bᵀ', contract(A, 'ij', B, 'kj', 'ik')],
    ['Aᵀ Bᵀ', contract(A, 'ji', B, 'kj', 'ik')],
    ['B A', contract(A, 'jk', B, 'ij', 'ik')],
    ['Bᵀ A', contract(A, 'jk', B, 'ji', 'ik')],
    ['B Aᵀ', contract(A, 'kj', B, 'ij', 'ik')],
    ['A x', contract(x, 'bj', A, 'ij', 'bi')],
    ['A x', contract(A, 'ij', x, 'bj', 'bi')],
    ['x yᵀ', contract(x, 'bi', y, 'bj', 'ij')],
    ['xᵀ y', contract(x, 'bi', y, 'bi', 'b')],
    ['l · m', contract(l, 'b', m, 'b', '')],
    ['contract[ab,a→ab](A, u)', contract(A, 'ij', u, 'i', 'ij')],
    ['contract[ab,ab→](A, B)', contract(A, 'ij', B, 'ij', '')],
  ])('%s', (text, node) => {
    expect(textOf(node)).toBe(text)
  })
})

describe('an expression without a name', () => {
  /** sin sin … x, of so many ops. */
  const tower = (height: number) => Array.from({ length: height }).reduce<Node>((inner) => apply('sin', inner), x)

  test('is abbreviated where it would have more than 200 nodes', () => {
    expect(textOf(negate(tower(199)))).not.toContain('…')
    expect(textOf(negate(tower(201)))).toBe('-…')
  })

  test('is as long as what has no name in it', () => {
    const long = tower(300)
    expect(textOf(negate(multiply(long, y)), new Map([[long, 'f']]))).toBe('-(f ⊙ y)')
  })

  test('is as long as it is written: what is shared counts each time', () => {
    const doubled = Array.from({ length: 8 }).reduce<Node>((inner) => add(inner, inner), x)
    expect(textOf(negate(doubled))).toBe('-…')
  })
})

describe('names', () => {
  const p = apply('sin', x)
  const δ = apply('cos', x)
  const naming = {
    symbols: new Map([[p, 'p']]),
    adjoints: new Map([
      [p, '∂p'],
      [δ, 'δ'],
    ]),
    forward: new Set<Node>([x, p]),
  }

  test('a node has the equations of both its names, and its forward name before its other', () => {
    expect(linesOf(p, naming).map(toText)).toEqual(['p = sin(x)', '∂p = p'])
    expect(linesOf(δ, naming).map(toText)).toEqual(['δ = cos(x)'])
    expect(linesOf(x, naming)).toEqual([])
    expect([p, δ, x].map((node) => nameOf(node, naming))).toEqual(['p', 'δ', undefined])
  })

  test('an adjoint alone is written with the names of adjoints', () => {
    const q = negate(p)
    const written = (own: Partial<Naming>) => toText({ sign: '=', right: rightSide(q, { ...naming, ...own }) })
    const forward = new Set([x, p, q])
    const named = new Map([...naming.symbols, [q, 'q']])
    const adjoint = new Map([...naming.adjoints, [q, '∂q']])
    expect(written({})).toBe('-∂p')
    expect(written({ forward })).toBe('-p')
    expect(written({ forward, adjoints: adjoint })).toBe('-∂p')
    expect(written({ forward, symbols: named })).toBe('-p')
    expect(written({ forward, symbols: named, adjoints: adjoint })).toBe('-p')
    expect(written({ symbols: named })).toBe('-∂p')
  })

  test('temporaries have numbers that no given name has', () => {
    const outputs = [apply('tan', x), apply('exp', x)]
    const symbols = new Map([
      [p, 't0'],
      [δ, 't2'],
    ])
    expect(equationsOf([p, δ, ...outputs], { symbols }).map(toText)).toEqual([
      't0 = sin(x)',
      't2 = cos(x)',
      't1 = tan(x)',
      't3 = exp(x)',
    ])
  })

  test.each([detach, branch, (x: Node) => reshape(x, ['batch', 3, 1])])(
    'what leaves no trace in an equation adds nothing to how long it is (%#)',
    (unseen) => {
      const shared = apply('sin', unseen(apply('exp', x)))
      expect(equationsOf([negate(shared), multiply(2, shared)], { symbols: new Map() }).map(toText)).toEqual([
        't0 = -sin(exp(x))',
        't1 = 2 sin(exp(x))',
      ])
    },
  )

  test('what is shared but short, or a truth, is written out', () => {
    const short = multiply(x, y)
    const condition = less(apply('sin', add(x, y)), apply('cos', subtract(x, y)))
    const outputs = [add(short, select(condition, x, y)), subtract(short, select(condition, y, x))]
    expect(equationsOf(outputs, { symbols: new Map() }).map(toText)).toEqual([
      't0 = x ⊙ y + (sin(x + y) < cos(x - y) ? x : y)',
      't1 = x ⊙ y - (sin(x + y) < cos(x - y) ? y : x)',
    ])
  })
})
