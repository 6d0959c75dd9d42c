/** How one metric is added up and made. */
export interface Metric {
  readonly name: string
  /** The elements of a sample. */
  readonly size: number
  /** Where its scalars are in the arena. */
  readonly offsets: readonly number[]
  /** Adds a batch of n samples to its sums. */
  readonly add: (sums: number[], scalars: readonly number[], elements: number) => void
  readonly value: (sums: readonly number[]) => number
}
