import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Source } from '../../base/errors.ts'
import { MAXIMUM_BYTES } from './limits.ts'
import { readModule } from './module.ts'
import { throwAt, type SpecSource } from './source.ts'
import { readYaml } from './yaml.ts'

/**
 * Reads `*.net.{yaml,yml,json,ts}`.
 * @param file as it shall appear in diagnostics: absolute, or relative to the working folder.
 * @throws SpecError when it can't be read as plain data; the system's error when there is no such file.
 */
export async function readSpecFile(file: string): Promise<SpecSource> {
  if ((await stat(file)).size > MAXIMUM_BYTES)
    throwAt({ file, text: '' }, 'limit', { offset: 0, length: 1 }, `a file over ${MAXIMUM_BYTES} bytes`)
  const source = { file, text: await readFile(file, 'utf8') }
  return file.endsWith('.ts') ? readModule(source, resolve(file)) : readYaml(source)
}

/**
 * Reads YAML or JSON text.
 * @throws SpecError when it can't be read as plain data.
 */
export function readSpecText(source: Source): SpecSource {
  if (source.text.length > MAXIMUM_BYTES)
    throwAt(source, 'limit', { offset: 0, length: 1 }, `a text over ${MAXIMUM_BYTES} characters`)
  return readYaml(source)
}
