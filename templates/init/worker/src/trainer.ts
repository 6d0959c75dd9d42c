// The worker: it trains as long as the page lets it, and tells it of every tenth epoch.
import { createTrainer, network } from './spirals.net.yaml'
import { x, y } from './points.ts'

export interface Told {
  /** How much of the training is over, from 0 to 1. */
  readonly done: number
  readonly loss: number
  readonly accuracy: number
  /** A safetensors file. */
  readonly weights: Uint8Array
}

onmessage = ({ data: seed }: MessageEvent<number>) => {
  const trainer = createTrainer({ seed })
  for (const { epoch, loss, metrics } of trainer.epochs(x, y)) {
    if ((epoch + 1) % 10 > 0) continue
    const weights = trainer.save()
    const told: Told = { done: (epoch + 1) / network.epochs, loss, accuracy: metrics.accuracy, weights }
    // Handed over, not copied.
    postMessage(told, { transfer: [weights.buffer] })
  }
}
