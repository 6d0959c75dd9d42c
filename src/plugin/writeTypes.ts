import { basename } from 'node:path'
import { FileError } from '../host/fileError.ts'
import { findDrift } from '../host/files.ts'
import { findGuarded } from '../host/guards.ts'
import { files } from '../host/node.ts'
import { typesPathOf } from './specs.ts'

/** Writings that are under way: no two plugins of one process write at once. */
let writing: Promise<unknown> = Promise.resolve()

/**
 * Writes the types of a spec's module beside it, if they differ from what is there.
 * @returns why they weren't, which keeps nothing from being built; undefined if all is well.
 */
export function writeTypes(spec: string, types: string): Promise<string | undefined> {
  const written = writing.then(() => write(typesPathOf(spec), types))
  writing = written.catch(() => undefined)
  return written
}

async function write(path: string, contents: string): Promise<string | undefined> {
  const output = { path, contents }
  try {
    if ((await findDrift(files, [output])).length === 0) return undefined
    const guard = (await findGuarded([path])).get(path)
    if (guard instanceof FileError) return guard.message
    if (guard !== undefined) return `${basename(path)} ${guard}: remove it, and it is written anew`
    await files.write([output])
    return undefined
  } catch (error) {
    if (error instanceof FileError) return error.message
    throw error
  }
}
