import type { Diagnostic } from './base/errors.ts'
import { Passes, type Timing } from './base/passes.ts'
import type { Only } from './base/only.ts'
import type { Precision } from './base/precision.ts'
import type { TargetName } from './base/target.ts'
import { describe } from './describe/describe.ts'
import { print } from './describe/print.ts'
import type { ModuleDescription } from './emit/description.ts'
import { assemble, fill, finish, join, type EmittedModule } from './emit/emit.ts'
import type { Network } from './language/networks/network.ts'
import { diagnose, FindingError } from './language/text/source.ts'
import { arrange } from './programs/arrange.ts'
import { differentiate } from './programs/differentiate.ts'
import { keep } from './programs/keep.ts'
import { lower, pack } from './programs/lower.ts'
import { plan } from './programs/plan.ts'
import type { LoweredProgram } from './programs/program.ts'
import { recognise } from './programs/recognise.ts'
import { schedule } from './programs/schedule.ts'
import { warn } from './programs/warn.ts'

/** What a compilation starts from. */
interface Start {
  readonly network: Network
  readonly specFile: string
  readonly optimize: boolean
}

/** From a network to kernels, each buffer in its place. */
const lowering = Passes.from<Start>()
  .add(recognise) // forms that stay finite, for textbook formulas
  .add(differentiate) // the graphs of what is predicted, lost and trained
  .add(warn) // what compiles and can't be meant
  .add(arrange) // the programs, and the tensors that their caller sees
  .add(lower) // kernels in index notation
  .add(keep) // what inference alone has of them, where a module is to have no more
  .add(pack) // operands in the order in which they are read
  .add(plan) // what runs a second time, and a place for each buffer

/** From there to all that the module holds, as plain data and printed text. */
const describing = lowering
  .add(schedule) // loops, register tiles, lanes: statements
  .add(print) // the target's text
  .add(describe)

/** From there to the parts of the module's text, checked. */
const filling = describing
  .add(assemble) // WebAssembly's bytes
  .add(fill) // what the module declares, and what it copies of the runtime

/** The whole compiler: each pass with a checker after it. */
const compiling = filling.add(finish) // the module's text

/** The same for a text that is read by no one. */
const drafting = filling.add(join)

/** The names of the passes, in order. */
export const passNames: readonly string[] = compiling.names

/** The same of those that describe a network without making its module. */
export const describingPassNames: readonly string[] = describing.names

export interface CompileOptions {
  /** In place of the spec's. */
  readonly target?: TargetName
  /** In place of the spec's. */
  readonly precision?: Precision
  /** In place of the spec's: `model` is inference alone. */
  readonly only?: Only
  /** Whether binaryen, which isn't installed with tapeless, optimises WebAssembly kernels. */
  readonly optimize?: boolean
  /** Called as each pass begins, which waits for what it promises. */
  readonly onPass?: (name: string) => void | Promise<void>
}

export interface CompiledModule extends EmittedModule {
  readonly description: ModuleDescription
  /** What was found in the spec that compiles, and that hardly anybody means: by loading it and by compiling it. */
  readonly warnings: readonly Diagnostic[]
  /** How long each pass took. */
  readonly timings: readonly Timing[]
}

/**
 * The whole way from a network to the text of its module, and to the WebAssembly beside it.
 * @param specFile what the module's header names as its source.
 * @throws SpecError when the trainer's arena would be over 2 GiB, or can't be as small as the spec's memory budget.
 * @throws MissingPackageError when WebAssembly is to be optimised and binaryen isn't installed.
 * @example
 * // compile.ts
 * import { writeFile } from 'node:fs/promises'
 * import { compile, loadNetwork, readSpecFile } from 'tapeless'
 *
 * const network = await loadNetwork(await readSpecFile('xor.net.yaml'))
 * const { text, beside, warnings } = await compile(network, 'xor.net.yaml', { target: 'wasm' })
 * for (const { line, message } of warnings) console.warn(`line ${line}: ${message}`)
 * await writeFile('xor.ts', text)
 * for (const [suffix, content] of Object.entries(beside)) await writeFile(`xor${suffix}`, content)
 */
export function compile(network: Network, specFile: string, options: CompileOptions = {}): Promise<CompiledModule> {
  return compileBy(compiling, network, specFile, options)
}

/** The same, but that the module's text is neither formatted nor stamped: for who takes it on to something else. */
export function draft(network: Network, specFile: string, options: CompileOptions = {}): Promise<CompiledModule> {
  return compileBy(drafting, network, specFile, options)
}

async function compileBy(
  passes: Pick<typeof compiling | typeof drafting, 'run'>,
  network: Network,
  specFile: string,
  options: CompileOptions,
): Promise<CompiledModule> {
  const { emitted, description, findings, timings } = await located(network, () =>
    passes.run(startOf(network, specFile, options), options.onPass),
  )
  const warnings = [...network.warnings, ...(await diagnose(network.source, findings))]
  return { ...emitted, description, warnings, timings }
}

/**
 * From a network to kernels over one arena.
 * @throws as `compile`.
 */
export function lowerNetwork(network: Network, options: CompileOptions = {}) {
  return located(network, () => lowering.run(startOf(network, '', options), options.onPass))
}

/**
 * From a network to printed kernels and what the module around them needs.
 * @throws as `compile`.
 */
export async function describeModule(
  network: Network,
  specFile: string,
  options: CompileOptions = {},
): Promise<ModuleDescription> {
  return (await describeNetwork(network, specFile, options)).description
}

/** A module's description, and the programs that it tells of. */
export interface DescribedNetwork {
  readonly description: ModuleDescription
  readonly programs: readonly LoweredProgram[]
}

/**
 * The same, with the programs.
 * @throws as `compile`.
 */
export function describeNetwork(
  network: Network,
  specFile: string,
  options: CompileOptions = {},
): Promise<DescribedNetwork> {
  return located(network, () => describing.run(startOf(network, specFile, options), options.onPass))
}

/** Options win over the spec; no pass after this asks for them. */
function startOf(network: Network, specFile: string, options: CompileOptions): Start {
  const { emit } = network
  const { target = emit.target, precision = emit.precision, only = emit.only, optimize = false } = options
  return { network: { ...network, emit: { ...emit, target, precision, only } }, specFile, optimize }
}

/** Reports a mistake that a pass finds where it stands in the spec. */
async function located<T>({ source }: Network, passes: () => Promise<T>): Promise<T> {
  try {
    return await passes()
  } catch (error) {
    if (error instanceof FindingError) await diagnose(source, [error.finding])
    throw error
  }
}
