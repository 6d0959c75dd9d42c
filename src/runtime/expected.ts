/** Throws `error`, a RangeError unless told, that says what was expected and what came. */
export function expected(what: string, got: unknown, error: ErrorConstructor = RangeError): never {
  throw new error(`expected ${what}, got ${got}`)
}

/** `value`, after checking that it is a finite number. RangeError otherwise. */
export function finite(name: string, value: number): number {
  return Number.isFinite(value) ? value : expected(`${name}: a finite number`, value)
}

/** `value`, after checking that it is an exact whole number from `least` up. RangeError otherwise. */
export function whole(name: string, value: number, least = 0): number {
  return Number.isSafeInteger(value) && value >= least
    ? value
    : expected(`${name}: a whole number from ${least}`, value)
}
