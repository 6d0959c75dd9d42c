import { AsyncLocalStorage } from 'node:async_hooks'
import { dirname, join } from 'node:path/posix'
import { z } from 'zod'
import { FormulaFault } from '../formulas/formula.ts'
import { Misfit } from '../words/misfit.ts'
import { reportFault, reportIssue } from '../words/word.ts'
import type { FunctionFiles } from './file.ts'
import type { PointwiseFunction } from './pointwise.ts'

interface Spec {
  readonly folder: string
  /** Made by the first function, since TypeScript takes a second to load. */
  files?: FunctionFiles
}

/** The spec that is being checked: zod tells the check of an argument nothing but the argument. */
const current = new AsyncLocalStorage<Spec>()

/** Runs the check of a spec, whose functions lie beside `file`. */
export function beside<T>(file: string, check: () => T): T {
  return current.run({ folder: dirname(file.replaceAll('\\', '/')) }, check)
}

/** The type of an argument that names a function: `./swish.ts#swish`. */
export const functionReference = z.string().transform(async (text, context): Promise<PointwiseFunction> => {
  const match = /^(?<path>\.\.?\/[^#]+)#(?<name>[^#]+)$/.exec(text)
  if (!match) {
    const message = 'expected a function of a file beside the spec, as ./swish.ts#swish'
    reportIssue(context, text, [], message, { code: 'wrong-type' })
    return z.NEVER
  }
  const { path, name } = match.groups as { path: string; name: string }
  const spec = current.getStore()!
  const { FunctionFiles, readFunction } = await import('./read.ts')
  const files = (spec.files ??= new FunctionFiles())
  try {
    return readFunction(files, join(spec.folder, path), name)
  } catch (error) {
    if (error instanceof FormulaFault) reportFault(context, text, [], error)
    else if (error instanceof Misfit)
      reportIssue(context, text, [], error.message, { code: error.code, hint: error.hint })
    else throw error
    return z.NEVER
  }
})
