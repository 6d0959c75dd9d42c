/** A tensor's name and shape in a file, and its live view. */
export interface Tensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly view: Float32Array | Float64Array
  /** Whether a file may lack it: so for the optimizer's state. */
  readonly optional?: boolean
}
