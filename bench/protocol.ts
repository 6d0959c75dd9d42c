import type { Problem } from './contenders/contract.ts'
import type { Burst } from './runner.ts'

/**
 * How the measuring process talks to a contender's: one JSON value a line, an answer to each request, in any language.
 * The process ends when its standard input does.
 */
export type Request =
  /** Build the problem and take `check` steps. */
  | { prepare: Problem; check: number }
  /** Take just so many steps. */
  | { steps: number }
  /** Take steps for about so many milliseconds. */
  | { burst: number }

export type Answer = { losses: number[] } | Burst | { unsupported: string } | { error: string }
