import { atom, call, infix, within, type Printed } from '../../base/text.ts'
import type { Margin } from '../build.ts'
import type { Equation, Form, FormKind, FormOf, Relation } from './form.ts'

/** Precedences, from loosest to tightest. */
const level = { choice: 0, comparison: 1, sum: 2, product: 3, sign: 4, power: 5, atom: 6 } as const

/** How printers that write everything in one line spell what has no letters of its own. */
export interface Notation {
  readonly name: (name: string) => string
  readonly scalarProduct: string
  readonly elementwiseProduct: string
  readonly transpose: string
  readonly relations: Readonly<Record<Relation, string>>
  /** Exponents that have a sign of their own. */
  readonly exponents: Readonly<Record<number, string>>
  readonly ellipsis: string
  /** Between the letters of a contraction's operands and those of its result. */
  readonly arrow: string
  readonly becomes: string
}

const unicode: Notation = {
  name: (name) => name,
  scalarProduct: '·',
  elementwiseProduct: '⊙',
  transpose: 'ᵀ',
  relations: { '<': '<', '≤': '≤', '>': '>', '≥': '≥', '=': '=', '≠': '≠' },
  exponents: { 2: '²', 3: '³' },
  ellipsis: '…',
  arrow: '→',
  becomes: '←',
}

/** An equation in Unicode, as in a book: `∂ℓ/∂f0 = I[f0 > 0] ⊙ (Ω1ᵀ ∂ℓ/∂f1)`. */
export const toText = printerIn(unicode)

export function printerIn(notation: Notation): (equation: Equation) => string {
  const { becomes, relations } = notation
  const printed = (form: Form): string => print(form, notation).text
  return ({ left, sign, right }) =>
    left ? `${printed(left)} ${sign === '=' ? relations['='] : becomes} ${printed(right)}` : printed(right)
}

type Print<K extends FormKind> = (form: FormOf<K>, print: (form: Form) => Printed, notation: Notation) => Printed

const printers: { readonly [K in FormKind]: Print<K> } = {
  name: ({ name }, _print, notation) => atom(notation.name(name)),
  number: ({ value }) => (value < 0 ? { text: String(value), precedence: level.sign } : atom(String(value))),
  ellipsis: (_form, _print, { ellipsis }) => atom(ellipsis),
  words: ({ text }) => atom(text),

  sum: ({ left, right }, print) => infix(print(left), '+', print(right), level.sum),
  difference: ({ left, right }, print) => infix(print(left), '-', print(right), level.sum),
  fraction: ({ left, right }, print) => infix(print(left), '/', print(right), level.product),
  negative: ({ of }, print) => ({ text: `-${within(print(of), level.sign)}`, precedence: level.sign }),
  power: ({ base, exponent }, print, { exponents }) => {
    const own = exponent.kind === 'number' ? exponents[exponent.value] : undefined
    const sign = own ?? `^${within(print(exponent), level.atom)}`
    return { text: `${within(print(base), level.atom)}${sign}`, precedence: level.power }
  },
  multiple: ({ left, right }, print) => ({
    text: `${within(print(left), level.product)} ${within(print(right), level.sign)}`,
    precedence: level.product,
  }),
  scalarProduct: ({ left, right }, print, notation) =>
    infix(print(left), notation.scalarProduct, print(right), level.product),
  elementwiseProduct: ({ left, right }, print, notation) =>
    infix(print(left), notation.elementwiseProduct, print(right), level.product),
  product: ({ left, right }, print) => ({
    text: `${within(print(left), level.sign)} ${within(print(right), level.sign)}`,
    precedence: level.product,
  }),
  transpose: ({ of }, print, { transpose }) => atom(`${within(print(of), level.atom)}${transpose}`),
  contraction: ({ letters: { left, right, out }, ...operands }, print, { arrow }) =>
    call(`contract[${left},${right}${arrow}${out}]`, [print(operands.left), print(operands.right)]),
  convolution: ({ left, right, adjoint }, print, { transpose }) =>
    call(`conv${adjoint ? transpose : ''}`, [print(left), print(right)]),
  windows: ({ of }, print) => call('windows', [print(of)]),

  relation: ({ left, relation, right }, print, { relations }) =>
    infix(print(left), relations[relation], print(right), level.comparison),
  indicator: ({ condition }, print) => atom(`I[${print(condition).text}]`),
  first: ({ condition }, print) => ({ text: `first ${print(condition).text}`, precedence: level.choice }),
  choice: ({ condition, whenTrue, whenFalse }, print) => ({
    text: `${within(print(condition), level.comparison)} ? ${within(print(whenTrue), level.comparison)} : ${print(whenFalse).text}`,
    precedence: level.choice,
  }),

  call: ({ function: called, operands }, print) => call(called, operands.map(print)),
  total: ({ of }, print) => ({ text: `sum over the samples of ${print(of).text}`, precedence: level.choice }),
  slice: ({ of, from, to }, print) => atom(`${within(print(of), level.atom)}[${from}:${to}]`),
  element: ({ of, index }, print) => atom(`${within(print(of), level.atom)}[${print(index).text}]`),
  pad: ({ of, margins }, print) => call('pad', [print(of), ...margins.map((margin) => atom(printMargin(margin)))]),
  stack: ({ parts }, print) => atom(`[${parts.map((part) => print(part).text).join('; ')}]`),
}

function print<K extends FormKind>(form: FormOf<K>, notation: Notation): Printed {
  return printers[form.kind](form, (part) => print(part, notation), notation)
}

/** 1 on both sides: `1`; else `1:2`. */
function printMargin({ before, after }: Margin): string {
  return before === after ? String(before) : `${before}:${after}`
}
