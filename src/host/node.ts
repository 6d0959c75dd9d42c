import { renameSync, rmSync } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { dirname, sep } from 'node:path'
import { FileError, reported } from './fileError.ts'
import type { Files, Output } from './files.ts'
import { readPlain } from './plainFile.ts'
import { sweep, temporaryName } from './temporary.ts'

/** The most that is read of a file in a module's place: modules are far smaller, and longer texts are no string. */
const MOST_BYTES = 2 ** 28

/** The system's files, by Node. Paths are absolute, or relative to the working folder. */
export const files: Files = { read, write }

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    const found = await readPlain(path, MOST_BYTES)
    if (found.length <= MOST_BYTES) return found
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined
    throw error
  }
  throw new FileError('read', path, `it has over ${MOST_BYTES} bytes`)
}

/**
 * First under temporary names beside the files. Once all of these are on the disk they are renamed, without a turn between: so a signal
 * that has a listener comes before all or after all, and one that has none finds the least time between.
 */
async function write(outputs: readonly Output[], removed: readonly string[] = []): Promise<void> {
  const staged = outputs.map(({ path, contents }) => ({ path, contents, temporary: temporaryName(path) }))
  const discard = () => staged.forEach(({ temporary }) => rmSync(temporary, { force: true }))
  process.once('exit', discard)
  try {
    for (const { path, contents, temporary } of staged)
      await reported('write', path, async () => {
        await makeFolder(dirname(path))
        await writeSynced(temporary, contents)
      })
    for (const folder of new Set(outputs.map(({ path }) => dirname(path)))) sweep(folder)
    for (const { path, temporary } of staged) await reported('write', path, () => renameSync(temporary, path))
    for (const path of removed) await reported('remove', path, () => rmSync(path, { force: true }))
  } finally {
    process.removeListener('exit', discard)
    discard()
  }
}

/** Writes a new file, and waits until the disk has it: else a rename may be there after a power cut, and what it renames may not. */
async function writeSynced(path: string, contents: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(contents)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes a folder and those around it. `mkdir` with `recursive` never ends where the system has no room for one, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  let refusal = await makeOne(path)
  if (refusal?.code === 'ENOENT' && dirname(path) !== path) {
    await makeFolder(dirname(path))
    refusal = await makeOne(path)
  }
  if (refusal) throw refusal
}

/** Makes a folder in one that is there. Why that can't be; undefined where it is there now, whoever made it. */
function makeOne(path: string): Promise<NodeJS.ErrnoException | undefined> {
  return mkdir(path).then(
    () => undefined,
    async (error: NodeJS.ErrnoException) => (error.code === 'EEXIST' && (await isFolder(path)) ? undefined : error),
  )
}

/** Whether a folder is there, or a link to one. */
function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** A path with / alone, as specs and headers have it. Elsewhere than on Windows \ is a letter. */
export function portable(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/')
}
