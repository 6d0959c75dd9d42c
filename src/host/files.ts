import { areEqual } from '../base/bytes.ts'
import { originOf, stampIn, type Origin } from '../emit/stamp.ts'
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

/** Of those of `paths` where a file is, what is in it, or why it can't be read. */
export async function contentsOf(
  { read }: Files,
  paths: readonly string[],
): Promise<Map<string, string | Uint8Array | FileError>> {
  const contents = new Map<string, string | Uint8Array | FileError>()
  for (const path of paths) {
    try {
      const present = await read(path)
      if (present) contents.set(path, contentOf(path, present))
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      contents.set(path, error)
    }
  }
  return contents
}

/** Of those of `paths` where a file is, whose it is, or why it can't be read. */
export async function originsOf(files: Files, paths: readonly string[]): Promise<Map<string, Origin | FileError>> {
  const origins = new Map<string, Origin | FileError>()
  for (const [path, content] of await contentsOf(files, paths))
    origins.set(path, content instanceof FileError ? content : await originOf(content))
  return origins
}

/**
 * The paths among `outputs` whose files are missing or say something else: neither other line ends nor a formatter make a difference.
 * @throws FileError
 */
export async function findDrift({ read }: Files, outputs: readonly Output[]): Promise<string[]> {
  const drifted: string[] = []
  for (const { path, contents } of outputs) {
    const present = await read(path)
    if (!present || !(await saysTheSame(contentOf(path, present), contents))) drifted.push(path)
  }
  return drifted
}

async function saysTheSame(present: string | Uint8Array, contents: string | Uint8Array): Promise<boolean> {
  if (typeof present !== 'string' || typeof contents !== 'string')
    return typeof present !== 'string' && typeof contents !== 'string' && areEqual(present, contents)
  if (present.replaceAll('\r\n', '\n') === contents) return true
  return stampIn(present) === stampIn(contents) && (await originOf(present)) === 'generated'
}
