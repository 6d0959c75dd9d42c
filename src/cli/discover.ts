import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { reported } from '../host/node.ts'
import { UsageError } from './exit.ts'

const specFile = /\.net\.(yaml|yml|json|ts)$/

/**
 * The spec files to work on: those named, or all below the working folder, less node_modules, dotted folders and the output folder.
 * @returns paths relative to the working folder, with `/`, sorted.
 * @throws UsageError where a named file doesn't exist, or there is none at all; FileError where a folder can't be read.
 */
export async function findSpecs(named: readonly string[], out: string): Promise<string[]> {
  for (const file of named) {
    const found = await stat(file).catch(() => undefined)
    if (!found) throw new UsageError(`there is no file ${file}`)
    if (!found.isFile())
      throw new UsageError(
        `${file} is not a file; name specs, or none to take every *.net.{yaml,yml,json,ts} below here`,
      )
    if (!specFile.test(file))
      throw new UsageError(`${file} is not a spec: its name must end in .net.yaml, .net.yml, .net.json or .net.ts`)
  }
  const files = named.length > 0 ? named.map((file) => relative('.', file)) : await walk('.', resolve(out))
  if (files.length === 0)
    throw new UsageError(
      'there is no *.net.{yaml,yml,json,ts} below this folder; name a spec, or write one: see the README',
    )
  return [...new Set(files.map((file) => file.replaceAll('\\', '/')))].sort()
}

async function walk(folder: string, out: string): Promise<string[]> {
  const entries = await reported(folder, () => readdir(folder, { withFileTypes: true }), `${folder} can't be read`)
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (specFile.test(entry.name)) return (await isFile(path)) ? [path] : []
      const skipped = entry.name === 'node_modules' || entry.name.startsWith('.') || resolve(path) === out
      return entry.isDirectory() && !skipped ? walk(path, out) : []
    }),
  )
  return found.flat()
}

/** Whether a file is there, or a link to one. */
function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
