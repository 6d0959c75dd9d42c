import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/**
 * TypeScript as far as `src/emit` uses it, as a module. Its package's own bundle of `tsc` is the compiler without the services of editors;
 * once that names what it exports, a bundler leaves out what these don't need.
 * @param path of the package's main file.
 * @throws Error where a name that `src/emit` uses isn't in that bundle.
 */
export async function checkerOfTypeScript(path: string): Promise<string> {
  const [compiler, command] = (await readFile(path.replace(/typescript\.js$/, '_tsc.js'), 'utf8')).split(
    '\n// src/tsc/tsc.ts\n',
  )
  if (!compiler || !command)
    throw new Error("TypeScript's bundle isn't as it was: nothing says where its command begins.")
  const members = [...(await namesUsed())].sort().map((name) => {
    const value: unknown = ts[name]
    // The bundle has the values of most enumerations in place of their names.
    if (typeof value === 'object') return `${name}: ${JSON.stringify(value)}`
    if (!compiler.includes(`\nfunction ${name}(`)) throw new Error(`TypeScript's bundle has no function ${name}.`)
    return name
  })
  return `${compiler}\nexport default { ${members.join(', ')} }`
}

/** The values that files of `src/emit` take from `ts`. */
async function namesUsed(): Promise<Set<keyof typeof ts>> {
  const folder = fileURLToPath(new URL('../src/emit/', import.meta.url))
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'))
  const texts = await Promise.all(files.map((file) => readFile(folder + file, 'utf8')))
  const isValue = (name: string): name is keyof typeof ts => name in ts
  return new Set(
    texts.flatMap((text) => Array.from(text.matchAll(/\bts\.(\w+)/g), ([, name]) => name!)).filter(isValue),
  )
}
