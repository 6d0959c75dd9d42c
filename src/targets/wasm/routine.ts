import {
  isVariable,
  type Bound,
  type Local,
  type Routine,
  type Statement,
  type Value,
  type Variable,
} from '../../loops/routine/statement.ts'
import type { Base } from '../locals.ts'
import { Addresses, type Pointer } from './addresses.ts'
import { Expressions, type Apply } from './expression.ts'
import { valueType, type Kind, type Numbers } from './types.ts'
import { end, get, i32, lines, memory, set, type ValueType, type Wat } from './wat.ts'

/** The parts of a function's body. */
export interface Body extends Pick<Routine, 'body' | 'buffers'> {
  /** Where the buffers start; an argument holds it in bytes. */
  readonly bases: readonly Base[]
  /** Arguments that are used as locals. */
  readonly parameters?: readonly Local[]
  readonly result?: Value
}

type Loop = Extract<Statement, { kind: 'for' }>

/**
 * Prints the body of a function, whose arguments are `n`, uniforms, the time, and starts of buffers.
 * @returns the declarations of locals, then the statements, then the result.
 */
export function printBody(body: Body, numbers: Numbers, apply: Apply): Wat[] {
  return new BodyPrinter(body, numbers, apply).print(body)
}

/** Loop variables, and indices that were read from memory, count bytes. */
class BodyPrinter {
  readonly #numbers: Numbers
  readonly #addresses: Addresses
  readonly #expressions: Expressions
  readonly #kinds = new Map<Local, Kind>()
  readonly #declarations: Wat[] = []
  #loops = 0

