import { allocate, copyKnown, countKnown, network, outputs, predictBatch, predictionOf } from './module.ts'
import type { Known, Prediction, Vector } from './types.ts'

/** Predicts where there are several outputs, or inputs that none of them depends on. Optional. */
export function predictEach(arena: Vector, x: Known): Prediction {
  const samples = countKnown(x)
  const results = outputs.map(({ size }) => allocate(samples * size))
  for (let start = 0; start < samples; start += network.batch) {
    const count = Math.min(network.batch, samples - start)
    copyKnown(arena, x, start, count)
    predictBatch(arena, count)
    outputs.forEach(({ offset, size }, k) =>
      results[k]!.set(arena.subarray(offset, offset + count * size), start * size),
    )
  }
  return predictionOf(results)
}
