import { argumentsOf, spelled, type CalledProgram } from '../program.ts'
import { headingOf } from '../share.ts'
import type { PrintOptions, Printed, Target } from '../target.ts'
import { assemble } from './assemble.ts'
import { wasmCosts } from './costs.ts'
import { printModule } from './module.ts'

/** Kernels are a WebAssembly module of their own, beside which the emitted one holds calls of its exports. */
export const wasm: Target = {
  costs: wasmCosts,
  print,
  beside: {
    text: { suffix: '.wat', comment: ';;', onRequest: true },
    binary: { suffix: '.wasm', types: '.wasm.d.ts', assemble },
  },
}

function print(programs: readonly CalledProgram[], { announce, precision, looks }: PrintOptions): Printed {
  const running = programs.filter(({ actions }) => actions.length > 0)
  const exported = running.map((program) => ({ ...program, parameters: argumentsOf(program) }))
  const { wat, functions, imports } = printModule(exported, announce, precision, looks)
  const statements = exported.map(({ name, parameters }) => {
    const call = `kernelsIn(arena).${name}(${['arena.byteOffset', ...parameters.map(spelled)].join(', ')})`
    return [name, [call]] as const
  })
  const texts = functions
    .filter(({ equations }) => equations.length > 0)
    .map((routine) => ({
      kernel: routine.calls[0].kernel,
      text: [routine.name, ...headingOf(routine)].map((line) => `// ${line}`).join('\n'),
    }))
  return {
    ...{ statements: new Map(statements), texts, routines: functions, ops: new Set() },
    beside: { text: wat, imports },
  }
}
