/** An input or a target: the elements of one sample, and where a batch of them lies in the arena. */
export interface Port {
  readonly name: string
  readonly size: number
  readonly offset: number
  /** Set where every element must be a whole number from 0 to below this. */
  readonly below?: number
}

/** Where tensors follow each other in the arena. */
export interface Region {
  /** The list of `network` that tells their names and shapes. */
  readonly tensors: 'parameters' | 'buffers'
  readonly offset: number
  /** Stands before their names in files, which may lack what has one. */
  readonly prefix: string
}
