import { expect } from 'vitest'

type Tensors = Readonly<Record<string, ArrayLike<number>>>

/** Within 1e-9 of each expected value, relative, and 1e-12 absolute; `expectClose` allows a part of a tensor's largest magnitude. */
export function close(actual: ArrayLike<number>, expected: ArrayLike<number>, what = 'value'): void {
  expect(actual.length, what).toBe(expected.length)
  for (let k = 0; k < expected.length; k++) {
    const allowed = 1e-9 * Math.abs(expected[k]!) + 1e-12
    if (!(Math.abs(actual[k]! - expected[k]!) <= allowed))
      expect.fail(`${what}[${k}] is ${actual[k]}, and should be ${expected[k]}`)
  }
}

/** Tensors of the same names, each as `close` has it. */
export function closeAll(actual: Tensors, expected: Tensors): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, values] of Object.entries(expected)) close(actual[name]!, values, name)
}
