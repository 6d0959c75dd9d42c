import { createHash } from 'node:crypto'
import { createGunzip } from 'node:zlib'
import { reported } from '../../host/fileError.ts'
import { openPlain } from '../../host/plainFile.ts'
import { TableError } from '../mistakes.ts'
import { limits } from './table.ts'

/** The bytes of a portion. */
const PORTION = 2 ** 18

/** Told now and then how much of a file has been read. */
export type OnRead = (fraction: number) => void | Promise<void>

/** A file's contents in portions, decompressed if it is gzip's, and its hash once all has been read. */
export interface Contents {
  readonly portions: AsyncIterable<Uint8Array>
  /** The SHA-256 of the file as it lies on the disk. */
  readonly hash: () => string
}

/**
 * A plain file, which is opened once its first portion is asked for. What it holds in the end is limited, so that a small file can't fill the
 * memory. Reading it throws FileError where there is none; TableError where it is too large or no whole gzip file.
 */
export function contentsOf(file: string, onRead: OnRead): Contents {
  const hash = createHash('sha256')
  const raw = rawPortions(file, onRead, (part) => hash.update(part))
  const portions = file.toLowerCase().endsWith('.gz') ? unzipped(file, raw) : raw
  return { portions: limited(file, portions), hash: () => hash.digest('hex') }
}

async function* rawPortions(path: string, onRead: OnRead, take: (part: Uint8Array) => void) {
  const { file, size } = await openPlain(path)
  try {
    let read = 0
    for (;;) {
      const { bytesRead, buffer } = await reported('read', path, () => file.read(Buffer.alloc(PORTION)))
      if (bytesRead === 0) return
      const part = buffer.subarray(0, bytesRead)
      read += bytesRead
      take(part)
      await onRead(Math.min(1, read / size))
      yield part
    }
  } finally {
    await file.close()
  }
}

async function* unzipped(file: string, raw: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { pipeline } = await import('node:stream/promises')
  const gunzip = createGunzip({ chunkSize: PORTION })
  const fed = pipeline(raw, gunzip)
  // The loop below tells of a failure; this one must not go unheard before.
  fed.catch(() => undefined)
  try {
    for await (const part of gunzip) yield part as Uint8Array
    await fed
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (!/^Z_|^ERR_STREAM/.test(code)) throw error
    throw new TableError([`${file}: it is no whole gzip file (${(error as Error).message})`])
  }
}

async function* limited(file: string, portions: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const part of portions) {
    bytes += part.length
    if (bytes > limits.bytes) throw new TableError([`${file}: it holds over ${limits.bytes / 2 ** 30} GiB`])
    yield part
  }
}

/** Marks at the start of texts that aren't UTF-8. */
const others = [
  { mark: [0xff, 0xfe], encoding: 'UTF-16LE' },
  { mark: [0xfe, 0xff], encoding: 'UTF-16BE' },
]

/** UTF-8 as text, without the mark at its start. @throws TableError that says in which line it isn't. */
export async function* textOf(file: string, portions: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  let isFirst = true
  const fail = (encoding: string): never => {
    throw new TableError([
      `${file}:${line}: it isn't UTF-8 here; \`iconv -f ${encoding} -t UTF-8 ${file} > utf8.csv\` makes it so`,
    ])
  }
  for await (const part of portions) {
    if (isFirst) for (const { mark, encoding } of others) if (mark.every((byte, k) => part[k] === byte)) fail(encoding)
    isFirst = false
    try {
      yield decoder.decode(part, { stream: true })
    } catch {
      line += endsBeforeFlaw(part)
      fail('LATIN1')
    }
    line += countEnds(part)
  }
  try {
    yield decoder.decode()
  } catch {
    fail('LATIN1')
  }
}

const END = 10

function countEnds(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (byte === END) count++
  return count
}

/** The lines that end before the first byte of a portion that isn't UTF-8. */
function endsBeforeFlaw(part: Uint8Array): number {
  let count = 0
  for (let start = 0; ; count++) {
    const end = part.indexOf(END, start)
    if (end < 0) return count
    try {
      // A character that a portion before this has begun counts as a flaw of this one's first line.
      new TextDecoder('utf-8', { fatal: true }).decode(part.subarray(start, end))
    } catch {
      return count
    }
    start = end + 1
  }
}
