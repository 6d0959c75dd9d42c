import { announce } from './announce.ts'
import type { Names } from './names.ts'
import type { ModuleDescription, ProgramDescription } from '../emit/description.ts'
import { isRepeat, kernelsOf, type Kernel, type Step } from '../loops/notation/kernel.ts'
import type { Network } from '../language/networks/network.ts'
import { wasmCosts } from '../targets/wasm/costs.ts'
import { headingOf } from '../targets/share.ts'
import { printModule, type Program, type Run } from '../targets/wasm/module.ts'
import type { LoweredNetwork } from '../programs/lowering.ts'
import { describeKernels } from './kernels.ts'
import { callKernels, describeSections, kernelsByProgram, uniformsOf, type PrintedNetwork } from './sections.ts'
import { announceUpdate, callUpdates, clipStatements, updateEquations, updateSection } from '../programs/update.ts'

/** Kernels as a WebAssembly module, beside which the emitted one holds calls of its exports. */
export function printWasm(
  network: Network,
  lowered: LoweredNetwork,
  names: Names,
  precision: ModuleDescription['precision'],
): PrintedNetwork & { readonly wat: string; readonly imports: readonly string[] } {
  const costs = wasmCosts(precision)
  const kernels = new Set(Object.values(lowered.programs).flatMap(({ steps }) => kernelsOf(steps)))
  const calls = callKernels(kernels, lowered, costs, network)
  const callFor = (kernel: Kernel) => calls.get(kernel)!
  const runOf = (step: Step): Run =>
    isRepeat(step)
      ? { times: Number(step.time.extent), reverse: step.reverse, body: step.body.map(callFor) }
      : callFor(step)

  const exported: Program[] = []
  const exportProgram = (
    name: string,
    runs: readonly Run[],
    parameters: readonly string[],
    given: readonly string[],
  ) => {
    if (runs.length === 0) return []
    exported.push({ name, runs, parameters })
    return [`kernelsIn(arena).${name}(${given.join(', ')})`]
  }
  const program = (name: keyof LoweredNetwork['programs']): ProgramDescription => {
    const { steps } = lowered.programs[name]
    const uniforms = uniformsOf(kernelsOf(steps).map(callFor))
    return { calls: exportProgram(name, steps.map(runOf), ['n', ...uniforms], ['n', ...uniforms]), uniforms }
  }
  const { norms, updates, uniforms } = callUpdates(lowered, costs)
  const clip = clipStatements(lowered, network.emit.math)
  const given = updates[0]?.given ?? {}
  const updateParameters = [...uniforms, ...(clip.length > 0 ? ['clip'] : [])]
  const programs = {
    predict: program('predict'),
    loss: program('loss'),
    gradient: program('gradient'),
    commit: program('commit'),
    initialize: program('initialize'),
    update: {
      calls: [
        ...exportProgram('norm', norms, [], []),
        ...clip,
        ...exportProgram(
          'update',
          updates,
          updateParameters,
          updateParameters.map((name) => given[name] ?? name),
        ),
      ],
      uniforms,
    },
  }
  const announceAny = (kernel: Kernel) =>
    kernels.has(kernel) ? announce(kernel, names) : announceUpdate(lowered.update)(kernel)
  const { functions, ...printed } = printModule(exported, announceAny, precision)
  const comments = functions
    .map((routine) => ({
      kernel: routine.calls[0].kernel,
      text: [routine.name, ...headingOf(routine)].map((line) => `// ${line}`).join('\n'),
    }))
    .filter(({ kernel }) => kernels.has(kernel))
  const sections = [...describeSections(network, comments, names), updateSection(lowered.update, [])]
  const described = describeKernels(
    functions,
    kernelsByProgram(lowered, [...norms, ...updates]),
    updateEquations(lowered.update),
  )
  return { programs, sections, kernels: described, ops: new Set(), ...printed }
}
