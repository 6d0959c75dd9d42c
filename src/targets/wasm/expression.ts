import { pointwiseRow, type PointwiseOp } from '../../graph/op.ts'
import type { Address, Local, Value } from '../../loops/routine/statement.ts'
import { operations } from './operations.ts'
import { printNumber, type Kind, type Numbers } from './types.ts'

/** What expressions need to know of the function around them. */
export interface Surroundings {
  readonly numbers: Numbers
  /** What a local holds. */
  readonly kindOf: (local: Local) => Kind
  readonly nameOf: (local: Local) => string
  /** Where an element lies, as an instruction's operands: `offset=12 (local.get $at0)`. */
  readonly place: (address: Address) => string
  /** A sum of variables' multiples as an i32. */
  readonly index: (terms: Address['terms']) => string
  /** The name of the function that computes an op, which the module then has. */
  readonly functionFor: (op: PointwiseOp, kind: Kind) => string
}

/** Prints values as expressions of WebAssembly's text format. */
export function expressionPrinter(around: Surroundings): {
  readonly kindOf: (value: Value) => Kind
  readonly print: (value: Value, kind: Kind) => string
} {
  const { scalar, vector, lanes: width } = around.numbers

  /** What a value is by itself; undefined where it can be either kind of number. */
  const ownKind = (value: Value): Kind | undefined => {
    if (value.lanes > 1) return vector
    switch (value.kind) {
      case 'literal':
      case 'index':
        return undefined
      case 'uniform':
        return 'f64'
      case 'local':
        return around.kindOf(value.local)
      case 'apply':
        return commonKind(value.operands)
      default:
        return scalar
    }
  }
  /**
   * What depends on nothing but the host's doubles stays double, so that a factor like 1 - 0.999^t keeps its digits. All else rounds as
   * lanes do, choices between doubles too.
   */
  const commonKind = (operands: readonly Value[]): Kind => {
    const kinds = operands.map(ownKind)
    return kinds.find((kind) => kind === vector) ?? (kinds.includes(scalar) ? scalar : 'f64')
  }

  const print = (value: Value, kind: Kind): string => {
    const own = ownKind(value) ?? kind
    if (value.lanes === 1 && isTruthValue(value)) return printOwn(value, own)
    return convert(printOwn(value, own), own, kind)
  }

  const printOwn = (value: Value, kind: Kind): string => {
    switch (value.kind) {
      case 'literal':
        return kind === vector
          ? `(v128.const ${vector}${` ${printNumber(value.value)}`.repeat(width)})`
          : `(${kind}.const ${printNumber(value.value)})`
      case 'uniform':
        return value.name === 'n' ? '(f64.convert_i32_s (local.get $n))' : `(local.get $${value.name})`
      case 'index':
        return indexAs(kind, value)
      case 'local':
        return `(local.get ${around.nameOf(value.local)})`
      case 'load':
        return `(${value.lanes > 1 ? 'v128' : scalar}.load ${around.place(value.address)})`
      case 'splat':
        return splat(value.operand)
      case 'lanes':
        return sideBySide(value.operands)
      case 'interleave': {
        const [a, b] = value.operands.map((operand) => print(operand, vector))
        return `(i8x16.shuffle ${interleaving(value.half, width)} ${a} ${b})`
      }
      case 'apply':
        return apply(value.op, value.operands, kind)
    }
  }

  /** A counter of noise starts at a multiple of 2^32: beyond an i32. */
  const indexAs = (kind: Kind, { offset, terms }: Extract<Value, { kind: 'index' }>): string => {
    const start = `(${kind}.const ${offset})`
    if (terms.length === 0) return start
    const index = `(${kind}.convert_i32_s ${around.index(terms)})`
    return offset === 0 ? index : `(${kind}.add ${index} ${start})`
  }

  const splat = (operand: Value): string => {
    if (operand.kind === 'literal') return printOwn(operand, vector)
    if (operand.kind === 'load') return `(v128.load${bits}_splat ${around.place(operand.address)})`
    if (!isTruthValue(operand)) return `(${vector}.splat ${print(operand, scalar)})`
    const mask = `(i32.sub (i32.const 0) ${print(operand, scalar)})`
    return width === 4 ? `(i32x4.splat ${mask})` : `(i64x2.splat (i64.extend_i32_s ${mask}))`
  }
  const bits = scalar === 'f32' ? 32 : 64

  const sideBySide = (operands: readonly Value[]): string => {
    if (operands.every(isLiteral))
      return `(v128.const ${vector} ${operands.map(({ value }) => printNumber(value)).join(' ')})`
    const [first, ...others] = operands as readonly [Value, ...Value[]]
    if (operands.every(isLoad))
      return others.reduce(
        (text, other, k) =>
          `(v128.load${bits}_lane ${lanePlace(around.place((other as Load).address), k + 1)} ${text})`,
        `(v128.load${bits}_zero ${around.place((first as Load).address)})`,
      )
    return others.reduce(
      (text, other, k) => `(${vector}.replace_lane ${k + 1} ${text} ${print(other, scalar)})`,
      `(${vector}.splat ${print(first, scalar)})`,
    )
  }

  const apply = (op: PointwiseOp, operands: readonly Value[], kind: Kind): string => {
    const inner = isTruth(op) ? commonKind(operands) : kind
    const printed = operands.map((operand) => print(operand, inner))
    const spelling = operations[op]
    return spelling ? spelling(inner, ...printed) : `(call ${around.functionFor(op, inner)} ${printed.join(' ')})`
  }

  return { kindOf: (value) => ownKind(value) ?? scalar, print }
}

/** The bytes of half of two vectors, lane by lane in turn. */
function interleaving(half: 0 | 1, lanes: number): string {
  const bytes = 16 / lanes
  const lane = (first: number) => Array.from({ length: bytes }, (_, k) => first + k)
  const pairs = Array.from({ length: lanes / 2 }, (_, k) => (half * (lanes / 2) + k) * bytes)
  return pairs.flatMap((start) => [...lane(start), ...lane(16 + start)]).join(' ')
}

type Load = Extract<Value, { kind: 'load' }>

function isLoad(value: Value): value is Load {
  return value.kind === 'load'
}

function isLiteral(value: Value): value is Extract<Value, { kind: 'literal' }> {
  return value.kind === 'literal'
}

function isTruth(op: PointwiseOp): boolean {
  return pointwiseRow(op).element === 'truth'
}

/** Beside numbers an i32, which no conversion of numbers is for. */
function isTruthValue(value: Value): boolean {
  return value.kind === 'apply' && isTruth(value.op)
}

function convert(text: string, from: Kind, to: Kind): string {
  if (from === to) return text
  return to === 'f32' ? `(f32.demote_f64 ${text})` : `(f64.promote_f32 ${text})`
}

/** An instruction on one lane names it after the immediate offset and before the address. */
export function lanePlace(place: string, lane: number): string {
  return place.startsWith('offset=') ? place.replace(' ', ` ${lane} `) : `${lane} ${place}`
}
