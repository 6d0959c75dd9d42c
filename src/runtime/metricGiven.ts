import { expected } from './expected.ts'
import { shown } from './shown.ts'

/** TypeError: there is no metric, where the schedule goes by one. Optional. */
export function refuseNoMetric(metric: unknown): void {
  if (typeof metric !== 'number')
    expected('a number in nextEpoch(metric), which plateau goes by', shown(metric), TypeError)
}
