import { numberFrom0 } from './expected.ts'
import type { Model, Options } from './interface.ts'
import {
  allocate,
  buffersIn,
  copyInputs,
  countInputs,
  initialize,
  network,
  outputOffset,
  outputSize,
  ownOptions,
  parametersIn,
  predictBatch,
} from './module.ts'
import { predictEach } from './outputs.ts'
import { decode, encode, restore } from './safetensors.ts'
import { assign, viewsOf } from './tensors.ts'
import type { Vector } from './types.ts'
import { refuseUnknown } from './unknown.ts'

/** Makes a model whose tensors lie in `arena`, with new start values. */
export function modelIn(arena: Vector, options: Options): Model {
  refuseUnknown('options', options, { ...ownOptions(), seed: 1, parameters: 1, buffers: 1 })
  const parameters = viewsOf(parametersIn(arena)) as Model['parameters']
  const buffers = viewsOf(buffersIn(arena)) as Model['buffers']
  const tensors = [...parametersIn(arena), ...buffersIn(arena)]
  initialize(parameters, buffers, numberFrom0('seed', options.seed ?? 0))
  assign('parameters', parameters, options.parameters)
  assign('buffers', buffers, options.buffers)
  return {
    parameters,
    buffers,
    predict(x) {
      return predictEach(arena, x)
      const samples = countInputs(x)
      const result = allocate(samples * outputSize)
      for (let start = 0; start < samples; start += network.batch) {
        const count = Math.min(network.batch, samples - start)
        copyInputs(arena, x, start, count)
        predictBatch(arena, count)
        result.set(arena.subarray(outputOffset, outputOffset + count * outputSize), start * outputSize)
      }
      return result
    },
    save: () => encode(tensors),
    load: (bytes, options) => restore(decode(bytes, options), tensors),
  }
}
