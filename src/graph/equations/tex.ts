import { atom, plainNumber, type Printed } from '../../base/text.ts'
import type { Margin } from '../build.ts'
import { namesIn, type Axis, type Equation, type Form, type FormKind, type FormOf, type Relation } from './form.ts'
import { lettersBeside, type Letters } from './letters.ts'
import { isFraction, texName } from './texName.ts'

/** Precedences, from loosest to tightest. A sum sign takes all that follows it, but for terms. */
const level = { choice: 0, comparison: 1, sum: 2, series: 2.5, product: 3, sign: 4, power: 5, atom: 6 } as const

const relations: Readonly<Record<Relation, string>> = {
  ...{ '<': '<', '≤': '\\le', '>': '>', '≥': '\\ge', '=': '=', '≠': '\\ne' },
}

/** Functions for which TeX has names of their own. */
const functions: Readonly<Record<string, string>> = {
  ...{ sin: '\\sin', cos: '\\cos', tan: '\\tan', tanh: '\\tanh', exp: '\\exp', log: '\\log' },
  ...{ max: '\\max', maximum: '\\max', minimum: '\\min' },
}

/** An equation in TeX's mathematics: `\frac{\partial \ell}{\partial f_{0}} = I[f_{0} > 0] \odot \left(\Omega_{1}^{\top} …\right)`. */
export function toTeX({ left, sign, right }: Equation): string {
  const letters = lettersBeside([...(left ? namesIn(left) : []), ...namesIn(right)])
  const printed = (form: Form): string => print(form, letters).text
  return left ? `${printed(left)} ${sign === '=' ? '=' : '\\leftarrow'} ${printed(right)}` : printed(right)
}

type Print<K extends FormKind> = (form: FormOf<K>, print: (form: Form) => Printed, letters: Letters) => Printed

const printers: { readonly [K in FormKind]: Print<K> } = {
  name: ({ name }) => ({ text: texName(name), precedence: isFraction(name) ? level.power : level.atom }),
  number: ({ value }) => number(value),
  ellipsis: () => atom('\\ldots'),
  words: ({ text }) => atom(`\\text{${text}}`),

  sum: ({ left, right }, print) => terms(print(left), '+', print(right)),
  difference: ({ left, right }, print) => terms(print(left), '-', print(right)),
  fraction: ({ left, right }, print) => ({
    text: `\\frac{${print(left).text}}{${print(right).text}}`,
    precedence: level.power,
  }),
  negative: ({ of }, print) => {
    const { text, precedence } = print(of)
    return precedence === level.series
      ? { text: `-${text}`, precedence }
      : { text: `-${within({ text, precedence }, level.power)}`, precedence: level.sign }
  },
  power: ({ base, exponent }, print) => ({
    text: `${within(print(base), level.atom)}^{${print(exponent).text}}`,
    precedence: level.power,
  }),
  multiple: ({ left, right }, print) => {
    const [by, of] = [print(left), print(right)]
    return factors(by, /^\d/.test(of.text) ? ' \\cdot ' : ' ', of)
  },
  scalarProduct: ({ left, right }, print) => factors(print(left), ' \\cdot ', print(right)),
  elementwiseProduct: ({ left, right }, print) => factors(print(left), ' \\odot ', print(right)),
  product: ({ left, right }, print) => {
    const [first, second] = [print(left), print(right)]
    const isWide = `${first.text}${second.text}`.includes('\\mathrm')
    return factors(atom(within(first, level.power)), isWide ? ' \\, ' : ' ', second)
  },
  transpose: ({ of }, print) => ({ text: `${within(print(of), level.atom)}^{\\top}`, precedence: level.power }),
  contraction: ({ letters: { left, right, out }, ...operands }, print) =>
    call(`\\operatorname{contract}_{${left},${right} \\to ${out}}`, [print(operands.left), print(operands.right)]),
  convolution: ({ left, right, adjoint, settings }, print) =>
    call(`\\operatorname{conv}${adjoint ? '^{\\top}' : ''}`, [print(left), print(right), ...told(settings)]),

  relation: ({ left, relation, right }, print) => ({
    text: `${within(print(left), level.sum)} ${relations[relation]} ${within(print(right), level.sum)}`,
    precedence: level.comparison,
  }),
  indicator: ({ condition }, print) => atom(`I${brackets(print(condition).text)}`),
  first: ({ condition, axes }, print, { letter }) => ({
    text: `\\operatorname{first}${subscript(axes, letter)} \\, ${print(condition).text}`,
    precedence: level.choice,
  }),
  choice: ({ condition, whenTrue, whenFalse }, print) => ({
    text: `\\begin{cases} ${print(whenTrue).text} & \\text{if } ${print(condition).text} \\\\ ${print(whenFalse).text} & \\text{otherwise} \\end{cases}`,
    precedence: level.choice,
  }),

  index: ({ axis }, _print, { letter, sample }) => atom(axis === 'samples' ? sample : letter(axis)),
  extent: (_form, _print, { extent }) => atom(extent),
  placed: ({ of, axes }, print, { letter }) =>
    atom(`${within(print(of), level.atom)}[${axes.map((axis) => (axis === null ? '0' : letter(axis))).join(', ')}]`),
  shape: ({ lengths }) => atom(list(lengths)),

  call: ({ function: called, operands, axes, settings }, print, { letter }) => {
    const under = subscript(axes, letter)
    const [first] = operands.map(print) as [Printed]
    if (called === 'sum') return { text: `\\sum${under} ${within(first, level.power)}`, precedence: level.series }
    if (called === 'sqrt') return { text: `\\sqrt{${first.text}}`, precedence: level.atom }
    if (called === 'abs') return atom(`\\left|${first.text}\\right|`)
    const name = functions[called] ?? `\\operatorname{${called}}`
    return call(`${name}${under}`, [...operands.map(print), ...told(settings)])
  },
  total: ({ of }, print, { letter }) => ({
    text: `\\sum_{${letter('samples')}} ${within(print(of), level.power)}`,
    precedence: level.series,
  }),
  slice: ({ of, axis, from, to }, print) =>
    atom(`${within(print(of), level.atom)}[${'{:}, '.repeat(axis)}${from}{:}${to}]`),
  element: ({ of, index }, print) => atom(`${within(print(of), level.atom)}${brackets(print(index).text)}`),
  pad: ({ of, margins, isWhole, value }, print, { letter }) => {
    const axes = margins.map(({ axis }) => axis)
    const filling = value === 0 ? [] : [atom(`\\mathrm{value}=${number(value).text}`)]
    return call(`\\operatorname{pad}${subscript(isWhole ? undefined : axes, letter)}`, [
      print(of),
      ...margins.map((margin) => atom(printMargin(margin))),
      ...filling,
    ])
  },
  stack: ({ parts, axis }, print, { letter }) =>
    atom(
      `${brackets(parts.map((part) => print(part).text).join('; '))}${subscript(axis === 0 ? undefined : [axis], letter)}`,
    ),
}

