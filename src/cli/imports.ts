import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readFile } from '../host/specFile.ts'

const endings = ['', '.ts', '.js', '.mts', '.mjs', '.json', '/index.ts', '/index.js']

/** The files beside that a module in TypeScript imports, and those that they import. A spec in another form imports none. */
export async function importsOf(module: string): Promise<string[]> {
  const found = new Set<string>()
  const visit = async (file: string): Promise<void> => {
    const text = /\.[mc]?[jt]s$/.test(file) ? await readFile(file).catch(() => '') : ''
    for (const [, , name] of text.matchAll(/\b(?:from|import)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g)) {
      const imported = await fileAt(join(dirname(file), name!))
      if (!imported || found.has(imported)) continue
      found.add(imported)
      await visit(imported)
    }
  }
  await visit(module)
  return [...found]
}

/** The file that an import of `path` gives; undefined where none does. */
async function fileAt(path: string): Promise<string | undefined> {
  for (const candidate of [path.replace(/\.js$/, '.ts'), ...endings.map((ending) => path + ending)]) {
    const found = await stat(candidate).catch(() => undefined)
    if (found?.isFile()) return candidate
  }
  return undefined
}
