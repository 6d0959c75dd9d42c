import { execFile } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { jiti, root, type Result } from '../package/installed.ts'

const { signals } = constants

/** What Node is given to run the command from its source. */
export const command = [jiti, join(root, 'src/cli/main.ts')]

/** Runs the command from its source, as continuous integration would: not at a terminal, with CI set. */
export function tapeless(folder: string, ...words: string[]): Promise<Result> {
  return program(folder, process.execPath, ...command, ...words)
}

/** Runs a program that runs the command. The status of one that a signal has ended is that of shells. */
export function program(folder: string, file: string, ...words: readonly string[]): Promise<Result> {
  const options = { cwd: folder, env: { ...process.env, CI: 'true', XDG_CACHE_HOME: join(folder, '.cache') } }
  return new Promise((resolve) =>
    execFile(file, words, options, (error, stdout, stderr) =>
      resolve({
        status: error ? (typeof error.code === 'number' ? error.code : 128 + signals[error.signal!]) : 0,
        ...{ stdout, stderr },
      }),
    ),
  )
}
