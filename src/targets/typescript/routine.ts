import { atom, call, type Printed } from '../../base/text.ts'
import {
  isVariable,
  type Address,
  type Bound,
  type Local,
  type Routine,
  type Statement,
  type Value,
} from '../../loops/routine/statement.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import { Locals, type Base, type SumSpelling } from '../locals.ts'
import type { PrintOptions } from '../target.ts'
import { level, printApplication, printNumber } from './expression.ts'

/** Whose functions they go through, and how they are stored: computed they are doubles. */
export type Numbers = Pick<PrintOptions, 'math' | 'precision'>

const spelling: SumSpelling<string> = {
  value: (name) => name,
  multiple: (value, coefficient) => `${coefficient} * ${value}`,
  constant: String,
}

/**
 * Prints the body of a routine as TypeScript over `arena`, `n` and the routine's uniforms.
 * @param bases where the routine's buffers start, in their order.
 * @param result the expression that the function returns, if it does.
 */
export function printBody(
  { body, buffers }: Pick<Routine, 'body' | 'buffers'>,
  bases: readonly Base[],
  numbers: Numbers = { math: 'engine', precision: 'f64' },
  result?: Value,
): string {
  const printer = new BodyPrinter(new Locals(spelling, buffers, bases), numbers)
  const lines = body.map((statement) => printer.statement(statement))
  if (result) lines.push(`return ${printer.expression(result).text}`)
  return lines.join('\n')
}

type Assignment = Extract<Statement, { kind: 'assign' }>
type Loop = Extract<Statement, { kind: 'for' }>

class BodyPrinter {
  readonly #locals: Locals<string>
  readonly #numbers: Numbers
  /** Those that hold what was stored. */
  readonly #stored = new Set<Local>()

  constructor(locals: Locals<string>, numbers: Numbers) {
    this.#locals = locals
    this.#numbers = numbers
  }

  statement(statement: Statement): string {
    switch (statement.kind) {
      case 'for':
        return this.#loop(statement)
      case 'let': {
        const { text } = this.expression(statement.value)
        if (!statement.mutable && this.#isStored(statement.value)) this.#stored.add(statement.local)
        return `${statement.mutable ? 'let' : 'const'} ${this.#locals.declare(statement.local)} = ${text}`
      }
      case 'pointer': {
        const position = this.#position(statement.address)
        return `const ${this.#locals.declare(statement.local)} = ${position}`
      }
      case 'lookup': {
        const element = this.#element(statement.address)
        return `const ${this.#locals.declare(statement.local)} = ${element} | 0`
      }
      case 'assign':
        return this.#assignment(statement)
      case 'store':
        return `${this.#element(statement.address)} = ${this.expression(statement.value).text}`
    }
  }

  expression(value: Value): Printed {
    switch (value.kind) {
      case 'literal':
        return printNumber(value.value)
      case 'uniform':
        return atom(value.name)
      case 'local':
        return atom(this.#locals.nameOf(value.local))
      case 'load':
        return atom(this.#element(value.address))
      case 'index':
        return { text: this.#sum([], value.terms, value.offset), precedence: level.sum }
      case 'apply': {
        const { math, precision } = this.#numbers
        const isRounded = precision === 'f32' && areCompared(value)
        const operands = value.operands.map((operand) => {
          const printed = this.expression(operand)
          return isRounded && !this.#isStored(operand) ? call('Math.fround', [printed]) : printed
        })
        return printApplication(value.op, operands, math)
      }
      case 'splat':
      case 'lanes':
      case 'interleave':
        throw new Error('TypeScript has no vector lanes, and its schedules use none')
    }
  }

  #loop({ variable, from, below, span, step, body }: Loop): string {
    const start = isVariable(from) ? this.#locals.nameOf(from) : printBound(from)
    const name = this.#locals.declare(variable)
    const advance = step === 1 ? `${name}++` : `${name} += ${step}`
    const end = span === undefined ? undefined : this.#locals.declare({ label: 'end', depth: variable.depth, lanes: 1 })
    const range = end === undefined ? '' : `, ${end} = Math.min(${start} + ${span}, ${printBound(below)})`
    const head = `for (let ${name} = ${start}${range}; ${name} < ${end ?? printBound(below)}; ${advance}) {`
    return [head, ...body.map((statement) => this.statement(statement)), '}'].join('\n')
  }

  /** s = s + a is written s += a. */
  #assignment({ local, value }: Assignment): string {
    const name = this.#locals.nameOf(local)
    if (value.kind === 'apply' && value.op === 'add') {
      const [sum, added] = value.operands
      if (sum!.kind === 'local' && sum!.local === local) return `${name} += ${this.expression(added!).text}`
    }
    return `${name} = ${this.expression(value).text}`
  }

  /** Whether a value is one that the storage has, so that rounding to its precision changes nothing. */
  #isStored(value: Value): boolean {
    if (value.kind === 'local') return this.#stored.has(value.local)
    if (value.kind === 'literal') return Math.fround(value.value) === value.value
    if (value.kind !== 'apply') return value.kind === 'load'
    const chosenFrom = value.op === 'select' ? value.operands.slice(1) : value.operands
    return choices.has(value.op) && chosenFrom.every((operand) => this.#isStored(operand))
  }

  #element(address: Address): string {
    return `arena[${this.#position(address)}]`
  }

  #position(address: Address): string {
    const { start, offset } = this.#locals.startOf(address)
    return this.#sum(start, address.terms, offset)
  }

  #sum(start: readonly string[], terms: Address['terms'], constant: number): string {
    return this.#locals.summands(start, terms, constant).join(' + ').replaceAll('+ -', '- ')
  }
}

/**
 * Whether two elements of tensors are compared. Then both are compared as they are stored, also where one is computed again in doubles:
 * the largest of some numbers is one of them.
 */
function areCompared({ op, operands }: Extract<Value, { kind: 'apply' }>): boolean {
  return comparisons.has(op) && operands.every(({ kind }) => kind === 'load' || kind === 'local' || kind === 'apply')
}

/** Ops whose result is an operand, or one with another sign. */
const choices: ReadonlySet<PointwiseOp> = new Set(['negate', 'abs', 'maximum', 'minimum', 'select'])

const comparisons: ReadonlySet<PointwiseOp> = new Set(['less', 'lessEqual', 'equal', 'notEqual'])

function printBound(bound: Bound): string {
  if (typeof bound !== 'object') return String(bound)
  const { from, below } = bound.range
  return `${below} - ${from === 0 ? below : `(${below} - ${from})`} % ${bound.wholeSteps}`
}
