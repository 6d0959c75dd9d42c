import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { partAt, pathsIn } from './parts.ts'

const root = new URL('../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const filesIn = (folder: string, ending: string) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => `${folder}${file}`)

/** The file of functions that one of the specs names; mutants lie beside it. */
export const functions = read('test/golden/function/swish.ts')

/** Specs as texts: examples, golden cases, those that PyTorch has answered. */
export const originals: readonly string[] = [
  ...[...filesIn('examples/', '.net.yaml'), ...filesIn('test/golden/', '.net.yaml')].map(read),
  ...filesIn('test/reference/', '.json').flatMap((file) => (JSON.parse(read(file)) as { spec?: string }).spec ?? []),
]

/** The same as data. */
export const values: readonly unknown[] = originals.map((text) => parse(text) as unknown)

/** All parts of all specs. */
export const parts: readonly unknown[] = values.flatMap((value) =>
  [...pathsIn(value)].map((path) => partAt(value, path)),
)
