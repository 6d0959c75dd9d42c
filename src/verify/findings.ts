import { distance, exact, largestMagnitude, type Tolerance } from './compare.ts'

/** What is compared: the gradient by a tensor, a prediction. */
export interface Quantity {
  /** In words: `the gradient`, `the prediction`. */
  readonly quantity: string
  /** The parameter, buffer or input that it belongs to. */
  readonly tensor?: string
  /** The shape of its elements, from which a place is told; flat unless given. */
  readonly shape?: readonly number[]
}

/** An element of a quantity. */
export interface Place extends Omit<Quantity, 'shape'> {
  readonly index: readonly number[]
}

/** A quantity that isn't what it should be, where it first isn't. */
export interface Difference extends Place {
  readonly actual: number
  readonly expected: number
  /** How far apart they might lie. */
  readonly tolerance: number
  /** How many of its elements differ, of how many. */
  readonly count: number
  readonly of: number
}

/** How far apart the values of a check lay at most. */
export interface Worst extends Place {
  /** Relative to the largest magnitude of the quantity, or to what the check says. */
  readonly error: number
}

/** What a check has found. */
export interface Found {
  /** How many numbers were compared. */
  readonly compared: number
  readonly worst?: Worst | undefined
  readonly differences: readonly Difference[]
  /** What isn't wrong, and still worth knowing: a kink that is near. */
  readonly notes: readonly string[]
}

/** Compares, and gathers what differs: all of it, not the first. */
export class Findings implements Found {
  readonly differences: Difference[] = []
  readonly notes: string[] = []
  compared = 0
  worst: Worst | undefined

  /**
   * @param part of which element the values are the first, where they are a part of the quantity; and what an error is relative to,
   *   if not the largest expected magnitude.
   */
  compare(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    quantity: Quantity,
    tolerance: Tolerance = exact,
    { from = 0, scale }: { readonly from?: number; readonly scale?: number } = {},
  ): void {
    if (actual.length !== expected.length) {
      const { quantity: what, ...whose } = placeOf(quantity, 0)
      const sizes = { actual: actual.length, expected: expected.length, tolerance: 0, count: 1, of: 1 }
      this.differences.push({ ...whose, quantity: `the number of elements of ${what}`, index: [], ...sizes })
      return
    }
    const { first, worst, count, tolerance: allowed } = distance(actual, expected, tolerance)
    this.compared += expected.length
    const error = worst.apart / (scale ?? (largestMagnitude(expected) || 1))
    if (expected.length > 0) this.#see({ ...placeOf(quantity, from + worst.at), error })
    if (count === 0) return
    this.differences.push({
      ...placeOf(quantity, from + first),
      ...{ actual: actual[first]!, expected: expected[first]!, tolerance: allowed, count, of: expected.length },
    })
  }

  #see(worst: Worst | undefined): void {
    if (worst && !(this.worst && this.worst.error >= worst.error)) this.worst = worst
  }

  /** Takes over what others have found. @param of what they have looked at, where that is to be said. */
  absorb({ compared, worst, differences, notes }: Found, of?: string): void {
    const told = (text: string) => (of === undefined ? text : `${of}: ${text}`)
    const placed = <P extends Place>(place: P): P => ({ ...place, quantity: told(place.quantity) })
    this.compared += compared
    this.#see(worst && placed(worst))
    this.differences.push(...differences.map(placed))
    notes.forEach((note) => this.note(told(note)))
  }

  /** Takes what differs for a note. */
  excuse(why: string): void {
    for (const difference of this.differences.splice(0)) this.note(`${formatDifference(difference)}: ${why}`)
  }

  /** Something worth knowing. */
  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text)
  }
}

/** The place of a flat index; without a shape it is the flat index. */
export function placeOf({ shape, ...quantity }: Quantity, at: number): Place {
  if (shape === undefined) return { ...quantity, index: [at] }
  let rest = at
  const index = shape.map((_, axis) => {
    const stride = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
    const along = Math.floor(rest / stride)
    rest -= along * stride
    return along
  })
  return { ...quantity, index }
}

/** `the gradient by linear0.weight at [3, 1]` */
export function formatPlace({ quantity, tensor, index }: Place): string {
  const by = tensor === undefined ? '' : ` ${tensor}`
  return `${quantity}${by}${index.length > 0 ? ` at [${index.join(', ')}]` : ''}`
}

/** One line: what differs, where, and both values. */
export function formatDifference(difference: Difference): string {
  const { actual, expected, tolerance, count, of } = difference
  const within = tolerance > 0 ? ` within ${tolerance.toPrecision(2)}` : ''
  const others = count > 1 ? ` (${count} of ${of} differ)` : ''
  return `${formatPlace(difference)} is ${actual}, expected ${expected}${within}${others}`
}
