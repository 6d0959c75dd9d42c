import { z } from '../words/zod.ts'
import { concat as join } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, sameShape, sampleShape } from '../../graph/shape.ts'
import { Misfit } from '../words/misfit.ts'
import { keys } from '../words/word.ts'
import type { Layer, LayerContext } from './layer.ts'

interface ConcatSettings {
  readonly branches: readonly (readonly Layer[])[]
  readonly axis: number
}

/** Branches on the same input, joined along an axis of a sample. A branch without layers is the input itself. */
export function concat(layerList: z.ZodType<readonly Layer[]>) {
  return {
    arguments: keys({ branches: z.array(layerList).min(1), axis: z.int().min(0).default(0) }),
    first: 'branches',
    build: (x: Node, { branches, axis }: ConcatSettings, context: LayerContext): Node => {
      const parts = branches.map((layers, index) =>
        context.sequence(x, layers, { argument: ['branches', index], scope: `branch${index}` }),
      )
      const shapes = parts.map((part) => sampleShape(part.shape))
      const [first] = shapes
      const fits = (shape: readonly number[]): boolean =>
        axis < shape.length && shape.length === first!.length && sameShape(shape.with(axis, 1), first!.with(axis, 1))
      if (!shapes.every(fits))
        throw new Misfit('shape', `can't join ${shapes.map(formatShape).join(', ')} along axis ${axis}`)
      return join(parts, axis + 1)
    },
  } as const
}
