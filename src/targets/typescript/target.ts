import type { Call } from '../../loops/routine/routine.ts'
import { sizeOf } from '../../loops/routine/size.ts'
import { callsOf, isLoop, type CalledProgram } from '../program.ts'
import type { PrintOptions, Printed, Target } from '../target.ts'
import { typescriptCosts } from './costs.ts'
import { printFunctions, printLoop } from './functions.ts'

/** Kernels are functions of the module. */
export const typescript: Target = { costs: () => typescriptCosts, print }

function print(programs: readonly CalledProgram[], { announce, ...numbers }: PrintOptions): Printed {
  const calls = new Set(programs.flatMap(callsOf))
  const printed = printFunctions([...calls], announce, numbers, smallAndRunOnce(programs))
  const statementOf = (call: Call) => printed.calls.get(call)!
  const statements = programs.map(({ name, actions }) => {
    const list = actions.map((action) =>
      isLoop(action) ? printLoop(action, action.body.map(statementOf)) : statementOf(action),
    )
    return [name, list] as const
  })
  return { ...printed, statements: new Map(statements), texts: printed.functions }
}

/** Bytes of bytecode up to which the kernels that one program alone runs, once, are written where they run. */
const writtenInPlace = 2_500

/** In a network of a few dozen parameters, calls between functions take a sixth of a step. */
function smallAndRunOnce(programs: readonly CalledProgram[]): ReadonlySet<Call> {
  const runs = new Map<Call, number>()
  for (const call of programs.flatMap(callsOf)) if (call.count === undefined) runs.set(call, (runs.get(call) ?? 0) + 1)
  const once = [...runs].filter(([, times]) => times === 1).map(([call]) => call)
  const size = once.reduce((sum, { routine }) => sum + sizeOf(routine, typescriptCosts.sizes), 0)
  return new Set(size <= writtenInPlace ? once : [])
}
