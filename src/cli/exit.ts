import { FileError } from '../host/fileError.ts'

/** What the command's exit status means. */
export const exit = {
  done: 0,
  /** The input is wrong, `--check` found drift, an output was edited by hand, or `verify` found a difference. */
  wrongInput: 1,
  /** An unknown option, a file that isn't there, or one that can't be read or written. */
  wrongUse: 2,
  /** A fault of tapeless itself. */
  fault: 3,
} as const

/** The command was used wrongly: said in one line, without a trace. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** How a run ends that can't be as it was asked for. */
export interface Failure {
  readonly status: number
  /** Printed with a line's end after it. */
  readonly text: string
}

/** What an error means that says itself, or none that was expected. @param spec what was compiled, if anything was. */
export function failureOf(error: unknown, spec?: string): Failure {
  if (error instanceof UsageError || error instanceof FileError)
    return { status: exit.wrongUse, text: `tapeless: ${error.message}` }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { status: exit.fault, text: `tapeless: ${spec === undefined ? '' : `${spec}: `}${trace}` }
}

/** Notes how the process will end: the gravest of what is noted counts. */
export function endWith(status: number): void {
  process.exitCode = Math.max(status, Number(process.exitCode ?? exit.done))
}
