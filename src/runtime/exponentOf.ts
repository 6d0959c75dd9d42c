const measured = new Float64Array(1)
const wordsOfMeasured = new Uint32Array(measured.buffer)

/** floor(log2 x) for positive normal x: the exponent among its bits. */
export function exponentOf(x: number): number {
  measured[0] = x
  return ((wordsOfMeasured[1]! >>> 20) & 2047) - 1023
}
