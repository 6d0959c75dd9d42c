import { FileError } from '../host/fileError.ts'
import { findDrift } from '../host/files.ts'
import { files } from '../host/node.ts'
import { findGuarded } from '../host/guards.ts'
import { isCompiled, type Compiled, type Place } from './modules.ts'
import type { Orphan } from './orphans.ts'
import { companions, staleAmong } from './outputs.ts'
import type { Problems } from './problems.ts'
import { numberOf } from './report.ts'

/** Says which files are missing or aren't what their specs give. */
export async function checkDrift(
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
