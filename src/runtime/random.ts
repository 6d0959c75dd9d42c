const rotations = [13, 15, 26, 6, 17, 29, 16, 24]

/**
 * Threefry-2x32 with 20 rounds: two random 32-bit words that depend on the four given words alone.
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011), figure 3.
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0, key1, 0x1bd11bda ^ key0 ^ key1]
  let a = (counter0 + key0) | 0
  let b = (counter1 + key1) | 0
  for (let round = 0; round < 20;) {
    const rotation = rotations[round % 8]!
    a = (a + b) | 0
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a
    if (++round % 4 === 0) {
      const injection = round / 4
      a = (a + keys[injection % 3]!) | 0
      b = (b + keys[(injection + 1) % 3]! + injection) | 0
    }
  }
  return [a >>> 0, b >>> 0]
}

/** Two random words for a seed (a whole number below 2^53), a stream and a counter (whole numbers below 2^32). */
function words(seed: number, stream: number, counter: number): [number, number] {
  return threefry(seed | 0, (seed / 2 ** 32) | 0, counter, stream)
}

/** A number uniform in [0, 1), a multiple of 2^-53. */
export function randomUniform(seed: number, stream: number, counter: number): number {
  const [a, b] = words(seed, stream, counter)
  return (a * 2 ** 21 + (b >>> 11)) / 2 ** 53
}

/**
 * The key of all `noise` in the training step after `steps` steps: a whole number below 2^53. It is drawn from stream 2^31:
 * tensors have the streams from 0 up, epochs those from 2^32 - 1 down.
 */
export function stepKey(seed: number, steps: number): number {
  return randomUniform(seed, 2 ** 31, steps) * 2 ** 53
}

/** A standard normal number, by Box and Muller's method: sqrt(-2 log u) cos(2 pi v), u in (0, 1), v in [0, 1). */
export function randomNormal(seed: number, stream: number, counter: number): number {
  const [a, b] = words(seed, stream, counter)
  return Math.sqrt(-2 * Math.log((a + 0.5) / 2 ** 32)) * Math.cos((2 * Math.PI * b) / 2 ** 32)
}
