import { copySamples, countSamples } from './arguments.ts'
import { numberFrom0 } from './expected.ts'
import type { Model, Options } from './interface.ts'
import {
  allocate,
  initialize,
  inputPorts,
  modelRegions,
  network,
  outputOffset,
  outputSize,
  predictBatch,
  type Vector,
} from './module.ts'
import { decode, encode, restore } from './safetensors.ts'
import { assign, tensorsIn, viewsOf } from './tensors.ts'

/** The model that lives in `arena`, started anew. */
export function modelIn(arena: Vector, options: Options): Model {
  const tensors = tensorsIn(arena, modelRegions)
  const [parameters, buffers] = modelRegions.map((region) => viewsOf(arena, region)) as [
    Model['parameters'],
    Model['buffers'],
  ]
  initialize(parameters, buffers, numberFrom0('seed', options.seed ?? 0))
  assign(parameters, options.parameters)
  assign(buffers, options.buffers)
  return {
    parameters,
    buffers,
    predict(x) {
      const samples = countSamples(inputPorts, x)
      const result = allocate(samples * outputSize)
      for (let start = 0; start < samples; start += network.batch) {
        const count = Math.min(network.batch, samples - start)
        copySamples(arena, inputPorts, x, start, count)
        predictBatch(arena, count)
        result.set(arena.subarray(outputOffset, outputOffset + count * outputSize), start * outputSize)
      }
      return result
    },
    save: () => encode(tensors, {}),
    load: (bytes) => restore(decode(bytes), tensors),
  }
}
