import type { z } from '../words/zod.ts'
import { add } from '../../graph/build.ts'
import type { Node } from '../../graph/node.ts'
import { formatShape, sameShape, sampleShape } from '../../graph/shape.ts'
import { Misfit } from '../words/misfit.ts'
import { keys } from '../words/word.ts'
import type { Layer, LayerContext } from './layer.ts'

interface ResidualSettings {
  readonly layers: readonly Layer[]
  readonly shortcut: readonly Layer[]
}

/** F(x) + S(x): layers beside a shortcut, which is the identity unless it has layers too. He et al. 2016. */
export function residual(layerList: z.ZodType<readonly Layer[]>) {
  return {
    arguments: keys({ layers: layerList, shortcut: layerList.default([]) }),
    first: 'layers',
    build: (x: Node, settings: ResidualSettings, context: LayerContext): Node => {
      const inner = context.sequence(x, settings.layers, { argument: ['layers'], isBranch: true })
      const shortcut = context.sequence(x, settings.shortcut, { argument: ['shortcut'], scope: 'shortcut' })
      if (!sameShape(inner.shape, shortcut.shape)) {
        const [given, needed] = [inner, shortcut].map((node) => formatShape(sampleShape(node.shape)))
        throw new Misfit('shape', `adds layers that give ${given} to a shortcut that gives ${needed}`)
      }
      return add(inner, shortcut)
    },
  } as const
}
