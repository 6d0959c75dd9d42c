import { announce } from './announce.ts'
import type { Names } from './names.ts'
import type { ProgramDescription } from '../emit/description.ts'
import { kernelsOf, type Kernel, type Step } from '../loops/notation/kernel.ts'
import type { Call } from '../loops/routine/routine.ts'
import type { Network } from '../language/networks/network.ts'
import { typescriptCosts } from '../targets/typescript/costs.ts'
import { printFunctions, printSteps } from '../targets/typescript/functions.ts'
import type { LoweredNetwork } from '../programs/lowering.ts'
import { describeKernels } from './kernels.ts'
import { callKernels, describeSections, kernelsByProgram, uniformsOf, type PrintedNetwork } from './sections.ts'
import { announceUpdate, callUpdates, clipStatements, updateEquations, updateSection } from '../programs/update.ts'

/** Kernels as functions of the module. */
export function printTypescript(network: Network, lowered: LoweredNetwork, names: Names): PrintedNetwork {
  const { programs } = lowered
  const { math } = network.emit
  const kernels = new Set(Object.values(programs).flatMap(({ steps }) => kernelsOf(steps)))
  const calls = callKernels(kernels, lowered, typescriptCosts, network)
  const printed = printFunctions(
    [...calls.values()],
    (kernel) => announce(kernel, names),
    math,
    smallAndRunOnce(calls, programs),
  )
  const program = ({ steps }: { readonly steps: readonly Step[] }): ProgramDescription => ({
    calls: printSteps(steps, (kernel) => printed.calls.get(calls.get(kernel)!)!),
    uniforms: uniformsOf(kernelsOf(steps).map((kernel) => calls.get(kernel)!)),
  })
  const { norms, updates, uniforms } = callUpdates(lowered, typescriptCosts)
  const update = printFunctions([...norms, ...updates], announceUpdate(lowered.update), math)
  const statements = (list: readonly Call[]) => list.map((call) => update.calls.get(call)!)
  const updateFunctions = update.functions.map(({ text }) => text)
  return {
    programs: {
      predict: program(programs.predict),
      loss: program(programs.loss),
      gradient: program(programs.gradient),
      commit: program(programs.commit),
      initialize: program(programs.initialize),
      update: { calls: [...statements(norms), ...clipStatements(lowered, math), ...statements(updates)], uniforms },
    },
    sections: [...describeSections(network, printed.functions, names), updateSection(lowered.update, updateFunctions)],
    kernels: describeKernels(
      [...printed.routines, ...update.routines],
      kernelsByProgram(lowered, [...norms, ...updates]),
      updateEquations(lowered.update),
    ),
    ops: new Set([...printed.ops, ...update.ops]),
  }
}

/** Bytes of bytecode up to which the kernels that one program alone runs, once, are written where they run. */
const writtenInPlace = 2_500

/** In a network of a few dozen parameters, calls between functions take a sixth of a step. */
function smallAndRunOnce(calls: ReadonlyMap<Kernel, Call>, programs: LoweredNetwork['programs']): ReadonlySet<Call> {
  const runs = Object.values(programs).flatMap(({ steps }) => kernelsOf(steps))
  const once = [...calls.values()].filter(({ kernel }) => runs.indexOf(kernel) === runs.lastIndexOf(kernel))
  const bytecode = once.reduce((sum, { routine }) => sum + routine.bytecode, 0)
  return new Set(bytecode <= writtenInPlace ? once : [])
}
