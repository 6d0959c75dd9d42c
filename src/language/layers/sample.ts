import type { Node } from '../../graph/node.ts'
import { formatShape, sampleShape } from '../../graph/shape.ts'
import { Misfit } from '../words/misfit.ts'

/** The lengths of the axes of a sample. @throws Misfit unless it has as many axes as are named. */
export function lengthsOf<const Axes extends readonly string[]>(
  x: Node,
  axes: Axes,
): { readonly [K in keyof Axes]: number } {
  const sample = sampleShape(x.shape)
  if (sample.length !== axes.length)
    throw new Misfit('shape', `needs a sample of [${axes.join(', ')}], and it is ${formatShape(sample)}`)
  return sample as { readonly [K in keyof Axes]: number }
}
