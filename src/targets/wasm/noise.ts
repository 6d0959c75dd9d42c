import { hostParameters } from './hosted.ts'
import { get, i32, lines, parameter, set, type Item, type Wat } from './wat.ts'

const rotations = [13, 15, 26, 6, 17, 29, 16, 24]
const rounds = 13

/**
 * `noise` of the runtime, with its bits, so that kernels need not leave for each number: Threefry-2x32 with 13 rounds on the words of two
 * whole doubles below 2^53. Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), figure 3 and table 2.
 */
export function printNoise(): Item[] {
  const keys = ['k0', 'k1', 'k2']
  const keyAt = (injection: number) => get(keys[injection % 3]!)
  const parity: Wat = ['i32.xor', i32(0x1bd11bda), ['i32.xor', get('k0'), get('k1')]]
  const code: Wat = [
    'func',
    '$noise',
    ...hostParameters.map((name) => parameter(name, 'f64')),
    ['result', 'f64'],
    ...lines([
      ['local', '$words', 'i64'],
      ...[...keys, 'a', 'b'].map((name): Wat => ['local', `$${name}`, 'i32']),
      ...splitInto('k0', 'k1', hostParameters[0]),
      set('k2', parity),
      ...splitInto('a', 'b', hostParameters[1]),
      ...injected(keyAt(0), keyAt(1)),
      ...Array.from({ length: rounds }, (_, round) => {
        const injection = (round + 1) / 4
        const injects = Number.isInteger(injection)
        return [
          ...mixed(rotations[round % 8]!),
          ...(injects ? injected(keyAt(injection), ['i32.add', keyAt(injection + 1), i32(injection)]) : []),
        ]
      }).flat(),
      ['f64.mul', ['f64.convert_i64_u', first53Bits], ['f64.const', '0x1p-53']],
    ]),
  ]
  return [
    { comment: 'uniform in [0, 1): Threefry-2x32 with 13 rounds, of Salmon, Moraes, Dror and Shaw (2011)' },
    { line: code },
  ]
}

/** The low and the high word of a whole number. */
function splitInto(low: string, high: string, name: string): Wat[] {
  return [
    set('words', ['i64.trunc_sat_f64_u', get(name)]),
    set(low, ['i32.wrap_i64', get('words')]),
    set(high, ['i32.wrap_i64', ['i64.shr_u', get('words'), ['i64.const', '32']]]),
  ]
}

function injected(intoA: Wat, intoB: Wat): Wat[] {
  return [set('a', ['i32.add', get('a'), intoA]), set('b', ['i32.add', get('b'), intoB])]
}

/** a + b, and (b rotated left by `bits`) xor that. */
function mixed(bits: number): Wat[] {
  return [set('a', ['i32.add', get('a'), get('b')]), set('b', ['i32.xor', ['i32.rotl', get('b'), i32(bits)], get('a')])]
}

const first53Bits: Wat = [
  'i64.or',
  ['i64.shl', ['i64.extend_i32_u', get('a')], ['i64.const', '21']],
  ['i64.extend_i32_u', ['i32.shr_u', get('b'), i32(11)]],
]
