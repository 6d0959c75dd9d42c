import { join, relative } from 'node:path'
import { SpecError } from '../base/errors.ts'
import { renderDiagnostics } from '../base/render.ts'
import { compile, passNames, type CompiledModule } from '../compile.ts'
import type { Origin } from '../emit/stamp.ts'
import { findDrift, originsOf, type Output } from '../host/files.ts'
import { measure } from '../host/measure.ts'
import { files } from '../host/node.ts'
import { readSpecFile } from '../host/specFile.ts'
import { loadNetwork } from '../language/networks/network.ts'
import { ModuleSizeError } from '../programs/plan.ts'
import { MissingPackageError } from '../targets/wasm/optimize.ts'
import { findSpecs } from './discover.ts'
import { exit } from './exit.ts'
import type { GenerateOptions } from './options.ts'
import { companions, outputsOf, staleAmong } from './outputs.ts'
import { progress, type Progress } from './progress.ts'
import { kernels, passTimes, showsColor, summary } from './report.ts'
import { isUpToDate, originOfModule, remember } from './upToDate.ts'

/** A spec's module. */
interface Compiled extends CompiledModule, Place {
  /** A hash of all that it was made from. */
  readonly origin: string
  /** All that is to be written. */
  readonly outputs: readonly Output[]
}

interface Place {
  readonly spec: string
  /** Of the TypeScript file. */
  readonly path: string
}

/** Compiles specs and writes their modules, or checks those that are there. @throws UsageError, FileError */
export async function generate(named: readonly string[], options: GenerateOptions): Promise<void> {
  const specs = await findSpecs(named, options.out)
  const shown = progress(specs.length * passNames.length)
  const found: (Compiled | Place | undefined)[] = []
  try {
    for (const spec of specs) found.push(await compileSpec(spec, options, shown))
  } finally {
    shown.stop()
  }
  const modules = found.filter((module) => module !== undefined)
  if (modules.length < specs.length || !distinctPaths(modules)) return failed('nothing was written')
  await (options.check ? checkDrift(modules) : writeModules(modules, options))
}

/** Compiles a spec, unless its module is up to date; undefined where the spec is wrong (and its mistakes have been printed). */
async function compileSpec(
  spec: string,
  options: GenerateOptions,
  shown: Progress,
): Promise<Compiled | Place | undefined> {
  try {
    const network = await loadNetwork(await readSpecFile(spec))
    const path = join(options.out, `${network.name}.ts`)
    const specFile = relativeTo(options.out, spec)
    const chosen = {
      ...(options.target ? { target: options.target } : {}),
      ...(options.precision ? { precision: options.precision } : {}),
      optimize: options.optimize ?? false,
    }
    const origin = originOfModule(network, specFile, chosen, options.wat)
    // What --verbose tells is known only after compiling.
    const onPass = (pass: string) => shown.advance(`${spec}: ${pass}`)
    if (!options.force && !options.verbose && (await isUpToDate(path, origin))) {
      passNames.forEach(onPass)
      return { spec, path }
    }
    const module = await compile(network, specFile, { ...chosen, onPass })
    return { ...module, spec, path, origin, outputs: await outputsOf(module, path, options.wat) }
  } catch (error) {
    const reason =
      error instanceof SpecError
        ? renderDiagnostics(error, { color: showsColor(process.stderr) })
        : (error instanceof ModuleSizeError || error instanceof MissingPackageError) && `${spec}: ${error.message}`
    if (!reason) throw error
    shown.stop()
    process.stderr.write(`${reason}\n\n`)
    return undefined
  }
}

/** Two specs of one name would overwrite one another; on some systems also if only their case differs. */
function distinctPaths(modules: readonly Place[]): boolean {
  const first = new Map<string, Place>()
  let distinct = true
  for (const module of modules) {
    const other = first.get(module.path.toLowerCase())
    if (!other) first.set(module.path.toLowerCase(), module)
    else {
      process.stderr.write(
        `${module.spec} and ${other.spec} both give ${module.path}: set a different name in one of them\n`,
      )
      distinct = false
    }
  }
  return distinct
}

async function checkDrift(modules: readonly (Compiled | Place)[]): Promise<void> {
  const compiled = modules.filter(isCompiled)
  const drifted = await findDrift(
    files,
    compiled.flatMap(({ outputs }) => outputs),
  )
  const stale = await staleAmong(compiled)
  const protectedFiles = await findProtected([...drifted, ...stale])
  const report = (path: string, what: string) => {
    const origin = protectedFiles.get(path)
    const remedy = origin ? `it ${protections[origin]}, so only --force replaces it` : 'run this without --check'
    process.stderr.write(`${path} ${what}: ${remedy}\n`)
  }
  for (const path of drifted) report(path, 'is missing or differs from what its spec gives')
  for (const path of stale) report(path, 'belongs to no module any more')
  const wrong = new Set([...drifted, ...stale])
  const outdated = modules.filter(({ path }) => [path, ...companions(path)].some((one) => wrong.has(one)))
  if (outdated.length > 0) return failed(`${outdated.length} of ${modules.length} modules are out of date`)
  process.stdout.write(`${modules.length} modules are up to date\n`)
}

async function writeModules(
  modules: readonly (Compiled | Place)[],
  { force, verbose }: GenerateOptions,
): Promise<void> {
  const compiled = modules.filter(isCompiled)
  const outputs = compiled.flatMap(({ outputs }) => outputs)
  const stale = await staleAmong(compiled)
  const protectedFiles = await findProtected([...outputs.map(({ path }) => path), ...stale])
  for (const [path, origin] of force ? [] : protectedFiles)
    process.stderr.write(`${path} ${protections[origin]}: move it elsewhere, or pass --force to lose what it holds\n`)
  if (protectedFiles.size > 0 && !force) return failed('nothing was written')
  await files.write(outputs, stale)
  for (const { path, origin, outputs } of compiled) await remember(path, origin, outputs)
  for (const module of modules) {
    const line = isCompiled(module)
      ? summary(module.path, module, verbose && (await measure(module)))
      : `${module.path}: up to date`
    process.stdout.write(`${line}\n`)
  }
  if (verbose)
    for (const module of compiled) process.stdout.write(`${kernels(module.description)}\n${passTimes(module)}\n`)
}

function isCompiled(module: Compiled | Place): module is Compiled {
  return 'outputs' in module
}

/** Why a file is only replaced or removed with --force. */
const protections: Readonly<Record<Exclude<Origin, 'generated'>, string>> = {
  edited: 'was edited by hand',
  foreign: 'was not written by tapeless',
}

async function findProtected(paths: readonly string[]): Promise<Map<string, keyof typeof protections>> {
  const origins = await originsOf(files, paths)
  return new Map([...origins].flatMap(([path, origin]) => (origin === 'generated' ? [] : [[path, origin]])))
}

function relativeTo(out: string, spec: string): string {
  return relative(out, spec).replaceAll('\\', '/')
}

function failed(why: string): void {
  process.stderr.write(`${why}\n`)
  process.exitCode = exit.wrongInput
}
