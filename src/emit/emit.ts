import type { Pass } from '../base/passes.ts'
import type { AssembleOptions } from '../targets/target.ts'
import type { ModuleDescription } from './description.ts'
import { finish } from './finish.ts'
import { inlineRuntime } from './inline.ts'
import { assembleKernels, type Kernels } from './kernels.ts'
import { measure, type Measures } from './measure.ts'
import { render } from './render.ts'
import { stamp } from './stamp.ts'
import { absentCalls, moduleView, runtimeRoots } from './view.ts'

export interface EmittedModule {
  /** The whole TypeScript file's text. */
  readonly text: string
  /** What `<name>.wasm` beside it holds, where the kernels have a file of their own. */
  readonly wasm?: Uint8Array
  /** The kernels for readers, where they are WebAssembly: what `<name>.wat` may hold. */
  readonly wat?: string
  readonly measures: Measures
}

/** Puts printed kernels into a standalone module, which is checked and formatted. */
export const emit: Pass<
  { readonly description: ModuleDescription; readonly optimize: boolean },
  { readonly emitted: EmittedModule }
> = {
  name: 'type-check and format',
  run: async ({ description, optimize }) => ({ emitted: await emitModule(description, { optimize }) }),
}

/** The standalone module of a description. Fault: it doesn't pass its checks. */
export async function emitModule(
  description: ModuleDescription,
  options: AssembleOptions = {},
): Promise<EmittedModule> {
  const kernels = await assembleKernels(description, options)
  const text = stamp(await finish(await renderText(description, kernels)))
  const measures = await measure(text, kernels?.bytes)
  if (!kernels) return { text, measures }
  const { bytes, wat } = kernels
  return { text, ...(description.wasm!.placement === 'file' ? { wasm: bytes } : {}), wat, measures }
}

/** The module's text as the template gives it, unchecked and unformatted. */
export async function renderModule(description: ModuleDescription): Promise<string> {
  return renderText(description, await assembleKernels(description, {}))
}

async function renderText(description: ModuleDescription, kernels: Kernels | undefined): Promise<string> {
  const runtime = await inlineRuntime(runtimeRoots(description), absentCalls(description), description.math)
  return render(moduleView(description, runtime, kernels))
}
