/** What the command's exit status means. */
export const exit = {
  done: 0,
  /** The input is wrong, `--check` found drift, or an output was edited by hand. */
  wrongInput: 1,
  /** An unknown option, a file that isn't there, or one that can't be. */
  wrongUse: 2,
  /** A fault of tapeless itself. */
  fault: 3,
} as const

/** The command was used wrongly: said in one line, without a trace. */
export class UsageError extends Error {
  override name = 'UsageError'
}
