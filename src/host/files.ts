import { areEqual } from '../base/bytes.ts'
import { originOf, type Origin } from '../emit/stamp.ts'

/** A file to be written. */
export interface Output {
  readonly path: string
  readonly contents: string | Uint8Array
}

/** What a host does with files. Both functions throw FileError for a reason that lies outside. */
export interface Files {
  /** A file's contents; undefined where there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>
  /** Writes all outputs or, if the contents of one can't be written, none. Last it removes some files. */
  readonly write: (outputs: readonly Output[], removed?: readonly string[]) => Promise<void>
}

/** A file can't be read or written, for a reason that lies outside: a folder is in its place, a right is missing. */
export class FileError extends Error {
  override name = 'FileError'
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Of those of `paths` where a file is, whose it is. @throws FileError where one can't be read. */
export async function originsOf({ read }: Files, paths: readonly string[]): Promise<Map<string, Origin>> {
  const origins = new Map<string, Origin>()
  for (const path of paths) {
    const present = await read(path)
    if (present) origins.set(path, originOf(path.endsWith('.wasm') ? present : utf8.decode(present)))
  }
  return origins
}

/** The paths among `outputs` whose files are missing or hold something else, a text's line ends apart. @throws FileError */
export async function findDrift({ read }: Files, outputs: readonly Output[]): Promise<string[]> {
  const present = await Promise.all(outputs.map(({ path }) => read(path)))
  return outputs.filter(({ contents }, k) => !holds(present[k], contents)).map(({ path }) => path)
}

function holds(present: Uint8Array | undefined, contents: string | Uint8Array): boolean {
  if (!present) return false
  return typeof contents === 'string'
    ? utf8.decode(present).replaceAll('\r\n', '\n') === contents
    : areEqual(present, contents)
}
