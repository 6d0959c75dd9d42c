import { nestingMessage } from '../text/limits.ts'
import { Misfit, type FormulaFault } from '../words/misfit.ts'
import { Evaluation } from './evaluate.ts'
import { faultAt, nameOf, Unread, type FunctionFiles } from './file.ts'
import { PointwiseFunction } from './pointwise.ts'

export { FunctionFiles } from './file.ts'

/**
 * Reads a function that a file exports.
 * @param path as diagnostics show it: absolute, or relative to where the spec's own path is.
 * @throws Misfit when there is no such function; FormulaFault at what can't be read.
 */
export async function readFunction(files: FunctionFiles, path: string, name: string): Promise<PointwiseFunction> {
  // Which files a function needs shows as it is evaluated, which takes no time beside reading one: so it starts again with each.
  for (;;) {
    try {
      return functionOf(files, path, name)
    } catch (error) {
      if (!(error instanceof Unread)) throw error
      await files.load(error.path)
    }
  }
}

function functionOf(files: FunctionFiles, path: string, name: string): PointwiseFunction {
  const { file, declaration } = files.exported(path, name)
  const { node, kind } = declaration
  if (kind !== 'function') throw new Misfit('function', `${path} exports '${name}', and it is no function`)
  const fault = (message: string): FormulaFault => faultAt(file, nameOf(node), 'function', message)
  return new PointwiseFunction((x) => {
    try {
      const value = new Evaluation(files, x).call(file, node, [x], fault)
      if (typeof value === 'function') throw fault('expected a function to a number: this gives true or false')
      return value
    } catch (error) {
      // Long chains are followed recursively.
      throw error instanceof RangeError ? faultAt(file, nameOf(node), 'limit', nestingMessage) : error
    }
  })
}
