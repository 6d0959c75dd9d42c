import type { Affine, Axis } from './kernel.ts'

export function constantIndex(constant: number): Affine {
  return { constant, terms: new Map() }
}

export function axisIndex(axis: Axis): Affine {
  return { constant: 0, terms: new Map([[axis, 1]]) }
}

/** constant + Σ coefficients[k] · indices[k]: with strides as coefficients, an address. */
export function combine(constant: number, indices: readonly Affine[], coefficients: readonly number[]): Affine {
  const terms = new Map<Axis, number>()
  indices.forEach((index, k) => {
    const coefficient = coefficients[k]!
    constant += coefficient * index.constant
    for (const [axis, factor] of index.terms) {
      const sum = (terms.get(axis) ?? 0) + coefficient * factor
      if (sum === 0) terms.delete(axis)
      else terms.set(axis, sum)
    }
  })
  return { constant, terms }
}

export function isAxis(index: Affine, axis: Axis): boolean {
  return index.constant === 0 && index.terms.size === 1 && index.terms.get(axis) === 1
}
