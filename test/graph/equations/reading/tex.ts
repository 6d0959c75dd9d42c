import { texName } from '../../../../src/graph/equations/texName.ts'
import { readText, type ReadEquation } from './parse.ts'

/** Reads an equation of the TeX printer, given the names that there are: what is spelt otherwise than in Unicode is spelt as there. */
export function readTeX(tex: string, names: readonly string[]): ReadEquation {
  const spelt = new Map(names.map((name) => [texName(name), name]))
  if (spelt.size < new Set(names).size) throw new Error(`two names look the same: ${names.join(', ')}`)
  const translator = new Translator(tex, spelt)
  return readText(translator.until(''), [])
}

const words: readonly (readonly [RegExp, string])[] = [
  [/\\times 10\^\{(-?\d+)\}/y, '×$1'],
  [/\\operatorname\{contract\}_\{(\w*),(\w*) \\to (\w*)\}\\left\(/y, 'contract[$1,$2→$3]('],
  [/\\operatorname\{first\}/y, 'first'],
  [/\\operatorname\{conv\}\^\{\\top\}\\left\(/y, 'convᵀ('],
  [/\\operatorname\{(\w+)\}/y, '$1'],
  [/\\mathrm\{(\w+)\}=/y, '$1='],
  [/\\(sin|cos|tanh|tan|exp|log|max|min)(?![a-z])/y, '$1'],
  [/\^\{\\top\}/y, 'ᵀ'],
  [/\\odot/y, '⊙'],
  [/\\cdot/y, '·'],
  [/\\le(?![a-z])/y, '≤'],
  [/\\ge(?![a-z])/y, '≥'],
  [/\\ne(?![a-z])/y, '≠'],
  [/\\infty/y, 'Infinity'],
  [/\\left([[(])/y, '$1'],
  [/\\right([\])])/y, '$1'],
  [/\\left\|/y, 'abs('],
  [/\\right\|/y, ')'],
  [/\{:\}/y, ':'],
  [/ \\, /y, ' '],
  [/_\{([a-z' ]+)\}/y, '_$1'],
]

class Translator {
  #at = 0
  readonly #tex: string
  readonly #spelt: ReadonlyMap<string, string>
  readonly #names: readonly string[]

  constructor(tex: string, spelt: ReadonlyMap<string, string>) {
    this.#tex = tex
    this.#spelt = spelt
    this.#names = [...spelt.keys()].sort((a, b) => b.length - a.length)
  }

  /** Up to what ends it, which is read too. */
  until(end: string): string {
    let text = ''
    while (end === '' ? this.#at < this.#tex.length : !this.#take(end)) {
      if (this.#at >= this.#tex.length) throw new Error(`no ${end} in ${this.#tex}`)
      text += this.#next()
    }
    return text.replaceAll(/([\d.]+) ×(-?\d+)/g, '$1e$2')
  }

  #next(): string {
    const name = this.#names.find((one) => this.#begins(one))
    if (name !== undefined) {
      this.#at += name.length
      return `⟨${this.#spelt.get(name)!}⟩`
    }
    if (this.#take('\\frac{')) {
      const above = this.until('}{')
      return `((${above}) / (${this.until('}')}))`
    }
    if (this.#take('\\sqrt{')) return `sqrt(${this.until('}')})`
    if (this.#take('^{\\top}')) return 'ᵀ'
    if (this.#take('^{')) return `^(${this.until('}')})`
    if (this.#take('\\begin{cases} ')) {
      const whenTrue = this.until(' & \\text{if } ')
      const condition = this.until(' \\\\ ')
      return `((${condition}) ? (${whenTrue}) : (${this.until(' & \\text{otherwise} \\end{cases}')}))`
    }
    const sum = this.#match(/\\sum(?:_\{([a-z' ]+)\})? /y)
    if (sum) return `Σ${sum[1] === undefined ? '' : `_${sum[1].replaceAll(' ', '')}`} `
    for (const [pattern, spelling] of words) {
      const found = this.#match(pattern)
      if (found) {
        const text = spelling.replaceAll(/\$(\d)/g, (_, k: string) => found[Number(k)]!)
        return text.startsWith('_') ? text.replaceAll(' ', '') : text
      }
    }
    const [letter] = this.#match(/[^\\{}]/y) ?? []
    if (letter === undefined) throw new Error(`what is ${this.#tex.slice(this.#at, this.#at + 30)} in ${this.#tex}?`)
    return letter
  }

  #begins(name: string): boolean {
    const after = this.#tex[this.#at + name.length] ?? ''
    const before = this.#tex[this.#at - 1] ?? ''
    return (
      this.#tex.startsWith(name, this.#at) &&
      !(/[A-Za-z]$/.test(name) && /[A-Za-z']/.test(after)) &&
      !(/^[A-Za-z]/.test(name) && /[A-Za-z\\]/.test(before)) &&
      !(name.endsWith('}') ? false : after === '_' && this.#tex[this.#at + name.length + 1] === '{')
    )
  }

  #take(text: string): boolean {
    const found = this.#tex.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#tex)
    if (found) this.#at += found[0].length
    return found
  }
}
