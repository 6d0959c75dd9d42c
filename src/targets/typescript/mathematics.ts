import { isPortable, portableFunctions, portableOps } from '../../graph/elementary/index.ts'
import type { PointwiseOp } from '../../graph/op.ts'
import { writeFormula } from '../../loops/routine/formula.ts'
import type { Mathematics } from '../../base/mathematics.ts'
import { portableName, runtimeFunctionOf } from './expression.ts'
import { printBody } from './routine.ts'

/** The functions that the spellings of ops call: of the runtime, and portable ones. */
export function functionsFor(ops: Iterable<PointwiseOp>, math: Mathematics): string[] {
  const nameOf = (op: PointwiseOp) => (math === 'portable' && isPortable(op) ? portableName(op) : runtimeFunctionOf(op))
  return [...new Set(Array.from(ops).flatMap((op) => nameOf(op) ?? []))]
}

export interface PrintedFunction {
  readonly name: string
  /** The formula in words, and its author. */
  readonly source: string
  readonly text: string
}

/** All portable functions. As all arithmetic, whatever is stored, they are double. */
export function printPortable(): PrintedFunction[] {
  return portableFunctions(portableOps, 'f64').map(({ op, source, parameters, formula }) => {
    const { body, result } = writeFormula(formula)
    const list = parameters.map((name) => `${name}: number`).join(', ')
    const name = portableName(op)
    const text = `function ${name}(${list}): number {\n${printBody({ body, buffers: [] }, [], { math: 'portable', precision: 'f64' }, result)}\n}`
    return { name, source, text }
  })
}
