import { Passes, type Pass } from '../base/passes.ts'
import { Fault } from '../base/fault.ts'
import { lazy } from '../base/lazy.ts'
import type { AssembleOptions } from '../targets/target.ts'
import type { ModuleDescription } from './description.ts'
import { formatDeclarations } from './format.ts'
import { inlineRuntime, type Inlined } from './inline.ts'
import { assembleKernels, filesBeside, type Kernels } from './kernels.ts'
import { commentText } from './literal.ts'
import { render } from './render.ts'
import { absentNames, runtimeRoots } from './roots.ts'
import { hostSlots, moduleSlots } from './slots.ts'
import { isOurs, stamp } from './stamp.ts'

export interface EmittedModule {
  /** The whole TypeScript file's text. */
  readonly text: string
  /** The kernels' binary, where they are WebAssembly: in the text as base64, or beside it. */
  readonly binary?: Uint8Array
  /** What the files that may lie beside the text hold, by the suffixes of their names: `.wasm`, `.wasm.d.ts`, `.wat`. */
  readonly beside: Readonly<Record<string, string | Uint8Array>>
}

interface Described {
  readonly description: ModuleDescription
  readonly optimize: boolean
}

interface Assembled {
  /** Where the module runs kernels in WebAssembly. */
  readonly kernels: Kernels | undefined
}

/** A module's own parts as they are filled in, and what it copies of the runtime. */
interface Filled {
  readonly parts: {
    readonly host: string
    /** The functions of each section. */
    readonly functions: readonly (readonly string[])[]
    readonly runtime: readonly Inlined[]
  }
}

/** Makes bytes of kernels that are WebAssembly. Fault: they are none. */
export const assemble: Pass<Described, Assembled> = {
  name: 'assemble',
  run: async ({ description, optimize }) => ({ kernels: await assembleKernels(description, { optimize }) }),
}

const loadChecker = lazy(() => import('./check.ts'))

/** Defines what the runtime takes for declared, and copies what the module uses of it. */
export const fill: Pass<Described & Assembled, Filled> = {
  name: 'fill in',
  run: async ({ description: module, kernels }) => {
    const runtime = inlineRuntime(runtimeRoots(module), absentNames(module), module.math)
    const host = await render('host', hostSlots({ module, kernels }, runtime))
    return { parts: { host, functions: module.sections.map(({ functions }) => functions), runtime } }
  },
  // The runtime's part is checked where it is built.
  check: async ({ parts: { host, functions, runtime } }) => {
    const { check } = await loadChecker()
    const shared = runtime.filter(({ file }) => file !== 'interface.ts')
    check(host, functions.flat(), new Map(shared.map(({ name, signature }) => [name, signature])))
  },
}

/** Formats the module's own parts, and puts all parts into one text. */
export const finish: Pass<Described & Assembled & Filled, { readonly emitted: EmittedModule }> = {
  name: 'format',
  run: async ({ description, kernels, parts: { host, functions, runtime } }) => {
    const formatted = {
      host: await formatDeclarations(host),
      functions: await Promise.all(functions.map((list) => Promise.all(list.map(formatDeclarations)))),
      runtime,
    }
    return {
      emitted: await emittedOf(description, kernels, await stamp(await joined(description, kernels, formatted))),
    }
  },
  check: ({ emitted: { text, beside } }) => {
    for (const file of [text, ...Object.values(beside)])
      if (!isOurs(file)) throw new Fault('A file that was generated does not say so.')
  },
}

/** Puts all parts into one text, which nobody is to read: neither formatted nor stamped. */
export const join: Pass<Described & Assembled & Filled, { readonly emitted: EmittedModule }> = {
  name: 'join',
  run: async ({ description, kernels, parts }) => ({
    emitted: await emittedOf(description, kernels, await joined(description, kernels, parts)),
  }),
}

async function emittedOf(
  description: ModuleDescription,
  kernels: Kernels | undefined,
  text: string,
): Promise<EmittedModule> {
  const beside = await filesBeside(description, kernels)
  return { text, ...(kernels ? { binary: kernels.bytes } : {}), beside }
}

const emitting = Passes.from<Described>().add(assemble).add(fill).add(finish)

/** The standalone module of a description. Fault: it doesn't pass its checks. */
export async function emitModule(
  description: ModuleDescription,
  { optimize = false }: AssembleOptions = {},
): Promise<EmittedModule> {
  return (await emitting.run({ description, optimize })).emitted
}

/** The module's text, unchecked and unformatted. */
export async function renderModule(description: ModuleDescription): Promise<string> {
  const described = { description, optimize: false }
  const assembled = { ...described, ...(await assemble.run(described)) }
  return joined(description, assembled.kernels, (await fill.run(assembled)).parts)
}

function joined(
  module: ModuleDescription,
  kernels: Kernels | undefined,
  { host, functions, runtime }: Filled['parts'],
): Promise<string> {
  const sections = module.sections.map(({ title, equations }, k) => ({
    title: commentText(title),
    equations: equations.map(commentText),
    functions: functions[k]!,
  }))
  return render('module', moduleSlots({ module, kernels }, { host, sections }, runtime))
}
