import { z } from '../words/zod.ts'
import { functionsBeside, type FunctionReference } from '../functions/reference.ts'
import { activations, type Activation } from '../words/activations.ts'
import { off } from '../words/arguments.ts'
import { Misfit } from '../words/misfit.ts'
import { words, type Rows } from '../words/word.ts'
import { actNorm } from './actNorm.ts'
import { attention } from './attention.ts'
import { batchNorm } from './batchNorm.ts'
import { concat } from './concat.ts'
import { conv1d, conv2d, convTranspose2d } from './convolution.ts'
import { dropout } from './dropout.ts'
import { embedding } from './embedding.ts'
import { expression } from './expression.ts'
import { flatten } from './flatten.ts'
import { typescriptFunction } from './function.ts'
import { globalAveragePool } from './globalAveragePool.ts'
import type { Layer, LayerRow } from './layer.ts'
import { linear } from './linear.ts'
import { groupNorm, layerNorm, rmsNorm } from './norms.ts'
import { permute } from './permute.ts'
import { averagePool1d, averagePool2d, maxPool1d, maxPool2d } from './pooling.ts'
import { prelu } from './prelu.ts'
import { gru, lstm, rnn } from './recurrent.ts'
import { reshape } from './reshape.ts'
import { residual } from './residual.ts'
import { scale, shift } from './scaleShift.ts'

/** Keys that may stand beside a layer's word. */
const beside = {
  as: z
    .string()
    .max(128, 'expected at most 128 characters')
    .regex(/^\w+(\.\w+)*$/, 'expected a name of letters, digits and _, or several with dots between them')
    .optional(),
  /** Keeps its parameters, and those of layers within it, as they start. */
  frozen: off,
}

const simpleLayers = {
  linear,
  flatten,
  reshape,
  permute,
  attention,
  layerNorm,
  rmsNorm,
  groupNorm,
  batchNorm,
  actNorm,
  dropout,
  scale,
  shift,
  prelu,
  globalAveragePool,
  conv1d,
  conv2d,
  convTranspose2d,
  maxPool1d,
  maxPool2d,
  averagePool1d,
  averagePool2d,
  embedding,
  rnn,
  lstm,
  gru,
  expression,
} as const

/** Activations are layers. */
function activationLayer({ apply, pointwise, ...row }: Activation): LayerRow {
  return {
    ...row,
    build: (x, settings) => {
      if (!pointwise && x.shape.length < 2)
        throw new Misfit('shape', 'acts along the last axis, and a sample is a scalar here')
      return apply(x, settings)
    },
  }
}

type LayerList = z.ZodType<readonly Layer[]>

/** The type of a list of layers of a spec. @param reference takes the functions that they name. */
export function layerList(reference: FunctionReference): LayerList {
  const list: LayerList = z.lazy(() => z.array(layer))
  const own = { function: typescriptFunction(reference), residual: residual(list), concat: concat(list) }
  const rows: Rows<LayerRow> = { ...layers, ...own }
  const layer = words<Layer>('layer', () => rows, beside)
  return list
}

const noFunctions = functionsBeside({ file: '' })
const anyLayers: LayerList = z.lazy(() => layerList(noFunctions))

/** All layers, by word. `layerList` gives a spec three rows of its own, which build alike and take functions of its own files. */
export const layers: Rows<LayerRow> = {
  ...simpleLayers,
  /** A TypeScript function of x, element by element: read, never run. */
  function: typescriptFunction(noFunctions),
  residual: residual(anyLayers),
  concat: concat(anyLayers),
  ...Object.fromEntries(Object.entries<Activation>(activations).map(([word, row]) => [word, activationLayer(row)])),
}
