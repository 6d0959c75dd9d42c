import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { root, type Result } from '../package/installed.ts'

/** Runs the command from its source, as continuous integration would: not at a terminal, with CI set. */
export function tapeless(folder: string, ...words: string[]): Promise<Result> {
  const command = [join(root, 'node_modules/jiti/lib/jiti-cli.mjs'), join(root, 'src/cli/main.ts'), ...words]
  const options = { cwd: folder, env: { ...process.env, CI: 'true', XDG_CACHE_HOME: join(folder, '.cache') } }
  return new Promise((resolve) =>
    execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    ),
  )
}
