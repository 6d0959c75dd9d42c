import type { AssembleOptions } from '../targets/wasm/assemble.ts'
import type { ModuleDescription } from './description.ts'
import { finish } from './finish.ts'
import { inlineRuntime } from './inline.ts'
import { assembleKernels, type Kernels } from './kernels.ts'
import { render } from './render.ts'
import { stamp } from './stamp.ts'
import { absentCalls, moduleView, runtimeRoots } from './view.ts'

export interface EmittedModule {
  /** The whole TypeScript file's text. */
  readonly text: string
  /** The kernels' binary, where they are WebAssembly: in the text as base64, or beside it. */
  readonly binary?: Uint8Array
  /** The same binary, where it is what `<name>.wasm` beside the text holds. */
  readonly wasm?: Uint8Array
  /** The kernels for readers, where they are WebAssembly: what `<name>.wat` may hold. */
  readonly wat?: string
}

/** The standalone module of a description. Fault: it doesn't pass its checks. */
export async function emitModule(
  description: ModuleDescription,
  options: AssembleOptions = {},
): Promise<EmittedModule> {
  const kernels = await assembleKernels(description, options)
  const text = stamp(await finish(await renderText(description, kernels)))
  if (!kernels) return { text }
  const { bytes: binary, wat } = kernels
  return { text, binary, ...(description.wasm!.placement === 'file' ? { wasm: binary } : {}), wat }
}

/** The module's text as the template gives it, unchecked and unformatted. */
export async function renderModule(description: ModuleDescription): Promise<string> {
  return renderText(description, await assembleKernels(description, {}))
}

async function renderText(description: ModuleDescription, kernels: Kernels | undefined): Promise<string> {
  const runtime = await inlineRuntime(runtimeRoots(description), absentCalls(description), description.math)
  return render(moduleView(description, runtime, kernels))
}
