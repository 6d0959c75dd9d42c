import { checkDrift } from './checkDrift.ts'
import { compileSpecs, isCompiled, type Compiled, type Place } from './modules.ts'
import type { GenerateOptions, Told } from './options.ts'
import { findOrphans, findOrphanTypes, type Orphan } from './orphans.ts'
import { Problems } from './problems.ts'
import { writeModules } from './writeModules.ts'

/** What is to be done at once. */
export interface Round extends Told {
  readonly specs: readonly string[]
  /** Whether these, and those of `others`, are all that there are. */
  readonly areAll: boolean
  /** The modules of other specs. */
  readonly others?: readonly Place[]
}

/** Compiles specs and writes their modules, or checks those that are there. @throws FileError */
export async function generateOnce(
  { specs, areAll, others = [], ...told }: Round,
  options: GenerateOptions,
  problems = new Problems(),
): Promise<{ readonly modules: readonly Place[]; readonly orphans: readonly Orphan[] }> {
  const modules = await compileSpecs(specs, options, problems, told)
  requireDistinctPaths([...others, ...modules], problems)
  warn(modules.filter(isCompiled), options.strict ?? false, problems)
  const known = { specs: [...others.map(({ spec }) => spec), ...specs], modules: [...others, ...modules], areAll }
  const orphans = await (options.types ? findOrphanTypes(specs) : findOrphans(options.out, known)).catch(
    (error: unknown) => {
      problems.add(error)
      return []
    },
  )
  if (options.check) await checkDrift(modules, orphans, problems)
  else await writeModules(modules, options, problems, told.clock)
  return { modules, orphans }
}

/** Notes modules that no spec gives. */
export function tellOrphans(orphans: readonly Orphan[]): void {
  for (const { path, why } of orphans) process.stderr.write(`${path} belongs to no spec any more: ${why}\n`)
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
