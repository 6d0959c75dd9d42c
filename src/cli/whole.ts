import { InvalidArgumentError } from 'commander'

/** Reads an option that is a whole number from `least`. */
export function wholeFrom(least: number) {
  return (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value
    throw new InvalidArgumentError(`expected a whole number from ${least}`)
  }
}
