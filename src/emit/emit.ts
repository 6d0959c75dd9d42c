import type { Pass } from '../base/passes.ts'
import type { AssembleOptions } from '../targets/target.ts'
import type { Context } from './declarations.ts'
import type { ModuleDescription } from './description.ts'
import { format, formatFunction } from './format.ts'
import { inlineRuntime } from './inline.ts'
import { assembleKernels, filesBeside } from './kernels.ts'
import { commentText } from './literal.ts'
import { render } from './render.ts'
import { absentNames, runtimeRoots } from './roots.ts'
import { hostSlots, moduleSlots } from './slots.ts'
import { stamp } from './stamp.ts'

export interface EmittedModule {
  /** The whole TypeScript file's text. */
  readonly text: string
  /** The kernels' binary, where they are WebAssembly: in the text as base64, or beside it. */
  readonly binary?: Uint8Array
  /** What the files that may lie beside the text hold, by the suffixes of their names: `.wasm`, `.wat`. */
  readonly beside: Readonly<Record<string, string | Uint8Array>>
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
  const text = stamp(await printModule({ module: description, kernels }, finished))
  return { text, ...(kernels ? { binary: kernels.bytes } : {}), beside: filesBeside(description, kernels) }
}

/** The module's text, unchecked and unformatted. */
export async function renderModule(module: ModuleDescription): Promise<string> {
  return printModule({ module, kernels: await assembleKernels(module, {}) }, asRendered)
}

/** What becomes of a module's own parts before they stand in it. */
interface Finish {
  readonly host: (text: string) => Promise<string> | string
  readonly kernel: (text: string) => Promise<string> | string
  readonly check: (own: string, signatures: readonly string[]) => Promise<void> | void
}

const asRendered: Finish = { host: (text) => text, kernel: (text) => text, check: () => {} }
const finished: Finish = {
  host: format,
  kernel: formatFunction,
  check: async (own, signatures) => {
    const { check } = await import('./check.ts')
    check(own, signatures)
  },
}

/** The runtime's part is formatted and checked where it is built. */
async function printModule(context: Context, finish: Finish): Promise<string> {
  const { module } = context
  const runtime = inlineRuntime(runtimeRoots(module), absentNames(module), module.math)
  const own = await render('host', hostSlots(context, runtime))
  const functions = module.sections.map(({ functions }) => functions)
  await finish.check(
    [own, ...functions.flat()].join('\n'),
    runtime.filter(({ file }) => file !== 'interface.ts').map(({ signature }) => signature),
  )
  const sections = await Promise.all(
    module.sections.map(async ({ title, equations, functions }) => ({
      title: commentText(title),
      equations: equations.map(commentText),
      functions: await Promise.all(functions.map(finish.kernel)),
    })),
  )
  const host = (await finish.host(own)).trimEnd()
  return render('module', moduleSlots(context, { host, sections }, runtime))
}
