import { atom, call, infix, plainNumber, within, type Printed } from '../../base/text.ts'
import type { Margin } from '../build.ts'
import {
  namesIn,
  type Axis,
  type Equation,
  type Form,
  type FormKind,
  type FormOf,
  type Relation,
  type Settings,
} from './form.ts'
import { lettersBeside, type Letters } from './letters.ts'

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
  return ({ left, sign, right }) => {
    const own = { ...notation, ...lettersBeside([...(left ? namesIn(left) : []), ...namesIn(right)]) }
    const printed = (form: Form): string => print(form, own).text
    return left ? `${printed(left)} ${sign === '=' ? relations['='] : becomes} ${printed(right)}` : printed(right)
  }
}

type Spelling = Notation & Letters
type Print<K extends FormKind> = (form: FormOf<K>, print: (form: Form) => Printed, notation: Spelling) => Printed

const printers: { readonly [K in FormKind]: Print<K> } = {
  name: ({ name }, _print, notation) => atom(notation.name(name)),
  number: ({ value }) => ({ text: plainNumber(value), precedence: value < 0 ? level.sign : level.atom }),
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
    text: `${within(print(left), level.product)} ${within(print(right), level.power)}`,
    precedence: level.product,
  }),
  scalarProduct: ({ left, right }, print, notation) =>
    infix(print(left), notation.scalarProduct, print(right), level.product),
  elementwiseProduct: ({ left, right }, print, notation) =>
    infix(print(left), notation.elementwiseProduct, print(right), level.product),
  product: ({ left, right }, print) => ({
    text: `${within(print(left), level.sign)} ${within(print(right), level.power)}`,
    precedence: level.product,
  }),
  transpose: ({ of }, print, { transpose }) => atom(`${within(print(of), level.atom)}${transpose}`),
  contraction: ({ letters: { left, right, out }, ...operands }, print, { arrow }) =>
    call(`contract[${left},${right}${arrow}${out}]`, [print(operands.left), print(operands.right)]),
  convolution: ({ left, right, adjoint, settings }, print, { transpose }) =>
    call(`conv${adjoint ? transpose : ''}`, [print(left), print(right), ...printSettings(settings)]),

  relation: ({ left, relation, right }, print, { relations }) =>
    infix(print(left), relations[relation], print(right), level.comparison),
  indicator: ({ condition }, print) => atom(`I[${print(condition).text}]`),
  first: ({ condition, axes }, print, { letter }) => ({
    text: `first${subscript(axes, letter)} ${print(condition).text}`,
    precedence: level.choice,
  }),
  choice: ({ condition, whenTrue, whenFalse }, print) => ({
    text: `${within(print(condition), level.comparison)} ? ${within(print(whenTrue), level.comparison)} : ${print(whenFalse).text}`,
    precedence: level.choice,
  }),

  index: ({ axis }, _print, { letter, sample }) => atom(axis === 'samples' ? sample : letter(axis)),
  extent: (_form, _print, { extent }) => atom(extent),
  placed: ({ of, axes }, print, { letter }) =>
    atom(`${within(print(of), level.atom)}[${axes.map((axis) => (axis === null ? '0' : letter(axis))).join(', ')}]`),
  shape: ({ lengths }) => atom(list(lengths)),

  call: ({ function: called, operands, axes, settings }, print, { letter }) =>
    call(`${called}${subscript(axes, letter)}`, [...operands.map(print), ...printSettings(settings)]),
  total: ({ of }, print) => ({ text: `sum over the samples of ${print(of).text}`, precedence: level.choice }),
  slice: ({ of, axis, from, to }, print) =>
    atom(`${within(print(of), level.atom)}[${':, '.repeat(axis)}${from}:${to}]`),
  element: ({ of, index }, print) => atom(`${within(print(of), level.atom)}[${print(index).text}]`),
  pad: ({ of, margins, isWhole, value }, print, { letter }) => {
    const axes = margins.map(({ axis }) => axis)
    const filling = value === 0 ? [] : [atom(`value=${print({ kind: 'number', value }).text}`)]
    return call(`pad${subscript(isWhole ? undefined : axes, letter)}`, [
      print(of),
      ...margins.map((margin) => atom(printMargin(margin))),
      ...filling,
    ])
  },
  stack: ({ parts, axis }, print, { letter }) =>
    atom(`[${parts.map((part) => print(part).text).join('; ')}]${subscript(axis === 0 ? undefined : [axis], letter)}`),
}

function print<K extends FormKind>(form: FormOf<K>, notation: Spelling): Printed {
  return printers[form.kind](form, (part) => print(part, notation), notation)
}

function subscript(axes: readonly Axis[] | undefined, letter: Letters['letter']): string {
  return axes ? `_${axes.map(letter).join('')}` : ''
}

/** `stride=2`, or, where the axes differ, `stride=[2, 1]`. */
function printSettings(settings: Settings = {}): Printed[] {
  return Object.entries(settings).map(([name, values]) => {
    const alike = values.every((value) => value === values[0])
    return atom(`${name}=${alike ? values[0]! : list(values)}`)
  })
}

const list = (numbers: readonly number[]) => `[${numbers.join(', ')}]`

/** 1 on both sides: `1`; else `1:2`. */
function printMargin({ before, after }: Margin): string {
  return before === after ? String(before) : `${before}:${after}`
}
