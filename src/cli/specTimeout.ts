import { InvalidArgumentError, Option } from 'commander'
import type { ReadSpecOptions } from '../host/specFile.ts'

/** What the command is told of TypeScript specs. */
export interface SpecTimeout {
  /** Seconds. */
  readonly specTimeout?: number
}

/** The option of both commands that read specs. */
export function specTimeout(): Option {
  return new Option('--spec-timeout <seconds>', 'how long a TypeScript spec may run (default: 10)').argParser(seconds)
}

/** The same for who reads specs. */
export function readOptions({ specTimeout }: SpecTimeout): ReadSpecOptions {
  return specTimeout === undefined ? {} : { timeout: 1000 * specTimeout }
}

function seconds(text: string): number {
  const value = Number(text)
  // Of milliseconds, timers take 31 bits.
  if (!(value > 0 && value <= 2_000_000))
    throw new InvalidArgumentError('It is a number of seconds above 0, at most 2,000,000.')
  return value
}
