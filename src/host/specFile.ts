import { resolve } from 'node:path'
import { lazy } from '../base/lazy.ts'
import { MAXIMUM_BYTES } from '../language/text/limits.ts'
import { throwAt, Unreadable, type SpecSource } from '../language/text/source.ts'
import { readYaml } from '../language/text/yaml.ts'
import { FileError } from './fileError.ts'
import { portable } from './node.ts'
import { readPlain } from './plainFile.ts'
import type { readModule } from './specModule.ts'

export interface ReadSpecOptions {
  /** Milliseconds that a TypeScript spec may take to run. */
  readonly timeout?: number
}

const utf8 = new TextDecoder()

/**
 * Reads `*.net.{yaml,yml,json,ts}`, and later the files of functions that it names. A TypeScript spec runs in a process of its own, which
 * ends when it has exported the spec.
 * @param file as it shall appear in diagnostics: absolute, or relative to the working folder.
 * @throws SpecError when it can't be read as plain data; FileError when there is no such file, or it can't be read.
 * @example
 * // check.ts
 * import { loadNetwork, readSpecFile } from 'tapeless'
 *
 * const { name, warnings } = await loadNetwork(await readSpecFile('xor.net.yaml'))
 * console.log(`${name}: ${warnings.length} warnings`)
 */
export async function readSpecFile(file: string, { timeout = 10_000 }: ReadSpecOptions = {}): Promise<SpecSource> {
  const path = portable(file)
  if (path.includes('\\'))
    throw new FileError('read', file, "there is a \\ in its path, which ends a folder's name on other systems")
  const bytes = await readPlain(file, MAXIMUM_BYTES)
  if (bytes.length > MAXIMUM_BYTES)
    throwAt({ file, text: '' }, 'limit', { offset: 0, length: 1 }, `a file over ${MAXIMUM_BYTES} bytes`)
  const source = { file: path, text: utf8.decode(bytes) }
  const spec = file.endsWith('.ts') ? await readTypeScript(source, resolve(file), timeout) : readYaml(source)
  return { ...spec, readFile }
}

/** Specs that run are few, and what runs them takes long to load. */
const loadRunner = lazy(() => import('./specModule.ts'))
const readTypeScript: typeof readModule = async (...spec) => (await loadRunner()).readModule(...spec)

/** The codes of paths at which there is no file to read. */
const absent: readonly (string | undefined)[] = ['ENOENT', 'ENOTDIR', 'EISDIR']

/**
 * A file's text: of one that is too large, as much as shows that it is.
 * @throws Unreadable when there is one that can't be read; FileError when there is none.
 */
export async function readFile(path: string): Promise<string> {
  try {
    return utf8.decode(await readPlain(path, MAXIMUM_BYTES))
  } catch (error) {
    if (error instanceof FileError && !absent.includes(error.code)) throw new Unreadable(error.message)
    throw error
  }
}
