import { expected } from './expected.ts'
import { network } from './module.ts'

/** RangeError: the last batch of so many samples would be a single one, which has no variance. Optional. */
export function refuseLoneSample(samples: number): void {
  if (samples % network.batch === 1)
    expected(`2 samples or more in each batch of ${network.batch}`, `1 in the last of ${samples}`)
}
