import { refuse } from './arguments.ts'
import { isIgnored } from './module.ts'
import { shown } from './shown.ts'

/**
 * `countSamples` where numbers are of classes or rows: whole, from 0 to below `below`. TypeError: not a flat array of numbers. RangeError:
 * another number, not whole samples, not the samples asked for.
 */
export function countWhole(
  name: string,
  values: ArrayLike<number>,
  size: number,
  samples: number | undefined,
  held: string,
  below: number,
): number {
  const length = typeof values === 'object' ? values?.length : NaN
  if (!(length >= 0)) refuse(name, size, samples, held, shown(values, name), TypeError)
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    if (isIgnored(name, value)) continue
    const isNumber = typeof value === 'number'
    if (isNumber && value % 1 === 0 && value >= 0 && value < below) continue
    const got = shown(value, name, ` at ${name}[${i}], place ${i % size} of sample ${Math.floor(i / size)}`)
    refuse(name, size, samples, held, got, isNumber ? RangeError : TypeError)
  }
  const count = length / size
  if (length % size || count !== (samples ?? count)) {
    const isOneHot = count === samples! * below
    const instead = isOneHot ? ': one-hot rows need targets: probabilities in the spec' : ''
    refuse(name, size, samples, held, length + instead)
  }
  return count
}
