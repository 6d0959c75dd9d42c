import { Fault } from '../../base/fault.ts'
import type { AssembleOptions } from '../target.ts'
import { optimized } from './optimize.ts'

/** The features that every engine with SIMD has. A newer one would keep some from reading the file. */
const features = {
  ...{ simd: true, bulk_memory: true, mutable_globals: true, sat_float_to_int: true, sign_extension: true },
  ...{ multi_value: false, reference_types: false, relaxed_simd: false },
}

/**
 * The binary of a WebAssembly module given as text, for engines that have SIMD.
 * @throws MissingPackageError if it is to be optimised and binaryen isn't installed; Fault, with the place and its line, where the text
 *   isn't valid.
 */
export async function assemble(wat: string, { optimize = false }: AssembleOptions = {}): Promise<Uint8Array> {
  const { parseWat } = await (loaded ??= load())
  const binary = refused(() => {
    const module = parseWat('kernels.wat', wat, features)
    // Wabt's types don't say that this takes features too. Without, it would allow those that it thinks usual.
    const checked: { validate(allowed: typeof features): void } = module
    try {
      checked.validate(features)
      return module.toBinary({}).buffer
    } finally {
      module.destroy()
    }
  })
  return optimize ? optimized(binary) : binary
}

let loaded: ReturnType<typeof load> | undefined

async function load() {
  const { default: wabt } = await import('./wabt.ts')
  return wabt()
}

/** Wabt's errors say which of its steps failed, then for each mistake `kernels.wat:line:column: error: …`, the line, and a mark below. */
function refused<T>(action: () => T): T {
  try {
    return action()
  } catch (cause) {
    const mistakes = /^(?:parseWat|validate) failed:\n([^]*)$/.exec((cause as Error).message)?.[1]
    if (mistakes !== undefined) throw new Fault(`The kernels aren't valid WebAssembly.\n${mistakes.trimEnd()}`)
    // It trapped, and has left its memory in no known state: the next text gets another.
    loaded = undefined
    throw cause
  }
}
