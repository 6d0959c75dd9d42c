import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isEdited } from './stamp.ts'

/** A file to be written. */
export interface Output {
  readonly path: string
  readonly contents: string | Uint8Array
}

/** The paths among `outputs` whose files are there and were not written by tapeless as they are: edited by hand. */
export async function findEdited(outputs: readonly Output[]): Promise<string[]> {
  return filterFiles(outputs, (present, { contents }) => present !== undefined && isEdited(inForm(present, contents)))
}

/** The paths among `outputs` whose files are missing or hold something else, a text's line ends apart. */
export async function findDrift(outputs: readonly Output[]): Promise<string[]> {
  return filterFiles(
    outputs,
    (present, { contents }) =>
      present === undefined ||
      (typeof contents === 'string'
        ? present.toString().replaceAll('\r\n', '\n') !== contents
        : !present.equals(contents)),
  )
}

/** The paths among `candidates` whose files are there as tapeless once wrote them. */
export async function findOwn(candidates: readonly string[]): Promise<string[]> {
  const files = candidates.map((path) => ({ path, contents: path.endsWith('.wasm') ? new Uint8Array() : '' }))
  return filterFiles(files, (present, { contents }) => present !== undefined && !isEdited(inForm(present, contents)))
}

/** Writes all files or, if one can't be written, none: first under temporary names beside them, then renamed. Last it removes some. */
export async function writeAll(outputs: readonly Output[], removed: readonly string[] = []): Promise<void> {
  const temporary = outputs.map(({ path }) => `${path}.${process.pid}.tmp`)
  try {
    for (const [i, { path, contents }] of outputs.entries()) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(temporary[i]!, contents)
    }
    for (const [i, { path }] of outputs.entries()) await rename(temporary[i]!, path)
    for (const path of removed) await rm(path)
  } finally {
    await Promise.allSettled(temporary.map((path) => rm(path, { force: true })))
  }
}

/** A file as text or as bytes, as `like` is. */
function inForm(file: Buffer, like: string | Uint8Array): string | Uint8Array {
  return typeof like === 'string' ? file.toString() : file
}

async function filterFiles(
  outputs: readonly Output[],
  matches: (present: Buffer | undefined, output: Output) => boolean,
): Promise<string[]> {
  const present = await Promise.all(outputs.map(({ path }) => readIfThere(path)))
  return outputs.filter((output, i) => matches(present[i], output)).map(({ path }) => path)
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
