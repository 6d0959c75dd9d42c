import { network } from './module.ts'
import { shown } from './shown.ts'

/** Throws an error (a RangeError unless told) that names the network and says what was expected and what came. */
export function expected(what: string, got: unknown, error: ErrorConstructor = RangeError): never {
  throw new error(`${network.name}: expected ${what}, got ${got}`)
}

/**
 * Returns `value` after checking it. TypeError: not a number. RangeError: negative, NaN or infinite, or, if it must be
 * `whole`, not a whole number below 2^53.
 */
export function numberFrom0(name: string, value: number, whole = true): number {
  const isNumber = typeof value === 'number'
  if (isNumber && value >= 0 && value < (whole ? 2 ** 53 : Infinity) && !(whole && value % 1)) return value
  return expected(`${name}: a ${whole ? 'whole ' : ''}number from 0`, shown(value), isNumber ? RangeError : TypeError)
}
