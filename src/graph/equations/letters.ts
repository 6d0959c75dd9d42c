import type { Axis } from './form.ts'

/** How indices are called: i, j, k … along a sample's axes, in order. */
export interface Letters {
  readonly letter: (axis: Axis) => string
  /** The number of samples. */
  readonly extent: string
  /** The number of a sample, from 0. */
  readonly sample: string
}

const axes = 'ijklmpqr'
const extent = 'n'
const sample = 's'

/** The letters beside names in one equation: with a prime, where a name is the same. */
export function lettersBeside(names: readonly string[]): Letters {
  const beside = (letter: string) => (names.includes(letter) ? `${letter}'` : letter)
  return {
    letter: (axis) => beside(axis === 'samples' ? extent : (axes[axis] ?? `i${axis}`)),
    extent: beside(extent),
    sample: beside(sample),
  }
}
