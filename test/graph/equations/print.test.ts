import { describe, expect, test } from 'vitest'
import {
  add,
  apply,
  contract,
  input,
  multiply,
  parameter,
  power,
  select,
  lessEqual,
  subtract,
  sum,
} from '../../../src/graph/build.ts'
import { toAscii } from '../../../src/graph/equations/ascii.ts'
import { equationsOf } from '../../../src/graph/equations/equations.ts'
import { definitionOf } from '../../../src/graph/equations/formOf.ts'
import { nameForm, namesIn, type Equation } from '../../../src/graph/equations/form.ts'
import { toText } from '../../../src/graph/equations/text.ts'
import { Interner, type Node } from '../../../src/graph/node.ts'
import { unfold } from '../../../src/graph/windows.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const y = input(graph, 'y', ['batch', 3])
const Ω = parameter(graph, 'Ω', [3, 3])
const equation = (node: Node, symbols: ReadonlyMap<Node, string> = new Map()): Equation => ({
  left: nameForm('∂ℓ/∂f0'),
  sign: '=',
  right: definitionOf(node, symbols),
})

describe('an equation is a tree that each printer spells in its letters', () => {
  test.each([
    ['Unicode', toText, '∂ℓ/∂f0 = I[x > 0] ⊙ (Ωᵀ y)'],
    ['ASCII', toAscii, 'dl/df0 = I[x > 0] .* (Omega^T y)'],
  ])('%s', (_, print, text) => {
    expect(print(equation(select(lessEqual(x, 0), 0, contract(y, 'bi', Ω, 'ij', 'bj'))))).toBe(text)
  })

  test.each<[Node, string, string]>([
    [power(subtract(x, y), 2), '(x - y)²', '(x - y)^2'],
    [multiply(add(x, y), y), '(x + y) ⊙ y', '(x + y) .* y'],
    [multiply(-2, x), '-2 x', '-2 x'],
    [subtract(x, subtract(x, y)), 'x - (x - y)', 'x - (x - y)'],
    [apply('negate', add(x, y)), '-(x + y)', '-(x + y)'],
    [sum(multiply(x, x), [1]), 'sum(x²)', 'sum(x^2)'],
  ])('%#', (node, unicode, ascii) => {
    const { right } = equation(node)
    expect([toText({ sign: '=', right }), toAscii({ sign: '=', right })]).toEqual([unicode, ascii])
  })

  test('assignments have an arrow', () => {
    const assignment: Equation = { left: nameForm('β'), sign: '←', right: { kind: 'number', value: 0 } }
    expect([toText(assignment), toAscii(assignment)]).toEqual(['β ← 0', 'beta <- 0'])
  })

  test('letters have the ASCII names that they have in code', () => {
    expect(toAscii({ sign: '=', right: nameForm('∂ℓ/∂ϑ_Α1') })).toBe('dl/dtheta_Alpha1')
  })
})

describe('a convolution', () => {
  const image = input(graph, 'image', ['batch', 1, 8])
  const kernel = parameter(graph, 'K', [2, 1, 3])
  const convolved = (dilation: number) => {
    const windows = unfold(image, [{ axis: 2, size: 3, dilation }])
    return { windows, product: contract(windows, 'bcik', kernel, 'ock', 'boi') }
  }

  test('is a product with windows; where they are read backwards, its adjoint', () => {
    expect(definitionOf(convolved(1).product, new Map())).toEqual({
      kind: 'convolution',
      left: nameForm('K'),
      right: nameForm('image'),
      adjoint: false,
    })
    const { windows } = convolved(-1)
    const kernel = parameter(graph, 'L', [1, 2, 3])
    const adjoint = contract(windows, 'bcik', kernel, 'cok', 'boi')
    expect(toText({ sign: '=', right: definitionOf(adjoint, new Map()) })).toBe('convᵀ(L, image)')
  })

  test("and one with what the convolution's adjoint is, the kernel's", () => {
    const δ = input(graph, 'δ', ['batch', 2, 6])
    const { windows } = convolved(1)
    const product = contract(δ, 'boi', windows, 'bcik', 'ock')
    expect(toText({ sign: '=', right: definitionOf(product, new Map()) })).toBe('conv(δ, image)')
  })

  test('with other axes is a product by letters', () => {
    const { product, windows } = { ...convolved(-1) }
    expect(definitionOf(product, new Map())).toMatchObject({ kind: 'contraction' })
    expect(toText({ sign: '=', right: definitionOf(windows, new Map()) })).toBe('windows_j(image, size=3, dilation=-1)')
  })

  test('is known by its nodes, not by what they are called', () => {
    const { windows, product } = convolved(1)
    const right = definitionOf(product, new Map([[windows, 'windows(w)']]))
    expect(right).toMatchObject({ kind: 'contraction', left: nameForm('windows(w)') })
    expect(namesIn(right)).toEqual(['windows(w)', 'K'])
  })
})

describe('what is used several times', () => {
  const shared = apply('exp', apply('sin', add(x, y)))
  const outputs = [multiply(shared, x), multiply(shared, y)]

  test('gets a name, and so does each output', () => {
    expect(equationsOf(outputs, { symbols: new Map([[outputs[0]!, 'p']]) }).map(toText)).toEqual([
      't0 = exp(sin(x + y))',
      'p = t0 ⊙ x',
      't1 = t0 ⊙ y',
    ])
  })

  test('in the forward pass too where it is an adjoint, whose name only adjoints see', () => {
    const [p, gradient] = outputs as [Node, Node]
    const naming = {
      symbols: new Map([[p, 'p']]),
      adjoints: new Map([
        [shared, '∂ℓ/∂f'],
        [gradient, '∂ℓ/∂g'],
      ]),
      forward: new Set([x, y, shared.inputs[0]!.inputs[0]!, shared.inputs[0]!, shared, p]),
    }
    expect(equationsOf(outputs, naming).map(toText)).toEqual([
      'p = exp(sin(x + y)) ⊙ x',
      '∂ℓ/∂f = exp(sin(x + y))',
      '∂ℓ/∂g = ∂ℓ/∂f ⊙ y',
    ])
    const twice = multiply(shared, p)
    const names = { ...naming, symbols: new Map([[twice, 'p']]), forward: naming.forward.add(twice) }
    expect(equationsOf([twice, gradient], names).map(toText)).toEqual([
      't0 = exp(sin(x + y))',
      'p = t0 ⊙ (t0 ⊙ x)',
      '∂ℓ/∂f = t0',
      '∂ℓ/∂g = ∂ℓ/∂f ⊙ y',
    ])
  })
})
