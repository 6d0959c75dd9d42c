import { spawn, type ChildProcess } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { deserialize } from 'node:v8'
import type { Source, Span } from '../base/errors.ts'
import { diagnose, throwFlaws, type SpecSource } from '../language/text/source.ts'
import { parseTypeScript } from '../language/text/syntax.ts'
import { ownArguments } from './ownArguments.ts'
import { loadTypeScript, moduleLocator, start } from './specLocator.ts'
import type { Outcome, Position } from './specOutcome.ts'

/**
 * Runs a TypeScript spec in a process of its own and takes its default export.
 * @param path where to load it from: absolute.
 * @param timeout milliseconds, from the start of the process to the value.
 * @throws SpecError when it doesn't parse or load in that time, or exports something other than plain data.
 */
export async function readModule(source: Source, path: string, timeout: number): Promise<SpecSource> {
  const { copy: value, misplaced = [], position, thrown, late, ended } = await inTurn(() => run(path, timeout))
  const fail = (message: string, hint?: string) =>
    throwFlaws(source, [{ code: 'module', span: spanAt(source, position), message, hint }])
  if (late !== undefined)
    fail(
      `the module was still running after ${timeout / 1000} s${late}`,
      "allow it more with --spec-timeout, or readSpecFile's timeout",
    )
  if (thrown !== undefined || ended !== undefined) await throwSyntaxErrors(source)
  const lacking = thrown === undefined ? undefined : importIn(source, thrown)
  if (lacking)
    throwFlaws(source, [
      {
        code: 'module',
        span: lacking,
        message: 'there is no such module',
        hint: 'a path starts with ./ and ends as the file does',
      },
    ])
  if (thrown !== undefined) fail(`the module didn't load: ${thrown}`)
  if (ended !== undefined) fail(`the module ended its process, ${ended}`)
  const spec = { ...source, value, locator: () => moduleLocator(source) }
  await diagnose(
    spec,
    misplaced.map((mistake) => ({ ...mistake, part: 'value' })),
  )
  if (value === undefined) fail('expected `export default defineNetwork({ … })`')
  return spec
}

/** For each processor, what its last process will have ended by. */
const turns: Promise<unknown>[] = Array.from({ length: availableParallelism() }, () => Promise.resolve())
let asked = 0

/** Runs no more processes at once than there are processors: else one would take the other's time. */
function inTurn<T>(action: () => Promise<T>): Promise<T> {
  const k = asked++ % turns.length
  const result = turns[k]!.then(action)
  turns[k] = result.catch(() => undefined)
  return result
}

/** Milliseconds after which a process is ended that hasn't ended itself: its thread for that may be what has failed. */
const PATIENCE = 12_000

/** The processes of specs, which end with this one. */
const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** What came of running a spec, or how its process ended without saying so. */
async function run(path: string, timeout: number): Promise<Outcome & { readonly ended?: string }> {
  // What a spec prints is no result of the command.
  const child = spawn(process.execPath, [...program(), path, String(timeout)], { stdio: ['ignore', 2, 2, 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  let isLate = false
  const timer = setTimeout(() => (isLate = kill()), timeout + PATIENCE)
  running.add(child)
  try {
    const end = new Promise<string>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (status, signal) => resolve(signal ? `by ${signal}` : `with exit status ${status}`))
    })
    const [ended, bytes] = await Promise.all([end, buffer(child.stdio[3] as Readable)])
    return outcomeIn(bytes) ?? (isLate ? { late: '' } : { ended })
  } finally {
    clearTimeout(timer)
    running.delete(child)
  }
}

/** What a process has written; undefined where that is nothing, or not all that it meant to. */
function outcomeIn(bytes: Uint8Array): Outcome | undefined {
  try {
    return bytes.length > 0 ? (deserialize(bytes) as Outcome) : undefined
  } catch {
    return undefined
  }
}

/** Node's arguments. */
function program(): string[] {
  return [...ownArguments(), fileURLToPath(new URL(`./specProcess${extname(import.meta.url)}`, import.meta.url))]
}

/** The map of a place that types have left may lead past its line: then it is the line's. */
function spanAt({ text }: Source, position: Position | undefined): Span {
  if (!position) return start
  const lines = text.split('\n')
  const line = lines[position.line - 1] ?? ''
  const column = position.column <= line.trimEnd().length ? position.column - 1 : line.search(/\S|$/)
  const before = lines.slice(0, position.line - 1).reduce((sum, { length }) => sum + length + 1, 0)
  return { offset: before + column, length: 1 }
}

/** Where a spec names the module that Node didn't find; undefined where it wasn't that, or another file names it. */
function importIn({ text }: Source, thrown: string): Span | undefined {
  const name = /^Cannot find (?:module|package) '([^']+)'/.exec(thrown)?.[1]
  if (name === undefined) return undefined
  const at = ["'", '"'].map((quote) => text.indexOf(quote + name + quote)).find((at) => at >= 0)
  return at === undefined ? undefined : { offset: at, length: name.length + 2 }
}

async function throwSyntaxErrors(source: Source): Promise<void> {
  const { ts } = await loadTypeScript()
  throwFlaws(source, parseTypeScript(ts, source).flaws)
}
