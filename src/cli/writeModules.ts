import { findDrift } from '../host/files.ts'
import { measure } from '../host/measure.ts'
import { files } from '../host/node.ts'
import { sweep } from '../host/temporary.ts'
import { isCompiled, type Compiled, type Place } from './modules.ts'
import type { GenerateOptions } from './options.ts'
import { refuseGuarded, staleAmong } from './outputs.ts'
import type { Problems } from './problems.ts'
import { kernels, passTimes } from './report.ts'
import { changeLine, summaryTable, type Row, type State } from './summaryTable.ts'
import { remember } from './upToDate.ts'

/** Writes what differs, if nothing stands in the way, and says what became of each module. @param clock what time it is, if lines say so. */
export async function writeModules(
  modules: readonly (Compiled | Place)[],
  { out, force, verbose }: GenerateOptions,
  problems: Problems,
  clock?: string,
): Promise<void> {
  const compiled = modules.filter(isCompiled)
  const outputs = compiled.flatMap(({ outputs }) => outputs)
  const stale = await staleAmong(compiled)
  await refuseGuarded([...outputs.map(({ path }) => path), ...stale], force, problems)
  if (!problems.areNone) {
    problems.tell()
    process.stderr.write(`${clock ? `${clock}  ` : ''}nothing was written\n`)
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
  if (rows.length > 0) process.stdout.write(`${told(await Promise.all(rows), clock)}\n`)
  if (verbose)
    for (const module of compiled) process.stdout.write(`${kernels(module.description)}\n${passTimes(module)}\n`)
  problems.tell()
}

function told(rows: readonly Row[], clock: string | undefined): string {
  return clock === undefined ? summaryTable(rows) : rows.map((row) => changeLine(row, clock)).join('\n')
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
