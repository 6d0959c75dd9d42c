import { createReadStream } from 'node:fs'
import { readFile as readWhole, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { reported } from './node.ts'
import { MAXIMUM_BYTES } from '../language/text/limits.ts'
import type { readModule } from './specModule.ts'
import { throwAt, type SpecSource } from '../language/text/source.ts'
import { readYaml } from '../language/text/yaml.ts'

/**
 * Reads `*.net.{yaml,yml,json,ts}`, and later the files of functions that it names.
 * @param file as it shall appear in diagnostics: absolute, or relative to the working folder.
 * @throws SpecError when it can't be read as plain data; FileError when the right to read it is missing; the system's error when there
 *   is no such file.
 */
export async function readSpecFile(file: string): Promise<SpecSource> {
  const readable = <T>(action: () => Promise<T>) => reported(file, action, `${file} can't be read`)
  if ((await readable(() => stat(file))).size > MAXIMUM_BYTES)
    throwAt({ file, text: '' }, 'limit', { offset: 0, length: 1 }, `a file over ${MAXIMUM_BYTES} bytes`)
  const source = { file, text: await readable(() => readWhole(file, 'utf8')) }
  const spec = file.endsWith('.ts') ? await readTypeScript(source, resolve(file)) : readYaml(source)
  return { ...spec, readFile }
}

/** Specs that run are few, and what runs them takes long to load. */
const readTypeScript: typeof readModule = async (...spec) => (await import('./specModule.ts')).readModule(...spec)

/** A file's text: of one that is too large, as much as shows that it is. Rejects where there is no such file. */
export async function readFile(path: string): Promise<string> {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is no file`)
  return text(createReadStream(path, { end: MAXIMUM_BYTES }))
}