function print<K extends FormKind>(form: FormOf<K>, letters: Letters): Printed {
  return printers[form.kind](form, (part) => print(part, letters), letters)
}

/** 1.5e-7 as a power of ten. */
function number(value: number): Printed {
  const [mantissa, exponent] = plainNumber(value).replace('Infinity', '\\infty').split('e') as [string, string?]
  if (exponent === undefined) return { text: mantissa, precedence: value < 0 ? level.sign : level.atom }
  return { text: `${mantissa} \\times 10^{${Number(exponent)}}`, precedence: level.product }
}

function terms(left: Printed, sign: string, right: Printed): Printed {
  return { text: `${within(left, level.sum)} ${sign} ${within(right, level.series)}`, precedence: level.sum }
}

/** A product; one that ends in a sum sign's operand would take what follows into the sum. */
function factors(left: Printed, sign: string, right: Printed): Printed {
  const isSeries = right.precedence === level.series && !right.text.startsWith('-')
  const last = isSeries ? right.text : within(right, level.power)
  return { text: `${within(left, level.product)}${sign}${last}`, precedence: isSeries ? level.series : level.product }
}

function within({ text, precedence }: Printed, least: number): string {
  return precedence < least ? `\\left(${text}\\right)` : text
}

function call(name: string, operands: readonly Printed[]): Printed {
  return atom(`${name}\\left(${operands.map(({ text }) => text).join(', ')}\\right)`)
}

/** Square brackets, as high as what is in them. */
function brackets(text: string): string {
  return /\\frac|\\begin|\\sum/.test(text) ? `\\left[${text}\\right]` : `[${text}]`
}

function subscript(axes: readonly Axis[] | undefined, letter: Letters['letter']): string {
  return axes ? `_{${axes.map(letter).join(' ')}}` : ''
}

function told(settings: FormOf<'call'>['settings'] = {}): Printed[] {
  return Object.entries(settings).map(([name, values]) => {
    const alike = values.every((value) => value === values[0])
    return atom(`\\mathrm{${name}}=${alike ? values[0]! : list(values)}`)
  })
}

const list = (numbers: readonly number[]) => `[${numbers.join(', ')}]`

function printMargin({ before, after }: Margin): string {
  return before === after ? String(before) : `${before}{:}${after}`
}
