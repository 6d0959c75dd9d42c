import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FileError, type Files, type Output } from './files.ts'

/** Such reasons, by the system's codes. */
const reasons: Readonly<Record<string, string>> = {
  EISDIR: 'a folder is there',
  ENOTDIR: 'it would lie in what is no folder',
  EEXIST: 'it would lie in what is no folder',
  ENOENT: 'no folder can be made there',
  ENAMETOOLONG: 'its name is too long',
  EACCES: 'the right to is missing',
  EPERM: 'the right to is missing',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
}

/** The system's files, by Node. Paths are absolute, or relative to the working folder. */
export const files: Files = { read, write }

function read(path: string): Promise<Uint8Array | undefined> {
  return reported(path, () =>
    readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return undefined
    }),
  )
}

/** First under temporary names beside the files, which are then renamed. */
async function write(outputs: readonly Output[], removed: readonly string[] = []): Promise<void> {
  const temporary = outputs.map(({ path }) => `${path}.${process.pid}.tmp`)
  try {
    for (const [i, { path, contents }] of outputs.entries()) {
      await reported(path, async () => {
        await makeFolder(dirname(path))
        await writeFile(temporary[i]!, contents)
      })
    }
    for (const [i, { path }] of outputs.entries()) await reported(path, () => rename(temporary[i]!, path))
    for (const path of removed) await reported(path, () => rm(path))
  } finally {
    await Promise.allSettled(temporary.map((path) => rm(path, { force: true })))
  }
}

/** Makes a folder and those around it. `mkdir` with `recursive` never ends where the system has no room for one, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    await makeFolder(dirname(path))
    await mkdir(path)
  }
}

/**
 * Does something with the file or folder at `path`.
 * @throws FileError where the system refuses it for one of the reasons above.
 * @param failing begins the message.
 */
export async function reported<T>(
  path: string,
  action: () => Promise<T>,
  failing = `there can be no file ${path}`,
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    if (!reason) throw error
    throw new FileError(`${failing}: ${reason}`, { cause: error })
  }
}
