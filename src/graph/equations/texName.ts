import { asciiName } from '../../base/name.ts'
import { digits } from './derivativeSymbol.ts'

/** Letters that TeX spells otherwise than by their English name. */
const macros: Readonly<Record<string, string>> = {
  ℓ: '\\ell',
  ε: '\\varepsilon',
  φ: '\\varphi',
  ϑ: '\\vartheta',
  ϕ: '\\phi',
  ϖ: '\\varpi',
  ϱ: '\\varrho',
  ς: '\\varsigma',
  ϰ: '\\varkappa',
  ϵ: '\\epsilon',
  ο: '\\mathit{o}',
}

/** Capitals that look like Latin ones, for which TeX has no names. */
const latinCapitals: Readonly<Record<string, string>> = {
  ...{ Α: 'A', Β: 'B', Ε: 'E', Ζ: 'Z', Η: 'H', Ι: 'I', Κ: 'K', Μ: 'M', Ν: 'N', Ο: 'O', Ρ: 'P', Τ: 'T', Χ: 'X' },
}

/** A derivative that is written as a fraction, its parts as they are in `derivativeSymbol`. */
const fraction = /^∂([⁰¹²³⁴-⁹]*)(\(.*\)|[^/]*)\/(∂.*)$/u
const variable = /∂((?:\([^()]*(?:\([^()]*\)[^()]*)*\))|[^∂⁰¹²³⁴-⁹]+)([⁰¹²³⁴-⁹]*)/gu

export function isFraction(name: string): boolean {
  return fraction.test(name)
}

/** A name in TeX: Ω1 is `\Omega_{1}`, net.f0 is `\mathrm{net}.f_{0}`, ∂ℓ/∂f1 is `\frac{\partial \ell}{\partial f_{1}}`. */
export function texName(name: string): string {
  const [, order = '', of = '', below = ''] = fraction.exec(name) ?? []
  if (below) {
    const by = [...below.matchAll(variable)].map(([, one, power]) => `\\partial ${texName(one!)}${superscript(power!)}`)
    const above = of === '' ? '' : ` ${texName(of)}`
    return `\\frac{\\partial${superscript(order)}${above}}{${by.join(' \\, ')}}`
  }
  if (name.startsWith('(') && name.endsWith(')')) return `\\left(${texName(name.slice(1, -1))}\\right)`
  if (name.startsWith('∂')) return `\\partial ${texName(name.slice(1))}`
  const [, whole = '', time = ''] = /^(.*?)(\[[^\]]*\])?$/u.exec(name)!
  return `${whole.split('.').map(part).join('.')}${time}`
}

/** A letter with what follows it as subscripts, or a word. */
function part(text: string): string {
  const [, letter = '', rest = ''] =
    /^(\p{L})(?!\p{Script=Latin})(.*)$/u.exec(text) ?? /^(\p{Script=Greek})(.*)$/u.exec(text) ?? []
  if (letter) {
    const subscripts = rest.split('_').filter((one) => one !== '')
    return `${texLetter(letter)}${subscripts.length > 0 ? `_{${subscripts.map(word).join(',')}}` : ''}`
  }
  const [, name = text, number = ''] = /^(\p{L}+)(\d+)$/u.exec(text) ?? []
  return `${word(name)}${number && `_{${number}}`}`
}

/** Digits, a letter and an index in braces as they are, longer words upright. */
function word(text: string): string {
  if (/^\d+$/.test(text)) return text
  const [, index] = /^\{(.*)\}$/.exec(text) ?? []
  if (index !== undefined) return index
  const spelt = [...text]
    .map((letter) => (letter === '_' ? '\\_' : letter === ' ' ? '\\ ' : texLetter(letter)))
    .join('')
  return [...text].length === 1 ? spelt : `\\mathrm{${spelt}}`
}

function texLetter(letter: string): string {
  const own = macros[letter] ?? latinCapitals[letter]
  if (own !== undefined) return own
  const spelt = asciiName(letter)
  return spelt === letter ? letter : `\\${spelt} `.trimEnd()
}

function superscript(power: string): string {
  return power === '' ? '' : `^{${[...power].map((digit) => digits.indexOf(digit)).join('')}}`
}
