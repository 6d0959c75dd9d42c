import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { CompileOptions } from '../compile.ts'
import { compiler } from '../emit/built.ts'
import { files } from '../host/node.ts'
import type { Network } from '../language/networks/network.ts'
import { companions } from './outputs.ts'

/*
 * A module that is there needs no compiling where the same compiler has made it from the same spec. A record says so for each path,
 * in a cache: where that can't be read or written, modules are compiled.
 */

/** All that a module's files follow from, as a hash. */
export function originOfModule(
  { name, hash, source }: Network,
  shown: string,
  { target, precision, optimize }: CompileOptions,
  asksForWat = false,
): string {
  // The hash stands for the functions that the spec names too; the value for the order in which it names parts.
  return hashOf(
    JSON.stringify([compiler, name, hash, source.value, shown, target, precision, optimize === true, asksForWat]),
  )
}

/** Whether the files of the module at `path` are as they were when it was made from `origin`. */
export async function isUpToDate(path: string, origin: string): Promise<boolean> {
  try {
    const record = await readFile(await recordOf(path), 'utf8')
    return record === recordText(origin, await Promise.all(filesOf(path).map(files.read)))
  } catch {
    return false
  }
}

/** Notes that the files of the module at `path`, as they are now, say what is made from `origin`. */
export async function remember(path: string, origin: string): Promise<void> {
  try {
    const contents = recordText(origin, await Promise.all(filesOf(path).map(files.read)))
    await files.write([{ path: await recordOf(path), contents }])
  } catch {
    // The next run compiles again.
  }
}

function filesOf(path: string): string[] {
  return [path, ...companions(path)]
}

/** One line of the origin, and one of each file; empty where there is none. */
function recordText(origin: string, contents: readonly (Uint8Array | undefined)[]): string {
  return [origin, ...contents.map((content) => (content === undefined ? '' : hashOf(content)))].join('\n')
}

/** Named by the module's place, so that there are no more records than modules. */
async function recordOf(path: string): Promise<string> {
  return join(await cacheFolder(), hashOf(resolve(path)))
}

/** That of the nearest package with packages of its own, else the user's. */
async function cacheFolder(): Promise<string> {
  for (let folder = resolve('.'), below = ''; folder !== below; below = folder, folder = dirname(folder)) {
    const packages = join(folder, 'node_modules')
    const isThere = await stat(packages).then(
      (found) => found.isDirectory(),
      () => false,
    )
    if (isThere) return join(packages, '.cache/tapeless')
  }
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tapeless')
}

/** Node's own: it takes a twentieth of the time of the one that also runs in a page. */
function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
