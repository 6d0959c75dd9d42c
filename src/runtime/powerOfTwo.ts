const composed = new DataView(new ArrayBuffer(8))

/** 2^k for whole k from -1022 to 1023, made from its bits. */
export function powerOfTwo(k: number): number {
  composed.setUint32(0, (k + 1023) << 20)
  return composed.getFloat64(0)
}
