import type { z } from '../words/zod.ts'
import { add, broadcast, multiply, reshape } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, sampleShape } from '../../graph/shape.ts'
import { shapeOrScalar } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { keys } from '../words/word.ts'
import type { LayerContext } from './layer.ts'

export interface ScaleSettings {
  readonly shape: readonly number[]
}

const settings = { shape: shapeOrScalar.default([]) } as const satisfies z.ZodRawShape

/** x ⊙ w, where w starts at 1 and repeats along the axes it lacks. */
export const scale = {
  arguments: keys(settings),
  first: 'shape',
  build: (x: Node, { shape }: ScaleSettings, context: LayerContext): Node =>
    multiply(repeat(context.parameter('weight', shape, { init: 1 }), x), x),
} as const

/** x + b, where b starts at 0 and repeats along the axes it lacks. */
export const shift = {
  arguments: keys(settings),
  first: 'shape',
  build: (x: Node, { shape }: ScaleSettings, context: LayerContext): Node =>
    add(repeat(context.parameter('bias', shape, { bias: true }), x), x),
} as const

/** `tensor` in the shape of x by PyTorch's rule: axes are matched from the last, and those of length 1 repeat too. */
function repeat(tensor: Node, x: Node): Node {
  const offset = x.shape.length - tensor.shape.length
  const axes = tensor.shape.map((_, axis) => axis).filter((axis) => tensor.shape[axis] !== 1)
  if (offset < 1 || !axes.every((axis) => tensor.shape[axis] === x.shape[offset + axis])) {
    const [given, sample] = [tensor.shape, sampleShape(x.shape)].map(formatShape)
    throw new Misfit('shape', `can't repeat a parameter of ${given} over a sample of ${sample}`)
  }
  const dense = reshape(
    tensor,
    axes.map((axis) => tensor.shape[axis]!),
  )
  return broadcast(
    dense,
    x.shape,
    axes.map((axis) => offset + axis),
  )
}
