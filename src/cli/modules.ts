import { dirname, join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { compile, draft, passNames, type CompiledModule } from '../compile.ts'
import type { Output } from '../host/files.ts'
import { portable } from '../host/node.ts'
import { readSpecFile } from '../host/specFile.ts'
import { typesOfModule } from '../plugin/bundled.ts'
import { typesPathOf } from '../plugin/specs.ts'
import { loadNetwork } from '../language/networks/network.ts'
import type { Source } from '../base/errors.ts'
import type { SpecSource } from '../language/text/source.ts'
import type { GenerateOptions, Told } from './options.ts'
import { outputsOf } from './outputs.ts'
import type { Problems } from './problems.ts'
import { noProgress, progress } from './progress.ts'
import { readOptions } from './specTimeout.ts'
import { isUpToDate, originOfModule } from './upToDate.ts'

/** Where a spec's module goes, or its types. */
export interface Place {
  readonly spec: string
  /** Of the TypeScript file. */
  readonly path: string
}

/** A spec's module. */
export interface Compiled extends CompiledModule, Place {
  /** What its warnings point into. */
  readonly source: Source
  /** A hash of all that it was made from. */
  readonly origin: string
  /** All that is to be written. */
  readonly outputs: readonly Output[]
}

/** A step for reading each spec, then the passes. */
const stepNames = ['read', ...passNames]

/** Compiles specs, but those whose modules are up to date: of these it gives the places. What is wrong with others goes to `problems`. */
export async function compileSpecs(
  specs: readonly string[],
  options: GenerateOptions,
  problems: Problems,
  { onRead = () => undefined, clock }: Told = {},
): Promise<(Compiled | Place)[]> {
  const shown = clock === undefined ? progress(specs.length * stepNames.length) : noProgress
  /** Ends a turn, so that signals are heard: passes take none. */
  const advance = async (what: string) => {
    shown.advance(what)
    await setImmediate()
  }
  const read = async (spec: string) => {
    const { readFile, ...source } = await readSpecFile(spec, readOptions(options))
    await advance(`${spec}: ${stepNames[0]}`)
    const reading = (file: string) => {
      onRead(spec, file)
      return readFile!(file)
    }
    return { ...source, readFile: reading }
  }
  const modules: (Compiled | Place)[] = []
  try {
    // Specs in TypeScript run beside one another.
    const sources = await Promise.allSettled(specs.map(read))
    for (const [k, spec] of specs.entries()) {
      try {
        const source = sources[k]!
        if (source.status === 'rejected') throw source.reason
        modules.push(await compileSpec(spec, source.value, options, (pass) => advance(`${spec}: ${pass}`)))
      } catch (error) {
        problems.add(error, spec)
      }
    }
  } finally {
    shown.stop()
  }
  return modules
}

/** Compiles a spec, unless its module is up to date. */
async function compileSpec(
  spec: string,
  source: SpecSource,
  options: GenerateOptions,
  onPass: (pass: string) => Promise<void>,
): Promise<Compiled | Place> {
  const network = await loadNetwork(source)
  const path = options.types ? typesPathOf(spec) : join(options.out, `${network.name}.ts`)
  const specFile = portable(relative(dirname(path), spec))
  const chosen = {
    ...(options.target ? { target: options.target } : {}),
    ...(options.precision ? { precision: options.precision } : {}),
    optimize: options.optimize ?? false,
  }
  const origin = originOfModule(network, specFile, chosen, options.wat)
  // What --verbose tells is known only after compiling.
  if (!options.force && !options.verbose && (await isUpToDate(path, origin))) {
    for (const pass of passNames) await onPass(pass)
    return { spec, path }
  }
  const make = options.types ? draft : compile
  const module = await make(network, specFile, { ...chosen, onPass })
  const outputs = options.types
    ? [{ path, contents: await typesOfModule(module) }]
    : await outputsOf(module, path, options.wat)
  return { ...module, spec, path, source, origin, outputs }
}

export function isCompiled(module: Compiled | Place): module is Compiled {
  return 'outputs' in module
}
