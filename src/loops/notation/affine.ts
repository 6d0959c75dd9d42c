import { isLookup, type Affine, type Axis, type Lookup } from './kernel.ts'

export function constantIndex(constant: number): Affine {
  return { constant, terms: new Map() }
}

export function axisIndex(axis: Axis): Affine {
  return { constant: 0, terms: new Map([[axis, 1]]) }
}

/** constant + Σ coefficients[k] · indices[k]: with strides as coefficients, an address. */
export function combine(constant: number, indices: readonly Affine[], coefficients: readonly number[]): Affine {
  const terms = new Map<Axis | Lookup, number>()
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

/**
 * The axes along which two indices may have the same address. Sort the terms by coefficient: while each coefficient exceeds the
 * largest sum of the smaller terms, the address is a mixed-radix number and indices are distinct; at the first that doesn't, that term
 * and the smaller ones may collide.
 * @param lengthOf how many indices an axis has.
 */
export function collidingAxes(
  address: Affine,
  axes: readonly Axis[],
  lengthOf: (axis: Axis) => number,
): ReadonlySet<Axis> {
  const lookups = [...address.terms.keys()].filter(isLookup)
  const looked = new Set(lookups.flatMap(({ access }) => [...access.address.terms.keys()]))
  const colliding = new Set(axes.filter((axis) => lengthOf(axis) > 1 && (!address.terms.has(axis) || looked.has(axis))))
  const terms = [...address.terms].map(([term, coefficient]) => ({
    axes: isLookup(term) ? [] : [term],
    length: isLookup(term) ? term.below : lengthOf(term),
    step: Math.abs(coefficient),
  }))
  let reach = 0
  let entangled: Axis[] = []
  for (const { axes: own, length, step } of terms.sort((a, b) => a.step - b.step)) {
    if (length === 1) continue
    if (step <= reach) for (const axis of [...entangled, ...own]) colliding.add(axis)
    else entangled = []
    entangled.push(...own)
    reach += step * (length - 1)
  }
  return colliding
}
