import type { Address, Local, Routine, Variable } from '../loops/routine/statement.ts'

/** The start of a routine's buffer: an element of the arena, or the name of the argument that holds it. */
export type Base = number | string

/** The parts of a sum as a language writes them. */
export interface SumSpelling<T> {
  /** The value of a local, a variable or an argument. */
  readonly value: (name: string) => T
  readonly multiple: (value: T, coefficient: number) => T
  readonly constant: (value: number) => T
}

/**
 * The names of a printed routine's locals and variables, and the sums of them that addresses are. A name is a label and how many of that
 * label were declared before: `t0`, `t1`. A variable of depth 0 belongs to no loop of the routine: the caller gives it, by its label.
 */
export class Locals<T> {
  readonly #names = new Map<Local | Variable, string>()
  readonly #counts = new Map<string, number>()
  readonly #spelling: SumSpelling<T>
  readonly #starts: ReadonlyMap<Address['base'], Base>

  /** @param bases where the routine's buffers start, in their order. */
  constructor(spelling: SumSpelling<T>, buffers: Routine['buffers'] = [], bases: readonly Base[] = []) {
    this.#spelling = spelling
    this.#starts = new Map(buffers.map((buffer, k) => [buffer, bases[k]!]))
  }

  /** Names a local or a variable from here on. */
  declare(local: Local | Variable): string {
    const { label } = local
    const count = this.#counts.get(label) ?? 0
    this.#counts.set(label, count + 1)
    const name = `${label}${count}`
    this.#names.set(local, name)
    return name
  }

  /** Names a local that is an argument of the function, by its label. */
  declareArgument(local: Local): void {
    this.#names.set(local, local.label)
  }

  /** @throws Error where nothing has declared it. */
  nameOf(local: Local | Variable): string {
    const name = this.#names.get(local)
    if (name !== undefined) return name
    if ('lanes' in local || local.depth > 0) throw new Error(`${local.label} is used before it is declared`)
    return local.label
  }

  valueOf(local: Local | Variable): T {
    return this.#spelling.value(this.nameOf(local))
  }

  /** The summands of start + Σ coefficient · variable + constant, at least one: a constant of 0 is left out beside others. */
  summands(start: readonly T[], terms: Address['terms'], constant: number): readonly [T, ...T[]] {
    const products = terms.map(([variable, coefficient]) => {
      const value = this.valueOf(variable)
      return coefficient === 1 ? value : this.#spelling.multiple(value, coefficient)
    })
    const [first, ...others] = [...start, ...products]
    if (first === undefined) return [this.#spelling.constant(constant)]
    return [first, ...others, ...(constant === 0 ? [] : [this.#spelling.constant(constant)])]
  }

  /** The values from which an address counts, none or one, and the elements from there on that are known. */
  startOf({ base, offset }: Address): { readonly start: readonly T[]; readonly offset: number } {
    if (!('role' in base)) return { start: [this.valueOf(base)], offset }
    const known = this.#starts.get(base)
    if (known === undefined) throw new Error(`${base.name} is no buffer of the routine`)
    if (typeof known === 'number') return { start: [], offset: known + offset }
    return { start: [this.#spelling.value(known)], offset }
  }
}
