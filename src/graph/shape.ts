/** The length of an axis. `batch`, the number of samples, is the one extent that is known only at run time. */
export type Extent = number | 'batch'

/** Row-major. At most one axis is `batch`, and it comes first. */
export type Shape = readonly Extent[]

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

export function isBatched(shape: Shape): boolean {
  return shape[0] === 'batch'
}

/** The extents of one sample: the shape without its batch axis. */
export function sampleShape(shape: Shape): readonly number[] {
  return (isBatched(shape) ? shape.slice(1) : shape) as readonly number[]
}

/** Replaces the symbolic batch by a number of samples. */
export function concreteShape(shape: Shape, batch: number): readonly number[] {
  return shape.map((extent) => (extent === 'batch' ? batch : extent))
}

/** The number of elements of a shape without a batch axis, or of one sample of a shape with one. */
export function elementsPerSample(shape: Shape): number {
  return sampleShape(shape).reduce((product, extent) => product * extent, 1)
}

export function elementCount(shape: Shape, batch: number): number {
  return concreteShape(shape, batch).reduce((product, extent) => product * extent, 1)
}

/** Row-major strides. The batch axis never multiplies into another axis' stride, so all are numbers. */
export function rowMajorStrides(shape: Shape): readonly number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    const extent = shape[axis]!
    if (extent !== 'batch') stride *= extent
  }
  return strides
}
