import type { PointwiseOp } from '../../graph/op.ts'
import { isVector, type Kind } from './types.ts'

type Spelling = (kind: Kind, ...operands: readonly string[]) => string

/** An instruction of the same name for numbers and vectors. */
function instruction(name: string): Spelling {
  return (kind, ...operands) => `(${kind}.${name} ${operands.join(' ')})`
}

/**
 * The ops that WebAssembly has, or that are a few of its instructions on integers; all others are functions. A truth value is 0 or 1
 * beside numbers, and a mask beside vectors.
 */
export const operations: Readonly<Partial<Record<PointwiseOp, Spelling>>> = {
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
  select: (kind, condition, a, b) =>
    isVector(kind) ? `(v128.bitselect ${a} ${b} ${condition})` : `(select ${a} ${b} ${condition})`,
  nearest: instruction('nearest'),
  powerOfTwo: (kind, k) => powersOfTwo[kind](k),
  exponentOf: (kind, x) => exponents[kind](x),
}

/** 2^k: k and the bias, where the exponent of a number stands. There is no conversion of two doubles to whole numbers: see `magic`. */
const powersOfTwo: Readonly<Record<Kind, (k: string) => string>> = {
  f32: (k) => `(f32.reinterpret_i32 (i32.shl (i32.add (i32.trunc_sat_f32_s ${k}) (i32.const 127)) (i32.const 23)))`,
  f64: (k) => `(f64.reinterpret_i64 (i64.shl (i64.add (i64.trunc_sat_f64_s ${k}) (i64.const 1023)) (i64.const 52)))`,
  f32x4: (k) =>
    `(i32x4.shl (i32x4.add (i32x4.trunc_sat_f32x4_s ${k}) (v128.const i32x4 127 127 127 127)) (i32.const 23))`,
  f64x2: (k) => `(i64x2.shl (f64x2.add ${k} (v128.const f64x2 ${magic + 1023} ${magic + 1023})) (i32.const 52))`,
}

/** A double beside which whole numbers are the last bits: 1.5 * 2^52. */
const magic = 6755399441055744

const twoTo52Bits = '0x4330000000000000'

/** The exponent of a positive number without its bias; of doubles as the last bits of 2^52, which is then taken away. */
const exponents: Readonly<Record<Kind, (x: string) => string>> = {
  f32: (x) => `(f32.convert_i32_s (i32.sub (i32.shr_u (i32.reinterpret_f32 ${x}) (i32.const 23)) (i32.const 127)))`,
  f64: (x) => `(f64.convert_i64_s (i64.sub (i64.shr_u (i64.reinterpret_f64 ${x}) (i64.const 52)) (i64.const 1023)))`,
  f32x4: (x) =>
    `(f32x4.convert_i32x4_s (i32x4.sub (i32x4.shr_u ${x} (i32.const 23)) (v128.const i32x4 127 127 127 127)))`,
  f64x2: (x) =>
    `(f64x2.sub (v128.or (i64x2.shr_u ${x} (i32.const 52)) (v128.const i64x2 ${twoTo52Bits} ${twoTo52Bits})) (v128.const f64x2 ${2 ** 52 + 1023} ${2 ** 52 + 1023}))`,
}
