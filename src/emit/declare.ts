import type { ModuleDescription } from './description.ts'
import type { Kernels } from './kernels.ts'

/** What a declaration's text is made from. */
export interface Context {
  readonly module: ModuleDescription
  /** Where the kernels are WebAssembly. */
  readonly kernels?: Kernels | undefined
}

/** A declaration of a module, but for its docstring, which stands in `src/runtime`. */
export interface Declare {
  /** Whether a module has it; every module has it unless told. */
  readonly when?: (module: ModuleDescription) => boolean
  /** Whether nothing in a module calls it, as what of the runtime would do so isn't there: then the module is without it too. */
  readonly unused?: (module: ModuleDescription) => boolean
  /** The program that it runs. */
  readonly runs?: string
  readonly text: (context: Context) => string
}
