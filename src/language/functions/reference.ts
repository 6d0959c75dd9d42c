import { z } from '../words/zod.ts'
import { lazy } from '../../base/lazy.ts'
import { folderOf, joinPath } from '../../base/path.ts'
import type { SpecSource } from '../text/source.ts'
import { orIssue, reportIssue } from '../words/word.ts'
import type { FunctionFiles } from './file.ts'
import type { PointwiseFunction } from './pointwise.ts'

/** The type of an argument that names a function: `./swish.ts#swish`. */
export type FunctionReference = z.ZodType<PointwiseFunction, string>

/** TypeScript takes a second to load. */
const loadReader = lazy(() => import('./read.ts'))

/** Takes functions of files beside a spec, read by the spec's host. */
export function functionsBeside({ file, readFile }: Pick<SpecSource, 'file' | 'readFile'>): FunctionReference {
  const folder = folderOf(file)
  let files: FunctionFiles | undefined
  return z.string().transform(async (text, context) => {
    const match = /^(?<path>\.\.?\/[^#]+)#(?<name>[^#]+)$/.exec(text)
    if (!match) {
      const message = 'expected a function of a file beside the spec, as ./swish.ts#swish'
      reportIssue(context, text, [], { code: 'wrong-type', message })
      return z.NEVER
    }
    if (!readFile) {
      const hint = 'give readSpecText a readFile, or write the function as an expression'
      reportIssue(context, text, [], { code: 'function', message: 'this host reads no files of functions', hint })
      return z.NEVER
    }
    const { path, name } = match.groups as { path: string; name: string }
    const { FunctionFiles, readFunction } = await loadReader()
    files ??= new FunctionFiles(readFile)
    return orIssue(context, text, readFunction(files, joinPath(folder, path), name))
  })
}
