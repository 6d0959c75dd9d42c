import { execFile } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { jiti, root, type Result } from '../package/installed.ts'

const { signals } = constants

/** When the latest file in a folder was written, but for what the build writes. */
function latestIn(folder: string): number {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  const times = files
    .filter((file) => file.isFile() && file.name !== 'built.ts')
    .map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs)
  return Math.max(...times)
}

const built = join(root, 'dist/cli/main.js')

/** Whether the command is built from what is there: it starts in half of the time that its source takes. */
const isBuilt =
  existsSync(built) && ['src', 'templates', 'scripts'].every((folder) => latestIn(folder) < statSync(built).mtimeMs)

/** What Node is given to run the command: as it was built or, where that was before the last change, from its source. */
export const command = isBuilt ? [built] : [jiti, join(root, 'src/cli/main.ts')]

/** Runs the command, as continuous integration would: not at a terminal, with CI set. */
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