  constructor({ buffers, bases, parameters = [] }: Body, numbers: Numbers, apply: Apply) {
    this.#numbers = numbers
    const addresses = new Addresses(numbers, buffers, bases)
    this.#addresses = addresses
    this.#expressions = new Expressions({
      numbers,
      apply,
      kindOf: (local) => this.#kinds.get(local)!,
      valueOf: (local) => addresses.locals.valueOf(local),
      placeOf: (address) => addresses.placeOf(address),
      indexOf: (terms) => addresses.indexOf(terms),
    })
    for (const parameter of parameters) {
      addresses.locals.declareArgument(parameter)
      this.#kinds.set(parameter, this.#kindFor(parameter))
    }
  }

  print({ body, result }: Body): Wat[] {
    const statements = body.flatMap((statement) => this.#statement(statement))
    const value = result ? [this.#expressions.print(result, this.#kindFor(result))] : []
    return [...this.#declarations, ...statements, ...value]
  }

  #statement(statement: Statement): readonly Wat[] {
    switch (statement.kind) {
      case 'for':
        return this.#loop(statement)
      case 'let':
        return [this.#define(statement.local, statement.value)]
      case 'pointer':
        return [this.#point(statement)]
      case 'lookup':
        return [this.#lookup(statement)]
      case 'assign': {
        const { local, value } = statement
        return [set(this.#addresses.locals.nameOf(local), this.#expressions.print(value, this.#kinds.get(local)!))]
      }
      case 'store':
        return [this.#store(statement)]
    }
  }

  #loop({ variable, from, below, span, step, body }: Loop): Wat[] {
    const start = isVariable(from) ? get(this.#addresses.locals.nameOf(from)) : this.#bound(from)
    const name = this.#declare(variable, 'i32')
    const label = `$loop${this.#loops++}`
    const isFixed = typeof below === 'number' && typeof from === 'number'
    const last = isFixed ? undefined : this.#declare({ label: 'end', depth: 0, lanes: 1 }, 'i32')
    const limit = last === undefined ? this.#bound(below) : get(last)
    const pointers = body.filter((inner) => isWalking(inner, variable))
    const starts = pointers.map((pointer) => this.#point(pointer))
    const turn = body
      .filter((inner) => !isWalking(inner, variable))
      .flatMap((inner) => this.#statement(inner))
      .concat(pointers.map((pointer) => this.#advance(pointer, variable, step)))
    const next: Wat = ['local.tee', `$${name}`, ['i32.add', get(name), i32(step * this.#numbers.bytes)]]
    const loop: Wat = ['loop', label, ...lines([...turn, ['br_if', label, ['i32.lt_s', next, limit]]])]
    const before = [set(name, start), ...starts]
    if (last === undefined) return [...before, loop]
    if (span !== undefined) return [...before, ...this.#endOfPart(last, start, span, below), loop]
    return [
      ...before,
      set(last, this.#bound(below)),
      ['if', ['i32.lt_s', get(name), limit], ['then', { line: loop }, end]],
    ]
  }

  /** Sets a local to where a part of an axis ends. The part has an index at least. */
  #endOfPart(local: string, start: Wat, span: number, below: Bound): Wat[] {
    const limit = this.#bound(below)
    return [
      set(local, ['i32.add', start, i32(span * this.#numbers.bytes)]),
      set(local, ['select', get(local), limit, ['i32.lt_s', get(local), limit]]),
    ]
  }

  #define(local: Local, value: Value): Wat {
    const kind = this.#expressions.kindOf(value)
    this.#kinds.set(local, kind)
    const printed = this.#expressions.print(value, kind)
    return set(this.#declare(local, valueType(kind)), printed)
  }

  #point(pointer: Pointer): Wat {
    const value = this.#addresses.pointerTo(pointer)
    return set(this.#declare(pointer.local, 'i32'), value)
  }

  /** A pointer of a loop's body starts before it and moves on after each turn: V8 would multiply in each. */
  #advance({ local, address }: Pointer, variable: Variable, step: number): Wat {
    const name = this.#addresses.locals.nameOf(local)
    const [, coefficient] = address.terms.find(([term]) => term === variable)!
    return set(name, ['i32.add', get(name), i32(coefficient * step * this.#numbers.bytes)])
  }

  #lookup({ local, address }: Extract<Statement, { kind: 'lookup' }>): Wat {
    const { scalar, shift } = this.#numbers
    const element = memory(`${scalar}.load`, this.#addresses.placeOf(address))
    return set(this.#declare(local, 'i32'), ['i32.shl', [`i32.trunc_sat_${scalar}_s`, element], i32(shift)])
  }

  #store({ address, value, lane }: Extract<Statement, { kind: 'store' }>): Wat {
    const place = this.#addresses.placeOf(address)
    const kind = this.#kindFor(value)
    const instruction = lane === undefined ? `${valueType(kind)}.store` : `v128.store${8 * this.#numbers.bytes}_lane`
    return memory(instruction, place, [this.#expressions.print(value, kind)], lane)
  }

  #bound(value: Bound): Wat {
    if (typeof value === 'number') return i32(value * this.#numbers.bytes)
    return ['i32.shl', typeof value === 'string' ? get(value) : lastWhole(value), i32(this.#numbers.shift)]
  }

  #kindFor({ lanes }: Local | Value): Kind {
    return lanes > 1 ? this.#numbers.vector : this.#numbers.scalar
  }

  #declare(local: Local | Variable, type: ValueType): string {
    const name = this.#addresses.locals.declare(local)
    this.#declarations.push(['local', `$${name}`, type])
    return name
  }
}

/** An empty range may end before it starts: then the remainder is negative, as the number of its elements is. */
function lastWhole({ wholeSteps, range: { from, below } }: Exclude<Bound, string | number>): Wat {
  const end = get(below)
  const rest: Wat =
    from === 0 ? ['i32.rem_u', end, i32(wholeSteps)] : ['i32.rem_s', ['i32.sub', end, get(from)], i32(wholeSteps)]
  return ['i32.sub', end, rest]
}

/** Whether nothing but a loop's variable changes a pointer within the loop. */
function isWalking(statement: Statement, variable: Variable): statement is Pointer {
  return (
    statement.kind === 'pointer' &&
    statement.address.terms.every(([term]) => term === variable || term.depth < variable.depth)
  )
}
