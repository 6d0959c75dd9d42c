import type { Vector } from '../emit/emitted.ts'
import type { Network } from '../language/networks/network.ts'

/** What `predict` has given, output by output: a vector, or a record where the spec lists outputs. */
export function listed(prediction: Vector): readonly Vector[] {
  return ArrayBuffer.isView(prediction) ? [prediction] : Object.values<Vector>(prediction)
}

/** What the k-th output is called among quantities. */
export function predictionOf({ outputNames }: Pick<Network, 'outputNames'>, k: number): string {
  return outputNames ? `the prediction of ${outputNames[k]!}` : 'the prediction'
}
