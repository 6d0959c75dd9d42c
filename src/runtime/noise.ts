/**
 * A number uniform in [0, 1), a multiple of 2^-53, that depends on two whole numbers below 2^53 alone: Threefry-2x32 with 13
 * rounds, written out because it runs once for each element.
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), figure 3 and table 2.
 */
export function noise(key: number, counter: number): number {
  const k0 = key | 0
  const k1 = (key / 2 ** 32) | 0
  const k2 = 0x1bd11bda ^ k0 ^ k1
  let a = ((counter | 0) + k0) | 0
  let b = (((counter / 2 ** 32) | 0) + k1) | 0
  b = mix(b, 13, (a = (a + b) | 0))
  b = mix(b, 15, (a = (a + b) | 0))
  b = mix(b, 26, (a = (a + b) | 0))
  b = mix(b, 6, (a = (a + b) | 0))
  a = (a + k1) | 0
  b = (b + k2 + 1) | 0
  b = mix(b, 17, (a = (a + b) | 0))
  b = mix(b, 29, (a = (a + b) | 0))
  b = mix(b, 16, (a = (a + b) | 0))
  b = mix(b, 24, (a = (a + b) | 0))
  a = (a + k2) | 0
  b = (b + k0 + 2) | 0
  b = mix(b, 13, (a = (a + b) | 0))
  b = mix(b, 15, (a = (a + b) | 0))
  b = mix(b, 26, (a = (a + b) | 0))
  b = mix(b, 6, (a = (a + b) | 0))
  a = (a + k0) | 0
  b = (b + k1 + 3) | 0
  b = mix(b, 17, (a = (a + b) | 0))
  return ((a >>> 0) * 2 ** 21 + (b >>> 11)) / 2 ** 53
}

/** (`word` rotated left by `bits`) xor `other`. */
function mix(word: number, bits: number, other: number): number {
  return ((word << bits) | (word >>> (32 - bits))) ^ other
}
