import { readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { isOurs, specOf } from '../emit/stamp.ts'
import { FileError, reported } from '../host/fileError.ts'
import { contentOf } from '../host/files.ts'
import { files, portable } from '../host/node.ts'
import { specOfTypes } from '../plugin/specs.ts'
import type { Place } from './modules.ts'
import { companions, moduleOf } from './outputs.ts'

/*
 * Modules whose specs have been removed or renamed, or give another module now. They are told of; only their owner removes them.
 */

/** What a run knows of specs. */
export interface Known {
  /** All that it works on. */
  readonly specs: readonly string[]
  /** What those of them give that are right. */
  readonly modules: readonly Place[]
  /** Whether there are no others. */
  readonly areAll: boolean
}

export interface Orphan {
  readonly path: string
  readonly why: string
}

/** The files of tapeless in a folder that no spec gives any more. @throws FileError where the folder can't be read. */
export async function findOrphans(out: string, known: Known): Promise<Orphan[]> {
  const given = new Set(known.modules.flatMap(({ path }) => [path, ...companions(path)]))
  const found: Orphan[] = []
  for (const name of await namesIn(out)) {
    const path = join(out, name)
    const module = moduleOf(path)
    if (!module || given.has(path)) continue
    const content = await contentAt(path)
    if (content === undefined || !isOurs(content)) continue
    const why = await reasonOf(out, module, known)
    if (why) found.push({ path, why })
  }
  return found
}

/** The types beside specs whose own spec isn't there. @throws FileError where a folder can't be read */
export async function findOrphanTypes(specs: readonly string[]): Promise<Orphan[]> {
  const found: Orphan[] = []
  for (const folder of new Set(specs.map((spec) => dirname(spec))))
    for (const path of (await namesIn(folder)).map((name) => portable(join(folder, name)))) {
      const spec = specOfTypes(path)
      if (spec === undefined || (await isThere(spec))) continue
      const content = await contentAt(path)
      if (content !== undefined && isOurs(content)) found.push({ path, why: `its spec ${spec} isn't there` })
    }
  return found
}

/** Why no spec gives the module at `path` and what lies beside it; undefined where one does, or may. */
async function reasonOf(out: string, path: string, { specs, modules, areAll }: Known): Promise<string | undefined> {
  const named = (await Promise.all([path, ...companions(path)].map(contentAt)))
    .map((content) => (typeof content === 'string' ? specOf(content) : undefined))
    .find((spec) => spec !== undefined)
  if (named === undefined) return areAll && modules.length === specs.length ? 'no spec gives it' : undefined
  const spec = portable(relative('.', resolve(out, named)))
  if (specs.includes(spec)) {
    const module = modules.find((module) => module.spec === spec)
    return module && `its spec ${spec} gives ${module.path} now`
  }
  if (!(await isThere(spec))) return `its spec ${spec} isn't there`
  return areAll ? `its spec ${spec} isn't among those below this folder` : undefined
}

/** What is in a plain file; undefined where there is none, or none that can be read. */
async function contentAt(path: string): Promise<string | Uint8Array | undefined> {
  try {
    const found = await files.read(path)
    return found && contentOf(path, found)
  } catch (error) {
    if (error instanceof FileError) return undefined
    throw error
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await reported('list', folder, () => readdir(folder))).sort()
  } catch (error) {
    // Whoever writes there will say so.
    if (error instanceof FileError && ['ENOENT', 'ENOTDIR'].includes(error.code ?? '')) return []
    throw error
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    ({ code }: NodeJS.ErrnoException) => code !== 'ENOENT' && code !== 'ENOTDIR',
  )
}
