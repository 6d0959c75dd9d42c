import { pointwiseRow, type PointwiseOp } from '../../graph/op.ts'
import type { Address, Local, Value } from '../../loops/routine/statement.ts'
import { constant, printNumber, type Kind, type Numbers } from './types.ts'
import { get, i32, memory, type Place, type Wat } from './wat.ts'

/** An op of operands that are printed: an instruction, or the call of a function that the module then has. */
export type Apply = (op: PointwiseOp, kind: Kind, operands: readonly Wat[]) => Wat

/** The function around expressions, as far as they need to know it. */
export interface Surroundings {
  readonly numbers: Numbers
  readonly kindOf: (local: Local) => Kind
  readonly valueOf: (local: Local) => Wat
  readonly placeOf: (address: Address) => Place
  /** A sum of variables' multiples as an i32. */
  readonly indexOf: (terms: Address['terms']) => Wat
  readonly apply: Apply
}

/** Prints values as expressions. */
export class Expressions {
  readonly #around: Surroundings

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** The kind that a value has by itself, where a literal is one of the module's numbers. */
  kindOf(value: Value): Kind {
    return this.#ownKind(value) ?? this.#around.numbers.scalar
  }

  /** A value as a number or vector of the kind; truth values stay as they are. */
  print(value: Value, kind: Kind): Wat {
    const own = this.#ownKind(value) ?? kind
    const printed = this.#printOwn(value, own)
    return value.lanes === 1 && isTruthValue(value) ? printed : convert(printed, own, kind)
  }

  /** Undefined where a value can be either kind of number. */
  #ownKind(value: Value): Kind | undefined {
    const { scalar, vector } = this.#around.numbers
    if (value.lanes > 1) return vector
    switch (value.kind) {
      case 'literal':
      case 'index':
        return undefined
      case 'uniform':
        return 'f64'
      case 'local':
        return this.#around.kindOf(value.local)
      case 'apply':
        return value.op === 'noise' ? scalar : this.#commonKind(value.operands)
      default:
        return scalar
    }
  }

  /**
   * Double for operands that depend on nothing but the host's doubles, so that a factor like 1 - 0.999^t keeps its digits. All else rounds
   * as lanes do, noise and choices between doubles too.
   */
  #commonKind(operands: readonly Value[]): Kind {
    const { scalar, vector } = this.#around.numbers
    const kinds = operands.map((operand) => this.#ownKind(operand))
    return kinds.find((kind) => kind === vector) ?? (kinds.includes(scalar) ? scalar : 'f64')
  }

  #printOwn(value: Value, kind: Kind): Wat {
    const { scalar, vector, lanes } = this.#around.numbers
    switch (value.kind) {
      case 'literal':
        return constant(kind, value.value)
      case 'uniform':
        return value.name === 'n' ? ['f64.convert_i32_s', get('n')] : get(value.name)
      case 'index':
        return this.#index(kind, value)
      case 'local':
        return this.#around.valueOf(value.local)
      case 'load':
        return memory(`${value.lanes > 1 ? 'v128' : scalar}.load`, this.#around.placeOf(value.address))
      case 'splat':
        return this.#splat(value.operand)
      case 'lanes':
        return this.#lanes(value.operands)
      case 'interleave': {
        const operands = value.operands.map((operand) => this.print(operand, vector))
        return ['i8x16.shuffle', ...interleaving(value.half, lanes), ...operands]
      }
      case 'apply':
        return this.#apply(value.op, value.operands, kind)
    }
  }

  /** A counter of noise starts at a multiple of 2^32: beyond an i32. */
  #index(kind: Kind, { offset, terms }: Extract<Value, { kind: 'index' }>): Wat {
    const start = constant(kind, offset)
    if (terms.length === 0) return start
    const index: Wat = [`${kind}.convert_i32_s`, this.#around.indexOf(terms)]
    return offset === 0 ? index : [`${kind}.add`, index, start]
  }

  #splat(operand: Value): Wat {
    const { scalar, vector, bytes, lanes } = this.#around.numbers
    if (operand.kind === 'literal') return constant(vector, operand.value)
    if (operand.kind === 'load') return memory(`v128.load${8 * bytes}_splat`, this.#around.placeOf(operand.address))
    if (!isTruthValue(operand)) return [`${vector}.splat`, this.print(operand, scalar)]
    const mask: Wat = ['i32.sub', i32(0), this.print(operand, scalar)]
    return lanes === 4 ? ['i32x4.splat', mask] : ['i64x2.splat', ['i64.extend_i32_s', mask]]
  }

  #lanes(operands: readonly Value[]): Wat {
    const { scalar, vector, bytes } = this.#around.numbers
    if (operands.every(isLiteral))
      return ['v128.const', vector, ...operands.map((operand) => printNumber(this.#around.numbers, operand.value))]
    if (operands.every(isLoad)) {
      const [first, ...others] = operands.map(({ address }) => this.#around.placeOf(address)) as [Place, ...Place[]]
      return others.reduce(
        (others, place, k) => memory(`v128.load${8 * bytes}_lane`, place, [others], k + 1),
        memory(`v128.load${8 * bytes}_zero`, first),
      )
    }
    return sideBySide(
      vector,
      operands.map((operand) => this.print(operand, scalar)),
    )
  }

  #apply(op: PointwiseOp, operands: readonly Value[], kind: Kind): Wat {
    // Keys and counters of noise have more digits than single precision.
    const inner = op === 'noise' ? 'f64' : kind
    const result = this.#around.apply(
      op,
      inner,
      operands.map((operand) => this.print(operand, inner)),
    )
    return convert(result, inner, kind)
  }
}

/** A vector of numbers, one a lane. */
export function sideBySide(vector: Kind, numbers: readonly Wat[]): Wat {
  const [first, ...others] = numbers
  return others.reduce<Wat>(
    (lanes, number, k) => [`${vector}.replace_lane`, String(k + 1), lanes, number],
    [`${vector}.splat`, first!],
  )
}

/** The bytes of half of two vectors, lane by lane in turn. */
function interleaving(half: 0 | 1, lanes: number): string[] {
  const bytes = 16 / lanes
  const lane = (first: number) => Array.from({ length: bytes }, (_, k) => String(first + k))
  const pairs = Array.from({ length: lanes / 2 }, (_, k) => (half * (lanes / 2) + k) * bytes)
  return pairs.flatMap((start) => [...lane(start), ...lane(16 + start)])
}

function isLoad(value: Value): value is Extract<Value, { kind: 'load' }> {
  return value.kind === 'load'
}

function isLiteral(value: Value): value is Extract<Value, { kind: 'literal' }> {
  return value.kind === 'literal'
}

/** Beside numbers an i32, which no conversion of numbers is for. */
function isTruthValue(value: Value): boolean {
  return value.kind === 'apply' && pointwiseRow(value.op).element === 'truth'
}

/** A number of one precision in another; kinds of which one is a vector are the same. */
export function convert(number: Wat, from: Kind, to: Kind): Wat {
  if (from === to) return number
  return [to === 'f32' ? 'f32.demote_f64' : 'f64.promote_f32', number]
}
