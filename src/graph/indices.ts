/** The address that an index has by strides. */
export function dot(index: readonly number[], strides: readonly number[]): number {
  return index.reduce((sum, i, k) => sum + i * strides[k]!, 0)
}

/** A tensor of that shape, filled by index. */
export function filled<T extends Float32Array | Float64Array>(
  result: T,
  shape: readonly number[],
  element: (index: readonly number[]) => number,
): T {
  visit(shape, (index, at) => (result[at] = element(index)))
  return result
}

/** Calls `body` with every index of `shape` in row-major order. The index array is reused. */
export function visit(shape: readonly number[], body: (index: readonly number[], at: number) => void): void {
  const index = new Array<number>(shape.length).fill(0)
  const size = shape.reduce((product, extent) => product * extent, 1)
  for (let at = 0; at < size; at++) {
    body(index, at)
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0
  }
}

/** The addresses, by strides, of every index of `shape` in row-major order. */
export function addresses(shape: readonly number[], strides: readonly number[]): Int32Array {
  let all = Int32Array.of(0)
  shape.forEach((extent, axis) => {
    const outer = all
    all = new Int32Array(outer.length * extent)
    for (let k = 0; k < all.length; k++) all[k] = outer[Math.floor(k / extent)]! + (k % extent) * strides[axis]!
  })
  return all
}
