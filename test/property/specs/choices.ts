import fc from 'fast-check'

/** Decisions that were drawn beforehand, so that a failure shrinks: towards the first of everything. */
export interface Choices {
  /** A whole number from 0 to `count - 1`. */
  choose(count: number): number
  pick<T>(list: readonly T[]): T
  /** True once in so many times. */
  rarely(times: number): boolean
}

/** Uniform for all counts up to 8. */
const decision = fc.nat({ max: 839 })

/** The decisions of one step of a recipe. */
export const decisions: fc.Arbitrary<readonly number[]> = fc.array(decision, { minLength: 16, maxLength: 16 })

/** Takes decisions in order; when there are no more, the first of everything. */
export function choicesFrom(decisions: readonly number[]): Choices {
  const remaining = decisions.values()
  const choose = (count: number) => (remaining.next().value ?? 0) % count
  return {
    choose,
    pick: (list) => list[choose(list.length)]!,
    rarely: (times) => choose(times) === times - 1,
  }
}

/** Mostly short lists of 1 to 36 steps, so that a thousand networks of them take seconds. */
export function steps<T>(step: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const between = (minLength: number, maxLength: number) => fc.array(step, { minLength, maxLength, size: 'max' })
  return fc.oneof(
    { weight: 24, arbitrary: between(1, 8) },
    { weight: 5, arbitrary: between(9, 16) },
    { weight: 1, arbitrary: between(17, 36) },
  )
}

/** Once in so many times. */
export function seldom<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}
