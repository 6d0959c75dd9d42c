import { z } from '../words/zod.ts'
import { permute as view } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, sampleShape } from '../../graph/shape.ts'
import { Misfit } from '../words/misfit.ts'
import { keys } from '../words/word.ts'

/** Axis k of the result is axis `axes[k]` of the sample. torch.permute. */
export const permute = {
  arguments: keys({ axes: z.array(z.int().min(0)).readonly() }),
  first: 'axes',
  build: (x: Node, { axes }: { axes: readonly number[] }): Node => {
    const sample = sampleShape(x.shape)
    if (axes.length !== sample.length || !sample.every((_, axis) => axes.includes(axis)))
      throw new Misfit(
        'shape',
        `needs each axis of ${formatShape(sample)} once, from 0, and axes are ${formatShape(axes)}`,
      )
    return view(x, [0, ...axes.map((axis) => axis + 1)])
  },
} as const
