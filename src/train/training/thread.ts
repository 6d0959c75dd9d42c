/**
 * The thread that trains: it runs the module's own generator of epochs, so that the command's thread hears signals and draws meanwhile. After
 * each epoch it posts the report and the trainer's file.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Emitted } from '../../emit/emitted.ts'
import type { Samples } from '../preparation/encode.ts'
import type { EpochReport } from './history.ts'

/** What the thread is told. */
export interface Task {
  /** The module as a URL. */
  readonly code: string
  readonly seed: number
  readonly training: { readonly x: Samples; readonly y: Samples }
  readonly validation: { readonly x: Samples; readonly y: Samples } | undefined
  /** Those still to come. */
  readonly epochs: number
  /** A trainer's file to go on from. */
  readonly checkpoint: Uint8Array | undefined
}

/** What it tells. */
export type Told = { readonly report: EpochReport; readonly checkpoint: Uint8Array } | { readonly failure: string }

const { code, seed, training, validation, epochs, checkpoint } = workerData as Task
const port = parentPort!

try {
  const { createTrainer } = (await import(code)) as Emitted
  const trainer = createTrainer({ seed })
  if (checkpoint) trainer.load(checkpoint)
  for (const report of trainer.epochs(training.x, training.y, { epochs, ...(validation && { validation }) })) {
    const losses = [report.loss, report.validationLoss ?? 0]
    if (!losses.every(Number.isFinite))
      throw new RangeError(`the loss was ${losses.find((loss) => !Number.isFinite(loss))} in epoch ${report.epoch + 1}`)
    port.postMessage({ report, checkpoint: trainer.save() } satisfies Told)
  }
} catch (error) {
  // What a module refuses is a RangeError or a TypeError; anything else is a fault, which ends the thread.
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error
  port.postMessage({ failure: error.message } satisfies Told)
}
