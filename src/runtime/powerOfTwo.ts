const power = new Float64Array(1)
const wordsOfPower = new Uint32Array(power.buffer)

/** 2^k for whole k from -1022 to 1023, put together from its bits. */
export function powerOfTwo(k: number): number {
  wordsOfPower[1] = (k + 1023) << 20
  return power[0]!
}
