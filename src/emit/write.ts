import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isEdited } from './stamp.ts'

/** A file to be written. */
export interface Output {
  readonly path: string
  readonly text: string
}

/** The paths among `outputs` whose files are there and were not written by tapeless as they are: edited by hand. */
export async function findEdited(outputs: readonly Output[]): Promise<string[]> {
  return filterFiles(outputs, (present) => present !== undefined && isEdited(present))
}

/** The paths among `outputs` whose files are missing or hold another text, line ends apart. */
export async function findDrift(outputs: readonly Output[]): Promise<string[]> {
  return filterFiles(outputs, (present, { text }) => present?.replaceAll('\r\n', '\n') !== text)
}

/** Writes all files or, if one can't be written, none: first under temporary names beside them, then renamed. */
export async function writeAll(outputs: readonly Output[]): Promise<void> {
  const temporary = outputs.map(({ path }) => `${path}.${process.pid}.tmp`)
  try {
    for (const [i, { path, text }] of outputs.entries()) {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(temporary[i]!, text)
    }
    for (const [i, { path }] of outputs.entries()) await rename(temporary[i]!, path)
  } finally {
    await Promise.allSettled(temporary.map((path) => rm(path, { force: true })))
  }
}

async function filterFiles(
  outputs: readonly Output[],
  matches: (present: string | undefined, output: Output) => boolean,
): Promise<string[]> {
  const present = await Promise.all(outputs.map(({ path }) => readIfThere(path)))
  return outputs.filter((output, i) => matches(present[i], output)).map(({ path }) => path)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
