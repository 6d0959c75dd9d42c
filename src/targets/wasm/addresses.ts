import type { Address, Local, Routine, Statement, Variable } from '../../loops/routine/statement.ts'
import { Locals, type Base, type SumSpelling } from '../locals.ts'
import type { Numbers } from './types.ts'
import { get, i32, type Place, type Wat } from './wat.ts'

/** The parameter of every function that works in an arena: where in the memory that begins, in bytes. */
export const arena = 'arena'

export type Pointer = Extract<Statement, { kind: 'pointer' }>

const spelling: SumSpelling<Wat> = {
  value: get,
  multiple: (value, coefficient) => ['i32.mul', value, i32(coefficient)],
  constant: i32,
}

/** The addresses of a routine in bytes: its locals and variables count bytes, so that an address is a sum. */
export class Addresses {
  readonly locals: Locals<Wat>
  readonly #numbers: Numbers
  /** Pointers that may lie before the arena until a constant is added, which an instruction's own offset would be too late for. */
  readonly #early = new Set<Local | Variable>()
  /** Constants that are left out of pointers, in bytes, for the offsets of the instructions that use them. */
  readonly #deferred = new Map<Local, number>()

  constructor(numbers: Numbers, buffers: Routine['buffers'], bases: readonly Base[]) {
    this.#numbers = numbers
    this.locals = new Locals(spelling, buffers, bases)
  }

  /** An address as an instruction takes it. */
  placeOf(address: Address): Place {
    const { start, constant } = this.#startOf(address)
    if (constant < 0 || this.#isEarly(address)) return { offset: 0, address: this.#sum(start, address.terms, constant) }
    return { offset: constant, address: this.#sum(start, address.terms, 0) }
  }

  /** The value of a pointer, which holds for `placeOf` from here on. */
  pointerTo({ local, address }: Pointer): Wat {
    const { start, constant } = this.#startOf(address)
    const isEarly = this.#isEarly(address)
    if (isEarly) this.#early.add(local)
    else this.#deferred.set(local, constant)
    return this.#sum(start, address.terms, isEarly ? constant : 0)
  }

  /** A sum of variables' multiples as a whole number, no longer in bytes. */
  indexOf(terms: Address['terms']): Wat {
    return ['i32.shr_s', this.#sum([], terms, 0), i32(this.#numbers.shift)]
  }

  #sum(start: readonly Wat[], terms: Address['terms'], constant: number): Wat {
    const [first, ...others] = this.locals.summands(start, terms, constant)
    return others.reduce<Wat>((a, b) => ['i32.add', a, b], first)
  }

  #startOf(address: Address): { readonly start: readonly Wat[]; readonly constant: number } {
    const { start, offset } = this.locals.startOf(address)
    const constant = offset * this.#numbers.bytes
    // Pointers count from the start of the memory, buffers from that of the arena.
    if ('role' in address.base) return { start: [get(arena), ...start], constant }
    return { start, constant: constant + (this.#deferred.get(address.base) ?? 0) }
  }

  #isEarly({ base, terms }: Address): boolean {
    return terms.some(([, coefficient]) => coefficient < 0) || (!('role' in base) && this.#early.has(base))
  }
}
