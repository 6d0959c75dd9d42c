import type * as Types from '../runtime/types.ts'
import type { Declare } from './declare.ts'
import { isModel } from './has.ts'
import { data } from './literal.ts'
import { always, isSeveral } from './objectives.ts'
import { dataType } from './ports.ts'
import { trainedName, vectorOf } from './tensors.ts'
import { isMeasured, isUnlike, known, namesOf, predictionType } from './told.ts'

/** The types in `src/runtime/types.ts`, as a module narrows them. */
export const types: { readonly [Name in keyof ModuleTypes]: Declare } = {
  Vector: { text: ({ module }) => `export type Vector = ${vectorOf(module)}` },
  ParameterName: { text: () => "export type ParameterName = (typeof network.parameters)[number]['name']" },
  TrainedName: { unused: isModel, text: ({ module }) => `type TrainedName = ${trainedName(module.parameters)}` },
  BufferName: { text: () => "type BufferName = (typeof network.buffers)[number]['name']" },
  Carried: {
    unused: isModel,
    text: ({ module: { carried } }) =>
      `type Carried = Record<${carried.map(({ name }) => data(name)).join(' | ') || 'never'}, number>`,
  },
  Inputs: {
    unused: (module) => isModel(module) && isUnlike(module),
    text: ({ module }) => `type Inputs = ${dataType(module.inputs, always(module, module.inputs))}`,
  },
  Targets: {
    unused: isModel,
    text: ({ module }) => `type Targets = ${dataType(module.targets, always(module, module.targets))}`,
  },
  Known: { when: isUnlike, text: ({ module }) => `type Known = ${dataType(module.inputs, known(module))}` },
  ObjectiveName: {
    when: isSeveral,
    text: () => 'export type ObjectiveName = (typeof network.objectives)[number]',
  },
  Losses: { when: isSeveral, text: () => 'type Losses = Readonly<Record<ObjectiveName, number>>' },
  Metrics: {
    when: isMeasured,
    text: ({ module }) => `type Metrics = Readonly<Record<${namesOf(module.metrics!)}, number>>`,
  },
  Prediction: { when: isUnlike, text: ({ module }) => `type Prediction = ${predictionType(module)}` },
}

/** A file of types alone has no keys to map over. */
interface ModuleTypes {
  Vector: Types.Vector
  ParameterName: Types.ParameterName
  TrainedName: Types.TrainedName
  BufferName: Types.BufferName
  Carried: Types.Carried
  Inputs: Types.Inputs
  Targets: Types.Targets
  Known: Types.Known
  Prediction: Types.Prediction
  Metrics: Types.Metrics
  ObjectiveName: Types.ObjectiveName
  Losses: Types.Losses
}
