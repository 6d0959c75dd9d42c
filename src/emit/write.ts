import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { originOf, type Origin } from './stamp.ts'

/** A file to be written. */
export interface Output {
  readonly path: string
  readonly contents: string | Uint8Array
}

/** A file can't be read or written, for a reason that lies outside: a folder is in its place, a right is missing. */
export class FileError extends Error {
  override name = 'FileError'
}

/** Such reasons, by the system's codes. */
const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'a folder is there',
  ENOTDIR: 'it would lie in what is no folder',
  EEXIST: 'it would lie in what is no folder',
  ENAMETOOLONG: 'its name is too long',
  EACCES: 'the right to is missing',
  EPERM: 'the right to is missing',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
}

/** Of those of `paths` where a file is, whose it is. @throws FileError where one can't be read. */
export async function originsOf(paths: readonly string[]): Promise<Map<string, Origin>> {
  const origins = new Map<string, Origin>()
  for (const path of paths) {
    const present = await readIfThere(path)
    if (present) origins.set(path, originOf(path.endsWith('.wasm') ? present : present.toString()))
  }
  return origins
}

/** The paths among `outputs` whose files are missing or hold something else, a text's line ends apart. @throws FileError */
export async function findDrift(outputs: readonly Output[]): Promise<string[]> {
  const present = await Promise.all(outputs.map(({ path }) => readIfThere(path)))
  return outputs.filter(({ contents }, k) => !holds(present[k], contents)).map(({ path }) => path)
}

function holds(present: Buffer | undefined, contents: string | Uint8Array): boolean {
  if (!present) return false
  return typeof contents === 'string'
    ? present.toString().replaceAll('\r\n', '\n') === contents
    : present.equals(contents)
}

/**
 * Writes all files or, if one can't be written, none: first under temporary names beside them, then renamed. Last it removes some.
 * @throws FileError
 */
export async function writeAll(outputs: readonly Output[], removed: readonly string[] = []): Promise<void> {
  const temporary = outputs.map(({ path }) => `${path}.${process.pid}.tmp`)
  try {
    for (const [i, { path, contents }] of outputs.entries()) {
      await reported(path, async () => {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(temporary[i]!, contents)
      })
    }
    for (const [i, { path }] of outputs.entries()) await reported(path, () => rename(temporary[i]!, path))
    for (const path of removed) await rm(path)
  } finally {
    await Promise.allSettled(temporary.map((path) => rm(path, { force: true })))
  }
}

function readIfThere(path: string): Promise<Buffer | undefined> {
  return reported(path, () =>
    readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return undefined
    }),
  )
}

/** Does what is to be done with the file at `path`. @throws FileError where the system refuses it for one of those reasons. */
async function reported<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    if (!reason) throw error
    throw new FileError(`there can be no file ${path}: ${reason}`, { cause: error })
  }
}
