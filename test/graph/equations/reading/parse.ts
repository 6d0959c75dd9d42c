/** What a person reads in a formula. */
export type Read =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'index'; readonly axis: Axis }
  | { readonly kind: 'extent' }
  | { readonly kind: 'apply'; readonly op: string; readonly operands: readonly Read[] }
  | { readonly kind: 'indicator'; readonly condition: Read }
  | { readonly kind: 'first'; readonly axes: readonly Axis[]; readonly condition: Read }
  | { readonly kind: 'product'; readonly left: Read; readonly right: Read }
  | { readonly kind: 'transpose'; readonly of: Read }
  | { readonly kind: 'brackets'; readonly of: Read; readonly items: readonly Item[] }
  | { readonly kind: 'list'; readonly parts: readonly Read[]; readonly isStack: boolean; readonly axis: number }
  | Call

export interface Call {
  readonly kind: 'call'
  readonly called: string
  readonly axes: readonly Axis[] | undefined
  readonly operands: readonly Read[]
  readonly margins: readonly (readonly [number, number])[]
  readonly settings: Readonly<Record<string, readonly number[]>>
}

export type Axis = number | 'samples'
/** Within square brackets: a whole axis, a part of one, or an expression. */
export type Item = 'all' | { readonly from: number; readonly to: number } | Read

const letters = 'ijklmpqr'

export interface ReadEquation {
  readonly left: string
  readonly right: Read
}

/** Reads a line of the Unicode printer, given the names that there are. In ⟨⟩ may stand any name. */
export function readText(line: string, names: readonly string[]): ReadEquation {
  const parser = new Parser(line, names)
  const left = parser.atom()
  if (left.kind !== 'name') throw new Error(`no name on the left: ${line}`)
  parser.expect(' = ')
  const right = parser.choice()
  parser.end()
  return { left: left.name, right }
}

const relations: Readonly<Record<string, string>> = {
  ...{ '<': 'less', '≤': 'lessEqual', '>': 'greater', '≥': 'greaterEqual', '=': 'equal', '≠': 'notEqual' },
}
const products: Readonly<Record<string, string>> = { '/': 'divide', '·': 'multiply', '⊙': 'multiply' }
const terms: Readonly<Record<string, string>> = { '+': 'add', '-': 'subtract' }

class Parser {
  #at = 0
  readonly #text: string
  readonly #names: readonly string[]

  constructor(text: string, names: readonly string[]) {
    this.#text = text
    this.#names = [...names].sort((a, b) => b.length - a.length)
  }

