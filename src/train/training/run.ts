import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ownArguments } from '../../host/ownArguments.ts'
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
  const thread = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(thread, { workerData: task, execArgv: [...ownArguments()] })
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
