/** Throws `error` (a RangeError unless told) that says what was expected and what came. */
export function expected(what: string, got: unknown, error: ErrorConstructor = RangeError): never {
  throw new error(`expected ${what}, got ${got}`)
}

/** `value`, after checking that it is a number, whole if `whole`, from `least` up. RangeError otherwise. */
export function numberFrom(least: number, value: number, name: string, whole = true): number {
  return (whole ? Number.isSafeInteger : Number.isFinite)(value) && value >= least
    ? value
    : expected(`${name}: a ${whole ? 'whole ' : ''}number from ${least}`, value)
}
