import type { Source } from '../../base/errors.ts'
import { MAXIMUM_BYTES } from './limits.ts'
import { throwAt, type ReadFile, type SpecSource } from './source.ts'
import { readYaml } from './yaml.ts'

export interface ReadOptions {
  /** Reads the TypeScript files whose functions the spec names; without it, to name one is a mistake. */
  readonly readFile?: ReadFile
}

/**
 * Reads YAML or JSON text.
 * @param source the text, and the name that diagnostics have for it.
 * @throws SpecError when it can't be read as plain data.
 * @example
 * // text.ts
 * import { compile, loadNetwork, readSpecText } from 'tapeless'
 *
 * const text = '{ "input": 2, "layers": [{ "linear": 8 }, "tanh", { "linear": 1 }], "loss": "mse" }'
 * const network = await loadNetwork(readSpecText({ file: 'small.net.json', text }))
 * console.log((await compile(network, 'small.net.json')).text.includes('export function createTrainer'))
 */
export function readSpecText(source: Source, { readFile }: ReadOptions = {}): SpecSource {
  if (source.text.length > MAXIMUM_BYTES)
    throwAt(source, 'limit', { offset: 0, length: 1 }, `a text over ${MAXIMUM_BYTES} characters`)
  const spec = readYaml(source)
  return readFile ? { ...spec, readFile } : spec
}
