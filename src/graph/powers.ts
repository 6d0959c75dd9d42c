/** Arithmetic on something that stands for numbers: numbers themselves, expressions of them. */
export interface Arithmetic<T> {
  readonly one: T
  multiply(a: T, b: T): T
  divide(a: T, b: T): T
  sqrt(x: T): T
}

/** The powers that are a few multiplications, a division or a root. */
const smallPowers: ReadonlyMap<number, <T>(x: T, arithmetic: Arithmetic<T>) => T> = new Map([
  [2, square],
  [3, (x, { multiply }) => multiply(multiply(x, x), x)],
  [4, (x, arithmetic) => square(square(x, arithmetic), arithmetic)],
  [0.5, (x, { sqrt }) => sqrt(x)],
  [-1, (x, { one, divide }) => divide(one, x)],
  [-2, (x, arithmetic) => arithmetic.divide(arithmetic.one, square(x, arithmetic))],
])

function square<T>(x: T, { multiply }: Arithmetic<T>): T {
  return multiply(x, x)
}

/**
 * x^exponent by the arithmetic of its exponent. The interpreter and compiled code share it, so that both round alike.
 * @returns undefined for an exponent that has no such arithmetic.
 */
export function smallPower<T>(x: T, exponent: number, arithmetic: Arithmetic<T>): T | undefined {
  return smallPowers.get(exponent)?.(x, arithmetic)
}
