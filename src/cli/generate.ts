import { findSpecs } from './discover.ts'
import type { GenerateOptions } from './options.ts'
import { Problems } from './problems.ts'
import { generateOnce, tellOrphans } from './round.ts'

/** Compiles specs and writes their modules, or checks those that are there. @throws UsageError, FileError */
export async function generate(named: readonly string[], options: GenerateOptions): Promise<void> {
  if (options.watch) return (await import('./watch.ts')).watch(named, options)
  const { specs, unreadable } = await findSpecs(named, options)
  const problems = new Problems()
  for (const error of unreadable) problems.add(error)
  const areAll = named.length === 0 && unreadable.length === 0
  const { orphans } = await generateOnce({ specs, areAll }, options, problems)
  if (!options.check) tellOrphans(orphans)
}
