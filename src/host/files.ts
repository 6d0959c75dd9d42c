import { areEqual } from '../base/bytes.ts'
import { originOf, type Origin } from '../emit/stamp.ts'
import { FileError } from './fileError.ts'

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

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** What is in a file, by its name: a text, or bytes. */
export function contentOf(path: string, bytes: Uint8Array): string | Uint8Array {
  return path.endsWith('.wasm') ? bytes : utf8.decode(bytes)
}

/** Of those of `paths` where a file is, whose it is, or why it can't be read. */
export async function originsOf({ read }: Files, paths: readonly string[]): Promise<Map<string, Origin | FileError>> {
  const origins = new Map<string, Origin | FileError>()
  for (const path of paths) {
    try {
      const present = await read(path)
      if (present) origins.set(path, originOf(contentOf(path, present)))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      origins.set(path, error)
    }
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
