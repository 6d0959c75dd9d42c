import { copySamples, countSamples, type Port } from './arguments.ts'
import { whole } from './expected.ts'
import type { Model, Options } from './interface.ts'
import type { Vector } from './module.ts'
import { decode, encode, restore } from './safetensors.ts'
import { assign, tensorsIn, viewsOf, type Region } from './tensors.ts'

/** A run of kernels over the arena, on its first `n` samples. */
export type Program = (arena: Vector, n: number) => void

/** What a model is made of. */
export interface ModelPlan {
  /** The most samples that a program takes. */
  readonly batch: number
  readonly inputs: readonly Port[]
  readonly output: { readonly size: number; readonly offset: number }
  readonly parameters: Region
  readonly buffers: Region
  /** Fills the parameters and buffers, so far zeros, with their start values. */
  readonly initialize: (parameters: Model['parameters'], buffers: Model['buffers'], seed: number) => void
  /** Evaluation mode. */
  readonly predict: Program
  readonly allocate: (length: number) => Vector
}

/** The model that lives in `arena`, started anew. */
export function modelOf(plan: ModelPlan, arena: Vector, options: Options): Model {
  const stored = [...tensorsIn(arena, plan.parameters), ...tensorsIn(arena, plan.buffers)]
  const parameters = viewsOf(tensorsIn(arena, plan.parameters)) as Model['parameters']
  const buffers = viewsOf(tensorsIn(arena, plan.buffers)) as Model['buffers']
  plan.initialize(parameters, buffers, whole('seed', options.seed ?? 0, -Infinity))
  assign(parameters, options.parameters)
  assign(buffers, options.buffers)
  return {
    parameters,
    buffers,
    predict(x) {
      const { batch, inputs, output } = plan
      const samples = countSamples(inputs, x)
      const result = plan.allocate(samples * output.size)
      for (let start = 0; start < samples; start += batch) {
        const count = Math.min(batch, samples - start)
        copySamples(arena, inputs, x, start, count)
        plan.predict(arena, count)
        result.set(arena.subarray(output.offset, output.offset + count * output.size), start * output.size)
      }
      return result
    },
    save: () => encode(stored, {}),
    load: (bytes) => restore(decode(bytes), stored),
  }
}