  choice(): Read {
    const condition = this.#first() ?? this.#infix(relations, () => this.#sum())
    if (!this.#take(' ? ')) return condition
    const whenTrue = this.#infix(relations, () => this.#sum())
    this.expect(' : ')
    return { kind: 'apply', op: 'select', operands: [condition, whenTrue, this.choice()] }
  }

  atom(): Read {
    const call = this.#match(/(contract)\[([^\]]*)\]\(|([A-Za-z][A-Za-z0-9]*ᵀ?)(?:_([a-z']+))?\(/y)
    if (call) return this.#call(call[1] ? `contract[${call[2]}]` : call[3]!, call[4])
    if (this.#take('(')) {
      const inner = this.choice()
      this.expect(')')
      return inner
    }
    if (this.#take('[')) return this.#list()
    const number = this.#match(/(\d+(?:\.\d+)?(?:e[-+]?\d+)?)|Infinity/y)
    if (number) return { kind: 'number', value: Number(number[0]) }
    const quoted = this.#match(/⟨([^⟩]*)⟩/y)
    if (quoted) return { kind: 'name', name: quoted[1]! }
    const name = this.#names.find((one) => this.#begins(one))
    if (name !== undefined && !this.#begins(`${name}'`)) {
      this.#at += name.length
      return { kind: 'name', name }
    }
    if (this.#take('I[')) {
      const condition = this.choice()
      this.expect(']')
      return { kind: 'indicator', condition }
    }
    const letter = this.#match(/[ijklmpqrns]'?(?![A-Za-z0-9_])/y)
    if (letter) return letterOf(letter[0])
    return this.#fail('something else')
  }

  expect(text: string): void {
    if (!this.#take(text)) this.#fail(text)
  }

  end(): void {
    if (this.#at < this.#text.length) this.#fail('the end')
  }

  #first(): Read | undefined {
    const first = this.#match(/first(?:_([a-z']+))? /y)
    return first ? { kind: 'first', axes: axesIn(first[1]) ?? [], condition: this.choice() } : undefined
  }

  #sum(): Read {
    return this.#infix(terms, () => this.#product())
  }

  #infix(operators: Readonly<Record<string, string>>, operand: () => Read): Read {
    let left = operand()
    for (;;) {
      const operator = Object.keys(operators).find((one) => this.#take(` ${one} `))
      if (operator === undefined) return left
      left = { kind: 'apply', op: operators[operator]!, operands: [left, operand()] }
    }
  }

  #product(): Read {
    let left = this.#unary()
    for (;;) {
      const operator = Object.keys(products).find((one) => this.#take(` ${one} `))
      if (operator !== undefined) {
        left = { kind: 'apply', op: products[operator]!, operands: [left, this.#unary()] }
      } else if (/^ (?![?:+]|- |<|≤|>|≥|=|≠|\/|$)/.test(this.#text.slice(this.#at))) {
        this.#at++
        const right = this.#unary()
        left =
          left.kind === 'number'
            ? { kind: 'apply', op: 'multiply', operands: [left, right] }
            : { kind: 'product', left, right }
      } else {
        return left
      }
    }
  }

  #unary(): Read {
    if (this.#take('-')) {
      const of = this.#unary()
      return of.kind === 'number'
        ? { kind: 'number', value: -of.value }
        : { kind: 'apply', op: 'negate', operands: [of] }
    }
    const sum = this.#match(/Σ(?:_([a-z']+))? /y)
    if (sum) return callOf('sum', axesIn(sum[1]), [this.#power()])
    return this.#power()
  }

  #power(): Read {
    const base = this.#postfix()
    const raised = (exponent: Read): Read => ({ kind: 'apply', op: 'power', operands: [base, exponent] })
    if (this.#take('²')) return raised({ kind: 'number', value: 2 })
    if (this.#take('³')) return raised({ kind: 'number', value: 3 })
    return this.#take('^') ? raised(this.#postfix()) : base
  }

  #postfix(): Read {
    let of = this.atom()
    for (;;) {
      if (this.#take('ᵀ')) of = { kind: 'transpose', of }
      else if (this.#take('[')) {
        const items: Item[] = []
        do items.push(this.#item())
        while (this.#take(', '))
        this.expect(']')
        of = { kind: 'brackets', of, items }
      } else return of
    }
  }

  #item(): Item {
    const part = this.#match(/(\d+):(\d+)/y)
    if (part) return { from: Number(part[1]), to: Number(part[2]) }
    return this.#take(':') ? 'all' : this.choice()
  }

  #list(): Read {
    const parts: Read[] = []
    let isStack = false
    while (!this.#take(']')) {
      if (this.#take('; ')) isStack = true
      else this.#take(', ')
      parts.push(this.choice())
    }
    const axis = this.#match(/_([a-z]'?)/y)
    return { kind: 'list', parts, isStack, axis: axis ? (axesIn(axis[1])![0] as number) : 0 }
  }

  #call(called: string, under: string | undefined): Read {
    const operands: Read[] = []
    const margins: [number, number][] = []
    const settings: Record<string, readonly number[]> = {}
    while (!this.#take(')')) {
      this.#take(', ')
      const setting = this.#match(/([a-z]+)=(?:\[([^\]]*)\]|([^,)]*))/y)
      const margin = called === 'pad' && operands.length > 0 ? this.#match(/(\d+)(?::(\d+))?(?=[,)])/y) : null
      if (setting) settings[setting[1]!] = (setting[2]?.split(', ') ?? [setting[3]!]).map(Number)
      else if (margin) margins.push([Number(margin[1]), Number(margin[2] ?? margin[1])])
      else operands.push(this.choice())
    }
    return { ...callOf(called, axesIn(under), operands), margins, settings }
  }

  #begins(name: string): boolean {
    const after = this.#text[this.#at + name.length] ?? ''
    return (
      this.#text.startsWith(name, this.#at) &&
      !(/[\p{L}\d_]$/u.test(name) && /[A-Za-z\p{Script=Greek}ℓ\d_.]/u.test(after))
    )
  }

  #take(text: string): boolean {
    const found = this.#text.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found) this.#at += found[0].length
    return found
  }

  #fail(expected: string): never {
    throw new Error(`expected ${expected} at ${this.#text.slice(this.#at, this.#at + 40)} in ${this.#text}`)
  }
}

function callOf(called: string, axes: readonly Axis[] | undefined, operands: readonly Read[]): Call {
  return { kind: 'call', called, axes, operands, margins: [], settings: {} }
}

function letterOf(letter: string): Read {
  if (letter.startsWith('n')) return { kind: 'extent' }
  return { kind: 'index', axis: letter.startsWith('s') ? 'samples' : letters.indexOf(letter[0]!) }
}

function axesIn(under: string | undefined): Axis[] | undefined {
  return under?.match(/[a-z]'?/g)?.map((letter) => (letter.startsWith('n') ? 'samples' : letters.indexOf(letter[0]!)))
}
