/** Throws `error`, a RangeError unless told, that says what was expected and what came. */
export function expected(what: string, got: unknown, error: ErrorConstructor = RangeError): never {
  throw new error(`expected ${what}, got ${got}`)
}

/** `value`, after checking that it is a finite number from 0, and whole unless told. TypeError or RangeError otherwise. */
export function numberFrom0(name: string, value: number, whole = true): number {
  if (typeof value !== 'number') expected(`${name}: a number`, typeof value, TypeError)
  return value >= 0 && value < (whole ? 2 ** 53 : Infinity) && !(whole && value % 1)
    ? value
    : expected(`${name}: a ${whole ? 'whole ' : ''}number from 0`, value)
}
