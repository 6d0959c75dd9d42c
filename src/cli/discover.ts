import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { FileError, reported } from '../host/fileError.ts'
import { portable } from '../host/node.ts'
import { importedSpec, programSpec } from '../plugin/specs.ts'
import { UsageError } from './exit.ts'
import type { GenerateOptions } from './options.ts'

/** Whether a file is a spec, by its name. */
export const isSpec = (file: string): boolean => importedSpec.test(file) || programSpec.test(file)

/** Whether no spec is looked for at a path, or below it. */
export function isPassedBy(path: string, out: string): boolean {
  return /(?:^|[\\/])(?:\.[^\\/.][^\\/]*|node_modules)$/.test(path) || resolve(path) === resolve(out)
}

interface FoundSpecs {
  /** Relative to the working folder, with `/`, sorted. */
  readonly specs: readonly string[]
  /** Folders in which more may be. */
  readonly unreadable: readonly FileError[]
}

/**
 * The spec files to work on: those named, or all below the working folder, less node_modules, dotted folders and files and the output
 * folder. Whether a file that was found can be read shows when it is.
 * With `types` those alone that bundlers import.
 * @throws UsageError where a named file doesn't exist, or there is none at all; FileError where one can't be looked at.
 */
export async function findSpecs(
  named: readonly string[],
  { out, types }: Pick<GenerateOptions, 'out' | 'types'>,
): Promise<FoundSpecs> {
  for (const file of named) {
    const found = await lookAt(file)
    if (!found) throw new UsageError(`there is no file ${file}`)
    if (!found.isFile())
      throw new UsageError(
        `${file} is not a file; name specs, or none to take every *.net.{yaml,yml,json,ts} below here`,
      )
    if (!isSpec(file))
      throw new UsageError(`${file} is not a spec: its name must end in .net.yaml, .net.yml, .net.json or .net.ts`)
    if (types && programSpec.test(file))
      throw new UsageError(
        `${file} is a program, which bundlers don't import: generate its module, which has its types`,
      )
  }
  const unreadable: FileError[] = []
  const found = named.length > 0 ? named.map((file) => relative('.', file)) : await walk('.', out, unreadable)
  const files = types ? found.filter((file) => !programSpec.test(file)) : found
  if (files.length + unreadable.length === 0)
    throw new UsageError(
      'there is no *.net.{yaml,yml,json,ts} below this folder; name a spec, or write one: see the README',
    )
  return { specs: [...new Set(files.map(portable))].sort(), unreadable }
}

async function walk(folder: string, out: string, unreadable: FileError[]): Promise<string[]> {
  const entries = await reported('list', folder, () => readdir(folder, { withFileTypes: true })).catch(
    (error: unknown) => {
      if (!(error instanceof FileError)) throw error
      unreadable.push(error)
      return []
    },
  )
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (isPassedBy(path, out)) return []
      if (entry.isDirectory()) return walk(path, out, unreadable)
      return isSpec(entry.name) && !(await leadsToFolder(entry, path)) ? [path] : []
    }),
  )
  return found.flat()
}

/** Links to folders aren't followed, whatever their names. */
async function leadsToFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** What is at a path; undefined where nothing is. */
async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await reported('read', path, () => stat(path))
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined
    throw error
  }
}
