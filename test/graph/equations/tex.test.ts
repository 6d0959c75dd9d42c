import temml from 'temml'
import { expect, test } from 'vitest'
import { nameForm, type Form } from '../../../src/graph/equations/form.ts'
import { toTeX } from '../../../src/graph/equations/tex.ts'
import { texName } from '../../../src/graph/equations/texName.ts'

/** The MathML of TeX, without errors. */
const rendered = (tex: string) => temml.renderToString(tex, { throwOnError: true })
const texOf = (right: Form) => toTeX({ sign: '=', right })

const [a, b] = [nameForm('a'), nameForm('β')]
const number = (value: number): Form => ({ kind: 'number', value })
const sum: Form = { kind: 'sum', left: a, right: b }
const total: Form = { kind: 'call', function: 'sum', axes: [1], operands: [a] }
const condition: Form = { kind: 'relation', left: a, relation: '≤', right: number(0) }
const choice: Form = { kind: 'choice', condition, whenTrue: a, whenFalse: b }
const derivative = nameForm('∂ℓ/∂f1')

test.each<[Form, string]>([
  [{ kind: 'ellipsis' }, '\\ldots'],
  [{ kind: 'words', text: 'as it is' }, '\\text{as it is}'],
  [number(-Infinity), '-\\infty'],
  [{ kind: 'multiple', left: number(5.5e-17), right: a }, '5.5 \\times 10^{-17} a'],
  [{ kind: 'multiple', left: number(2), right: number(3) }, '2 \\cdot 3'],
  [{ kind: 'multiple', left: number(2), right: { kind: 'negative', of: a } }, '2 \\left(-a\\right)'],
  [{ kind: 'difference', left: a, right: { kind: 'difference', left: a, right: b } }, 'a - \\left(a - \\beta\\right)'],
  [{ kind: 'negative', of: sum }, '-\\left(a + \\beta\\right)'],
  [{ kind: 'negative', of: total }, '-\\sum_{j} a'],
  [{ kind: 'fraction', left: sum, right: b }, '\\frac{a + \\beta}{\\beta}'],
  [
    { kind: 'power', base: { kind: 'fraction', left: a, right: b }, exponent: number(2) },
    '\\left(\\frac{a}{\\beta}\\right)^{2}',
  ],
  [
    { kind: 'power', base: { kind: 'power', base: a, exponent: b }, exponent: number(2) },
    '\\left(a^{\\beta}\\right)^{2}',
  ],
  [{ kind: 'scalarProduct', left: a, right: b }, 'a \\cdot \\beta'],
  [
    { kind: 'elementwiseProduct', left: a, right: { kind: 'product', left: a, right: b } },
    'a \\odot \\left(a \\beta\\right)',
  ],
  [
    { kind: 'product', left: sum, right: derivative },
    '\\left(a + \\beta\\right) \\frac{\\partial \\ell}{\\partial f_{1}}',
  ],
  [{ kind: 'product', left: nameForm('net.Ω1'), right: a }, '\\mathrm{net}.\\Omega_{1} \\, a'],
  [{ kind: 'transpose', of: nameForm('Ω1') }, '\\Omega_{1}^{\\top}'],
  [{ kind: 'transpose', of: derivative }, '\\left(\\frac{\\partial \\ell}{\\partial f_{1}}\\right)^{\\top}'],
  [
    { kind: 'contraction', letters: { left: 'ij', right: 'jk', out: 'ik' }, left: a, right: b },
    '\\operatorname{contract}_{ij,jk \\to ik}\\left(a, \\beta\\right)',
  ],
  [
    { kind: 'convolution', left: a, right: b, adjoint: true, settings: { stride: [2, 1] } },
    '\\operatorname{conv}^{\\top}\\left(a, \\beta, \\mathrm{stride}=[2, 1]\\right)',
  ],
  [{ kind: 'indicator', condition }, 'I[a \\le 0]'],
  [
    { kind: 'indicator', condition: { kind: 'relation', left: derivative, relation: '≠', right: number(0) } },
    'I\\left[\\frac{\\partial \\ell}{\\partial f_{1}} \\ne 0\\right]',
  ],
  [{ kind: 'first', condition, axes: [1, 2] }, '\\operatorname{first}_{j k} \\, a \\le 0'],
  [
    { kind: 'sum', left: choice, right: a },
    '\\left(\\begin{cases} a & \\text{if } a \\le 0 \\\\ \\beta & \\text{otherwise} \\end{cases}\\right) + a',
  ],
  [{ kind: 'index', axis: 2 }, 'k'],
  [{ kind: 'index', axis: 'samples' }, 's'],
  [{ kind: 'extent' }, 'n'],
  [{ kind: 'placed', of: b, axes: [0, null] }, '\\beta[i, 0]'],
  [
    { kind: 'call', function: 'reshape', operands: [a, { kind: 'shape', lengths: [2, 3] }] },
    '\\operatorname{reshape}\\left(a, [2, 3]\\right)',
  ],
  [{ kind: 'call', function: 'sin', operands: [a] }, '\\sin\\left(a\\right)'],
  [{ kind: 'call', function: 'sqrt', operands: [a] }, '\\sqrt{a}'],
  [{ kind: 'call', function: 'abs', operands: [a] }, '\\left|a\\right|'],
  [{ kind: 'call', function: 'max', axes: [0], operands: [a] }, '\\max_{i}\\left(a\\right)'],
  [
    { kind: 'call', function: 'fold', axes: [1, 2], operands: [a], settings: { to: [4, 4] } },
    '\\operatorname{fold}_{j k}\\left(a, \\mathrm{to}=4\\right)',
  ],
  [{ kind: 'multiple', left: number(2), right: total }, '2 \\sum_{j} a'],
  [
    { kind: 'elementwiseProduct', left: { kind: 'multiple', left: number(2), right: total }, right: b },
    '\\left(2 \\sum_{j} a\\right) \\odot \\beta',
  ],
  [{ kind: 'sum', left: total, right: total }, '\\sum_{j} a + \\sum_{j} a'],
  [{ kind: 'power', base: total, exponent: number(2) }, '\\left(\\sum_{j} a\\right)^{2}'],
  [{ kind: 'total', of: sum }, '\\sum_{n} \\left(a + \\beta\\right)'],
  [{ kind: 'slice', of: b, axis: 1, from: 0, to: 2 }, '\\beta[{:}, 0{:}2]'],
  [{ kind: 'element', of: b, index: a }, '\\beta[a]'],
  [
    { kind: 'pad', of: a, margins: [{ axis: 1, before: 0, after: 1 }], isWhole: false, value: -Infinity },
    '\\operatorname{pad}_{j}\\left(a, 0{:}1, \\mathrm{value}=-\\infty\\right)',
  ],
  [{ kind: 'stack', parts: [a, b], axis: 1 }, '[a; \\beta]_{j}'],
])('%j', (form, tex) => {
  expect(texOf(form)).toBe(tex)
  expect(rendered(tex)).toContain('<math>')
})

