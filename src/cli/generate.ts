import { placeOfStamp, type Origin } from '../emit/stamp.ts'
import { FileError } from '../host/fileError.ts'
import { contentOf, findDrift, originsOf } from '../host/files.ts'
import { measure } from '../host/measure.ts'
import { files } from '../host/node.ts'
import { sweep } from '../host/temporary.ts'
import { findSpecs } from './discover.ts'
import { compileSpecs, isCompiled, type Compiled, type Place } from './modules.ts'
import type { GenerateOptions } from './options.ts'
import { findOrphans, type Orphan } from './orphans.ts'
import { companions, staleAmong } from './outputs.ts'
import { Problems } from './problems.ts'
import { kernels, numberOf, passTimes, summary } from './report.ts'
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
  const count = warned.reduce((total, { warnings }) => total + warnings.length, 0)
  if (isStrict && count > 0) problems.say(`${numberOf(count, 'warning')}, and --strict takes warnings for errors`)
}

async function checkDrift(
  modules: readonly (Compiled | Place)[],
  orphans: readonly Orphan[],
  problems: Problems,
): Promise<void> {
  const compiled = modules.filter(isCompiled)
  const outputs = compiled.flatMap(({ outputs }) => outputs)
  const stale = await staleAmong(compiled)
  const guarded = await findGuarded([...outputs.map(({ path }) => path), ...stale])
  const isReadable = (path: string) => !(guarded.get(path) instanceof FileError)
  const drifted = await findDrift(
    files,
    outputs.filter(({ path }) => isReadable(path)),
  )
  for (const error of guarded.values()) if (error instanceof FileError) problems.add(error)
  const say = (path: string, what: string) => {
    const guard = guarded.get(path)
    problems.say(`${path} ${what}: ${guard ? `it ${guard}, so only --force replaces it` : 'run this without --check'}`)
  }
  for (const path of drifted) say(path, 'is missing or differs from what its spec gives')
  for (const path of stale.filter(isReadable)) say(path, 'belongs to no module any more')
  for (const { path, why } of orphans) problems.say(`${path} belongs to no spec any more: ${why}; remove it`)
  const isWrong = (path: string) => drifted.includes(path) || stale.includes(path) || !isReadable(path)
  const outdated = modules.filter(({ path }) => [path, ...companions(path)].some(isWrong)).length
  if (outdated > 0)
    problems.say(`${outdated} of ${numberOf(modules.length, 'module')} ${outdated === 1 ? 'is' : 'are'} out of date`)
  problems.tell()
  if (!problems.areNone) return
  process.stdout.write(`${numberOf(modules.length, 'module')} ${modules.length === 1 ? 'is' : 'are'} up to date\n`)
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
  for (const [path, guard] of await findGuarded([...outputs.map(({ path }) => path), ...stale]))
    if (guard instanceof FileError) problems.add(guard)
    else if (!force) problems.say(`${path} ${guard}: move it elsewhere, or pass --force to lose what it holds`)
  if (!problems.areNone) {
    problems.tell()
    process.stderr.write('nothing was written\n')
    return
  }
  sweep(out)
  await files.write(outputs, stale)
  // Of what is up to date no warning would be heard.
  for (const { path, origin, outputs, warnings } of compiled)
    if (warnings.length === 0) await remember(path, origin, outputs)
  for (const module of modules) {
    const line = isCompiled(module)
      ? summary(module.path, module, verbose && (await measure(module)))
      : `${module.path}: up to date`
    process.stdout.write(`${line}\n`)
  }
  if (verbose)
    for (const module of compiled) process.stdout.write(`${kernels(module.description)}\n${passTimes(module)}\n`)
  problems.tell()
  for (const { path, why } of orphans) process.stderr.write(`${path} belongs to no spec any more: ${why}\n`)
}

/** Why a file is only replaced or removed with --force. */
const guards: Readonly<Record<Exclude<Origin, 'generated'>, string>> = {
  edited: 'was edited by hand',
  foreign: 'was not written by tapeless',
}

/** Of `paths`, those where a file is that isn't as it was generated: what it is, or why it can't be read. */
async function findGuarded(paths: readonly string[]): Promise<Map<string, string | FileError>> {
  const guarded = new Map<string, string | FileError>()
  for (const [path, origin] of await originsOf(files, paths))
    if (origin instanceof FileError) guarded.set(path, origin)
    else if (origin !== 'generated')
      guarded.set(path, guards[origin] + (origin === 'edited' ? await placeOfEdit(path) : ''))
  return guarded
}

/** What shows that a text was edited: a change of the stamp itself, as by a formatter, is as good as one of what it stands for. */
async function placeOfEdit(path: string): Promise<string> {
  const content = contentOf(path, (await files.read(path)) ?? new Uint8Array())
  if (typeof content !== 'string') return ''
  const { line, column } = placeOfStamp(content)
  return ` (the stamp at ${path}:${line}:${column} isn't that of its text)`
}
