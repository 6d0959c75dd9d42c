export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Normal, with mean 0 and standard deviation 1. */
  normal(): number
}

/** Random numbers that a seed fixes: every run of an example sees the same data. */
export function createRandom(seed: number): Random {
  let state = seed | 0

  // mulberry32 by Tommy Ettinger: 32 bits of state, good enough for examples.
  function uniform(): number {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  // Box and Muller: sqrt(-2 log u) cos(2 pi v). 1 - u is never 0.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())

  return { uniform, normal }
}