test.each([
  ['x', 'x'],
  ['f0', 'f_{0}'],
  ['β1_2', '\\beta_{1,2}'],
  ['h2_eval', 'h_{2,\\mathrm{eval}}'],
  ['Ωh', '\\Omega_{h}'],
  ['h[t-1]', 'h[t-1]'],
  ['onReal', '\\mathrm{onReal}'],
  ['learning_rate', '\\mathrm{learning\\_rate}'],
  ['conv12', '\\mathrm{conv}_{12}'],
  ['new m', '\\mathrm{new\\ m}'],
  ['net.f0', '\\mathrm{net}.f_{0}'],
  ['dθ', 'd_{\\theta}'],
  ['∂carry1', '\\partial \\mathrm{carry}_{1}'],
  ['∂ℓ/∂Ω0', '\\frac{\\partial \\ell}{\\partial \\Omega_{0}}'],
  ['∂²u/∂x²', '\\frac{\\partial^{2} u}{\\partial x^{2}}'],
  ['∂³u/∂x1²∂t', '\\frac{\\partial^{3} u}{\\partial x_{1}^{2} \\, \\partial t}'],
  ['∂ℓ/∂(∂²u/∂x²)', '\\frac{\\partial \\ell}{\\partial \\left(\\frac{\\partial^{2} u}{\\partial x^{2}}\\right)}'],
  ['∂(∂u/∂t)/∂x', '\\frac{\\partial \\left(\\frac{\\partial u}{\\partial t}\\right)}{\\partial x}'],
])('%s is called %s', (name, tex) => {
  expect(texName(name)).toBe(tex)
  expect(rendered(tex)).toContain('<math>')
})

test('every letter of names has its TeX, and no two the same', () => {
  const letters = [...'αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςϐϑϕϖϰϱϵℓ']
  const spelt = letters.map(texName)
  expect(spelt.map(rendered).every((mathML) => mathML.includes('<mi'))).toBe(true)
  expect(spelt.filter((tex, k) => spelt.indexOf(tex) !== k)).toEqual([texName('ϐ')])
})
