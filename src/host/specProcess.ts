/**
 * The process of a TypeScript spec: runs the module, writes what came of it to its fourth stream, and ends at once, whatever the module
 * has begun or listens for. A second thread ends it after some milliseconds, even if the process that waits for it is gone.
 * Usage: node specProcess.js path milliseconds
 */
import { writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { createJiti } from 'jiti'
import { copyPlain } from '../language/text/plain.ts'
import type { Outcome } from './specOutcome.ts'
import { framesOf, placeOf } from './specPlaces.ts'
import type { Watch } from './specWatch.ts'

const [path, timeout] = process.argv.slice(2) as [string, string]

/** Not 0 once one of the two threads ends the process. */
const ending = new Int32Array(new SharedArrayBuffer(4))
const ownFile = (name: string) => new URL(`${name}${extname(import.meta.url)}`, import.meta.url)
const watch: Watch = { path, timeout: Number(timeout), ending }
new Worker(ownFile('./specWatch'), { workerData: watch }).unref()

// A spec may import `defineNetwork` wherever it lies: the name stands for the tapeless that reads it.
const alias = { tapeless: fileURLToPath(ownFile('../language/networks/define')) }
const jiti = createJiti(import.meta.url, { fsCache: false, moduleCache: false, interopDefault: false, alias })

/** What the module threw first, while it is located. */
let failing: Promise<never> | undefined
const fail = (thrown: unknown): Promise<never> => (failing ??= report(thrown))

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
process.on('beforeExit', () => end({ thrown: 'it awaits what never comes' }))
process.exit = () => {
  const error = new Error('process.exit was called')
  void fail(error)
  throw error
}

try {
  const { default: value } = (await jiti.import(path)) as { default?: unknown }
  // What the module has thrown in the meantime comes first.
  await setImmediate()
  await failing
  end(value === undefined ? {} : copyPlain(value, said))
} catch (thrown) {
  await fail(thrown)
}

function end(outcome: Outcome): never {
  if (Atomics.exchange(ending, 0, 1) !== 0) Atomics.wait(ending, 0, 1)
  writeFileSync(3, serialize(outcome))
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

async function report(thrown: unknown): Promise<never> {
  const { position, elsewhere } = await placeOf(framesOf(thrown), path)
  return end({ thrown: said(thrown) + elsewhere, ...(position ? { position } : {}) })
}

/** What was thrown, on one line. It may be anything, and have getters that throw. */
function said(thrown: unknown): string {
  try {
    const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
    return String(text).trim().split('\n')[0]!.slice(0, 500)
  } catch {
    return 'what can’t be shown'
  }
}
