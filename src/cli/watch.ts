import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { watch as watchFiles } from 'chokidar'
import { portable } from '../host/node.ts'
import { findSpecs, isPassedBy, isSpec } from './discover.ts'
import { failureOf } from './exit.ts'
import { importsOf } from './imports.ts'
import type { Place } from './modules.ts'
import type { GenerateOptions } from './options.ts'
import { numberOf } from './report.ts'
import { generateOnce, tellOrphans } from './round.ts'

/** Milliseconds from a change to what follows from it, in which more may come: some programs write a file in several steps. */
const SETTLING = 30

/**
 * Generates, and again what changes: of a spec itself, of the functions that it names, of what it imports. What is wrong is told, and ends
 * nothing. It goes on until the process ends. @throws UsageError, FileError where there is nothing to watch
 */
export async function watch(named: readonly string[], options: GenerateOptions): Promise<never> {
  const { out } = options
  const specs = new Set((await findSpecs(named, options)).specs)
  /** The files that each spec was read from. */
  const reads = new Map<string, Set<string>>()
  const places = new Map<string, Place>()
  const isKnown = (file: string) => specs.has(file) || [...reads.values()].some((files) => files.has(file))
  const changes = changesOf(named.length > 0 ? [...specs] : ['.'], (path, isFile) => {
    return !isKnown(path) && (isPassedBy(path, out) || (isFile && !isSpec(path)))
  })
  let told: readonly string[] = []

  const generateAgain = async (asked: readonly string[], clock?: string) => {
    const onRead = (spec: string, file: string) => {
      reads.get(spec)!.add(pathOf(file))
      changes.add(file)
    }
    for (const spec of asked) {
      reads.set(spec, new Set())
      for (const file of await importsOf(spec)) onRead(spec, file)
    }
    const others = [...places.values()].filter(({ spec }) => !asked.includes(spec))
    const areAll = named.length === 0 && others.length + asked.length === specs.size
    const { modules, orphans } = await generateOnce({ specs: asked, areAll, others, onRead, clock }, options)
    for (const { spec, path } of modules) places.set(spec, { spec, path })
    tellOrphans(orphans.filter(({ path }) => !told.includes(path)))
    told = orphans.map(({ path }) => path)
  }

  await changes.ready
  await generateAgain([...specs])
  process.stderr.write(`watching ${numberOf(specs.size, 'spec')}; Ctrl-C ends it\n`)
  for (;;) {
    const files = await changes.next()
    for (const file of files.filter(isSpec)) specs.add(file)
    // A file's end is told later than its beginning under another name, which may give the same module.
    for (const spec of specs) if (!existsSync(spec) && specs.delete(spec)) places.delete(spec)
    const isAsked = (spec: string) => files.some((file) => file === spec || reads.get(spec)?.has(file))
    const clock = new Date().toTimeString().slice(0, '00:00:00'.length)
    await generateAgain([...specs].filter(isAsked), clock).catch((error: unknown) => {
      process.stderr.write(`${clock}  ${failureOf(error).text}\n`)
    })
  }
}

/** The changes of files, and of those in folders, as they come. @param isIgnored whether those at a path are, or below it. */
function changesOf(paths: readonly string[], isIgnored: (path: string, isFile: boolean) => boolean) {
  const changed = new Set<string>()
  let wake = () => {}
  const watcher = watchFiles([...paths], {
    ignoreInitial: true,
    ignored: (path, stats) => isIgnored(pathOf(path), stats !== undefined && !stats.isDirectory()),
  })
  for (const event of ['add', 'change', 'unlink'] as const)
    watcher.on(event, (path) => {
      changed.add(pathOf(path))
      wake()
    })
  return {
    ready: new Promise<void>((resolve) => watcher.once('ready', resolve)),
    add: (file: string) => void watcher.add(file),
    /** Waits until there are some, and for more that come at once. */
    async next(): Promise<readonly string[]> {
      await new Promise<void>((resolve) => {
        wake = resolve
        if (changed.size > 0) resolve()
      })
      await setTimeout(SETTLING)
      const files = [...changed]
      changed.clear()
      return files
    },
  }
}

/** As the command names files: seen from the working folder, with `/`. */
function pathOf(file: string): string {
  return portable(relative('.', file))
}
