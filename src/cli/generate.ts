import { FileError } from '../host/fileError.ts'
import { findDrift } from '../host/files.ts'
import { measure } from '../host/measure.ts'
import { files } from '../host/node.ts'
import { sweep } from '../host/temporary.ts'
import { checkDrift } from './checkDrift.ts'
import { findSpecs } from './discover.ts'
import { findGuarded } from './guards.ts'
import { compileSpecs, isCompiled, type Compiled, type Place } from './modules.ts'
import type { GenerateOptions } from './options.ts'
import { findOrphans, type Orphan } from './orphans.ts'
import { staleAmong } from './outputs.ts'
import { Problems } from './problems.ts'
import { kernels, passTimes } from './report.ts'
import { summaryTable, type State } from './summaryTable.ts'
import { remember } from './upToDate.ts'

/** Compiles specs and writes their modules, or checks those that are there. @throws UsageError, FileError */
export async function generate(named: readonly string[], options: GenerateOptions): Promise<void> {
  const { specs, unreadable } = await findSpecs(named, options.out)
  const problems = new Problems()
  for (const error of unreadable) problems.add(error)
  const modules = await compileSpecs(specs, options, problems)
  requireDistinctPaths(modules, problems)
  warn(modules.filter(isCompiled), options.strict ?? false, problems)
  const areAll = named.length === 0 && unreadable.length === 0
  const orphans = await findOrphans(options.out, { specs, modules, areAll }).catch((error: unknown) => {
    problems.add(error)
    return []
  })
  await (options.check ? checkDrift(modules, orphans, problems) : writeModules(modules, orphans, options, problems))
}

/** Two specs of one name would overwrite one another; on some systems also if only their case differs. */
function requireDistinctPaths(modules: readonly Place[], problems: Problems): void {
  const first = new Map<string, Place>()
  for (const module of modules) {
    const other = first.get(module.path.toLowerCase())
    if (!other) first.set(module.path.toLowerCase(), module)
    else problems.say(`${module.spec} and ${other.spec} both give ${module.path}: set a different name in one of them`)
  }
}

/** Says what compiles, and can hardly be meant. */
function warn(modules: readonly Compiled[], isStrict: boolean, problems: Problems): void {
  const warned = modules.filter(({ warnings }) => warnings.length > 0)
  for (const { source, warnings } of warned) problems.warn({ sources: [source], diagnostics: warnings }, isStrict)
}

async function writeModules(
  modules: readonly (Compiled | Place)[],
  orphans: readonly Orphan[],
  { out, force, verbose }: GenerateOptions,
  problems: Problems,
): Promise<void> {
  const compiled = modules.filter(isCompiled)
  const outputs = compiled.flatMap(({ outputs }) => outputs)
  const stale = await staleAmong(compiled)
  const guarded = await findGuarded([...outputs.map(({ path }) => path), ...stale])
  for (const [path, guard] of guarded)
    if (guard instanceof FileError) problems.add(guard)
    else if (!force) problems.say(`${path} ${guard}: move it elsewhere, or pass --force to lose what it holds`)
  if (!problems.areNone) {
    problems.tell()
    process.stderr.write('nothing was written\n')
    return
  }
  // What a formatter has been at stays as it is, so that neither undoes the other's work.
  const drifted = new Set(force ? outputs.map(({ path }) => path) : await findDrift(files, outputs))
  const states = await statesOf(modules, drifted)
  sweep(out)
  await files.write(
    outputs.filter(({ path }) => drifted.has(path)),
    stale,
  )
  // Of what is up to date no warning would be heard.
  for (const { path, origin, warnings } of compiled) if (warnings.length === 0) await remember(path, origin)
  const rows = modules.map(async (module) => ({
    module,
    state: states.get(module)!,
    ...(verbose && isCompiled(module) ? { measures: await measure(module) } : {}),
  }))
  process.stdout.write(`${summaryTable(await Promise.all(rows))}\n`)
  if (verbose)
    for (const module of compiled) process.stdout.write(`${kernels(module.description)}\n${passTimes(module)}\n`)
  problems.tell()
  for (const { path, why } of orphans) process.stderr.write(`${path} belongs to no spec any more: ${why}\n`)
}

/** What becomes of each module. */
async function statesOf(
  modules: readonly (Compiled | Place)[],
  drifted: ReadonlySet<string>,
): Promise<Map<Compiled | Place, State>> {
  const states = new Map<Compiled | Place, State>()
  for (const module of modules) {
    const changes = isCompiled(module) && module.outputs.some(({ path }) => drifted.has(path))
    states.set(module, !changes ? 'up to date' : (await files.read(module.path)) ? 'changed' : 'new')
  }
  return states
}
