import { Worker } from 'node:worker_threads'
import type { PoolOptions, PoolWorker } from 'vitest/node'
import { readMutants } from './whileLoading.ts'

type Listener = Parameters<PoolWorker['on']>[1]

/** So many mutants are tried in one thread: what test files leave behind is small, but not nothing. */
const mostRuns = 200

let kept: Worker | undefined
let runs = 0
let whileLoading: ReadonlySet<string> | undefined

/**
 * A thread that goes on to the next mutant with the compiler loaded: loading it takes ten times as long as most tests. A mutant of what
 * is computed while the compiler loads, and the run without mutants, have a thread of their own.
 */
export class KeptThread implements PoolWorker {
  readonly name = 'kept'
  readonly #options: PoolOptions
  readonly #listeners: [event: string, callback: Listener][] = []
  #thread: Worker | undefined

  constructor(options: PoolOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { mode, activeMutant } = this.#options.project.getProvidedContext() as Record<string, string>
    if (mode !== 'mutant' || (whileLoading ??= readMutants()).has(activeMutant!)) {
      this.#thread = this.#create()
      return
    }
    if (kept && runs >= mostRuns) {
      await kept.terminate()
      kept = undefined
    }
    if (!kept) runs = 0
    runs++
    this.#thread = kept ??= this.#create()
  }

  async stop(): Promise<void> {
    const thread = this.#thread!
    for (const [event, callback] of this.#listeners) thread.off(event, callback)
    if (thread !== kept) await thread.terminate()
  }

  on(event: string, callback: Listener): void {
    this.#listeners.push([event, callback])
    this.#thread!.on(event, callback)
  }

  off(event: string, callback: Listener): void {
    this.#thread!.off(event, callback)
  }

  send(message: unknown): void {
    this.#thread!.postMessage(message)
  }

  deserialize(data: unknown): unknown {
    return data
  }

  #create(): Worker {
    const { env, execArgv } = this.#options
    const thread = new Worker(new URL('thread.mjs', import.meta.url), { env, execArgv, stdout: true, stderr: true })
    thread.once('exit', () => {
      if (kept === thread) kept = undefined
    })
    return thread
  }
}
