import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { EpochReport } from './history.ts'
import type { Task, Told } from './thread.ts'

/** How a training ended. */
export interface Ending {
  /** `done`: all epochs, or the spec's patience was out; `failed`: the module refused to go on; `stopped`: the caller had it end. */
  readonly how: 'done' | 'failed' | 'stopped'
  /** Why it failed. */
  readonly why?: string
}

export interface TrainingRun {
  readonly ended: Promise<Ending>
  /** Ends it at once, in the middle of an epoch too. */
  readonly stop: () => void
}

/** Trains in a thread of its own. @param onEpoch told of each epoch, with the trainer's file after it. */
export function runTraining(task: Task, onEpoch: (report: EpochReport, checkpoint: Uint8Array) => void): TrainingRun {
  const ending = extname(import.meta.url)
  const worker = new Worker(new URL(`./thread${ending}`, import.meta.url), { workerData: task, ...loaderOf(ending) })
  let stopped = false
  const ended = new Promise<Ending>((resolve, reject) => {
    let failure: string | undefined
    worker.on('message', (told: Told) => {
      if (stopped) return
      if ('failure' in told) failure = told.failure
      else onEpoch(told.report, told.checkpoint)
    })
    worker.once('error', reject)
    worker.once('exit', () =>
      resolve(stopped ? { how: 'stopped' } : failure === undefined ? { how: 'done' } : { how: 'failed', why: failure }),
    )
  })
  const stop = () => {
    stopped = true
    void worker.terminate()
  }
  return { ended, stop }
}

/** Where this runs from its source, so does the thread. */
function loaderOf(ending: string): { readonly execArgv?: string[] } {
  if (ending === '.js') return {}
  const jiti = dirname(createRequire(import.meta.url).resolve('jiti/package.json'))
  return { execArgv: ['--import', pathToFileURL(join(jiti, 'lib/jiti-register.mjs')).href] }
}
