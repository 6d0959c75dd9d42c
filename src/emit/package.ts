import { readdir, readFile } from 'node:fs/promises'

/** The package's root, two folders up from both src/emit and dist/emit. */
const root = new URL('../../', import.meta.url)

/** The text of one of the package's templates. */
export function readTemplate(name: string): Promise<string> {
  return readFile(new URL(`templates/${name}`, root), 'utf8')
}

/** The names and texts of the runtime's source files. */
export async function readRuntime(): Promise<{ name: string; text: string }[]> {
  const folder = new URL('src/runtime/', root)
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })))
}
