import { FormulaFault } from '../formulas/formula.ts'
import { nestingMessage } from '../text/limits.ts'
import { Misfit } from '../words/misfit.ts'
import { Evaluation } from './evaluate.ts'
import { faultAt, nameOf, type FunctionFiles } from './file.ts'
import { PointwiseFunction } from './pointwise.ts'

export { FunctionFiles } from './file.ts'

/**
 * Reads a function that a file exports.
 * @param path as diagnostics show it: absolute, or relative to the working folder.
 * @throws Misfit when there is no such function; FormulaFault at what can't be read.
 */
export function readFunction(files: FunctionFiles, path: string, name: string): PointwiseFunction {
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
