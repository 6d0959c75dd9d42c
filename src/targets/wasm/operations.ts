import type { ElementaryOp, HostOp } from '../../graph/elementary/index.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import type { Operands } from '../spelling.ts'
import { isVector, type Kind } from './types.ts'
import { i32, splatConstant, type Wat } from './wat.ts'

/**
 * Ops that are instructions, or a few: a row for each. A feature that an engine may lack is a table of its own, whose rows stand in place
 * of these; as operands are trees, a row can tell a product from other operands.
 */
export type Instructions = {
  readonly [O in PointwiseOp]?: (kind: Kind, ...operands: Operands<O, Wat>) => Wat
}

/** An instruction of the same name for numbers and vectors. */
function instruction(name: string) {
  return (kind: Kind, ...operands: readonly Wat[]): Wat => [`${kind}.${name}`, ...operands]
}

/** Ops that are neither a formula nor the host's must be instructions. */
type Needed = { readonly [O in Exclude<PointwiseOp, ElementaryOp | HostOp>]: NonNullable<Instructions[O]> }

/**
 * The instructions of every engine with SIMD; all other ops are functions. A truth value is 0 or 1 beside numbers, and a mask beside
 * vectors.
 */
export const simd: Instructions & Needed = {
  negate: instruction('neg'),
  abs: instruction('abs'),
  sqrt: instruction('sqrt'),
  add: instruction('add'),
  subtract: instruction('sub'),
  multiply: instruction('mul'),
  divide: instruction('div'),
  maximum: instruction('max'),
  minimum: instruction('min'),
  less: instruction('lt'),
  lessEqual: instruction('le'),
  equal: instruction('eq'),
  notEqual: instruction('ne'),
  select: (kind, condition, a, b) => [isVector(kind) ? 'v128.bitselect' : 'select', a, b, condition],
  nearest: instruction('nearest'),
  powerOfTwo: (kind, k) => powersOfTwo[kind](k),
  exponentOf: (kind, x) => exponents[kind](x),
}

function i64(value: number): Wat {
  return ['i64.const', String(value)]
}

/** 2^k: k and the bias, where the exponent of a number stands. There is no conversion of two doubles to whole numbers: see `magic`. */
const powersOfTwo: Readonly<Record<Kind, (k: Wat) => Wat>> = {
  f32: (k) => ['f32.reinterpret_i32', ['i32.shl', ['i32.add', ['i32.trunc_sat_f32_s', k], i32(127)], i32(23)]],
  f64: (k) => ['f64.reinterpret_i64', ['i64.shl', ['i64.add', ['i64.trunc_sat_f64_s', k], i64(1023)], i64(52)]],
  f32x4: (k) => ['i32x4.shl', ['i32x4.add', ['i32x4.trunc_sat_f32x4_s', k], splatConstant('i32x4', '127')], i32(23)],
  f64x2: (k) => ['i64x2.shl', ['f64x2.add', k, splatConstant('f64x2', String(magic + 1023))], i32(52)],
}

/** A double beside which whole numbers are the last bits: 1.5 * 2^52. */
const magic = 6755399441055744

const twoTo52Bits = '0x4330000000000000'

/** The exponent of a positive number without its bias; of doubles as the last bits of 2^52, which is then taken away. */
const exponents: Readonly<Record<Kind, (x: Wat) => Wat>> = {
  f32: (x) => ['f32.convert_i32_s', ['i32.sub', ['i32.shr_u', ['i32.reinterpret_f32', x], i32(23)], i32(127)]],
  f64: (x) => ['f64.convert_i64_s', ['i64.sub', ['i64.shr_u', ['i64.reinterpret_f64', x], i64(52)], i64(1023)]],
  f32x4: (x) => ['f32x4.convert_i32x4_s', ['i32x4.sub', ['i32x4.shr_u', x, i32(23)], splatConstant('i32x4', '127')]],
  f64x2: (x) => [
    'f64x2.sub',
    ['v128.or', ['i64x2.shr_u', x, i32(52)], splatConstant('i64x2', twoTo52Bits)],
    splatConstant('f64x2', String(2 ** 52 + 1023)),
  ],
}
