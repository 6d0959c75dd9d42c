import { constants, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { FileError, reported } from './fileError.ts'

/** What may be in the place of a plain file. To open a FIFO waits for another process, to open a device may do anything. */
const others: readonly (readonly [is: (found: Stats) => boolean, what: string, code?: string])[] = [
  [(found) => found.isDirectory(), 'a folder', 'EISDIR'],
  [(found) => found.isFIFO(), 'a FIFO'],
  [(found) => found.isSocket(), 'a socket'],
  [() => true, 'a device'],
]

/** A name may stand for something else once it is opened. Windows has no such flag, and no FIFOs in folders. */
const withoutWaiting = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0)

/** Bytes that are read at once. */
const PORTION = 2 ** 20

/**
 * Reads a plain file, or a link to one; nothing else is opened.
 * @param most of a larger file, one byte more than these.
 * @throws FileError where there is none, or it can't be read.
 */
export async function readPlain(path: string, most: number): Promise<Uint8Array> {
  const { file } = await openPlain(path)
  return reported('read', path, async () => {
    try {
      return await buffer(file.createReadStream({ end: most, autoClose: false, highWaterMark: PORTION }))
    } finally {
      await file.close()
    }
  })
}

/**
 * Opens a plain file, or a link to one, to be read; nothing else is opened.
 * @returns it, and how many bytes it has.
 * @throws FileError where there is none, or it can't be read.
 */
export function openPlain(path: string): Promise<{ readonly file: FileHandle; readonly size: number }> {
  return reported('read', path, async () => {
    requirePlain(path, await stat(path))
    const file = await open(path, withoutWaiting)
    try {
      const found = await file.stat()
      requirePlain(path, found)
      return { file, size: found.size }
    } catch (error) {
      await file.close()
      throw error
    }
  })
}

function requirePlain(path: string, found: Stats): void {
  if (found.isFile()) return
  const [, what, code] = others.find(([is]) => is(found))!
  throw new FileError('read', path, `${what} is there`, code)
}
