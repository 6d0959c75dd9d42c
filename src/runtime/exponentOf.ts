const measured = new DataView(new ArrayBuffer(8))

/** floor(log2 x) for positive normal x, read from the exponent among its bits. */
export function exponentOf(x: number): number {
  measured.setFloat64(0, x)
  return ((measured.getUint32(0) >>> 20) & 2047) - 1023
}
