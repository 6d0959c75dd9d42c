import { guards, placeOfStamp } from '../emit/stamp.ts'
import { FileError } from './fileError.ts'
import { contentOf, originsOf } from './files.ts'
import { files } from './node.ts'

/** Of `paths`, those where a file is that isn't as it was generated: what it is, or why it can't be read. */
export async function findGuarded(paths: readonly string[]): Promise<Map<string, string | FileError>> {
  const guarded = new Map<string, string | FileError>()
  for (const [path, origin] of await originsOf(files, paths))
    if (origin instanceof FileError) guarded.set(path, origin)
    else if (origin !== 'generated')
      guarded.set(path, guards[origin] + (origin === 'edited' ? await placeOfEdit(path) : ''))
  return guarded
}

/** What shows that a text was edited: a change of the stamp itself is as good as one of what it stands for. */
async function placeOfEdit(path: string): Promise<string> {
  const content = contentOf(path, (await files.read(path)) ?? new Uint8Array())
  if (typeof content !== 'string') return ''
  const { line, column } = placeOfStamp(content)
  return ` (the stamp at ${path}:${line}:${column} isn't that of its text)`
}
