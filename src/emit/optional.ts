import { declarations } from './declarations.ts'
import type { Declare } from './declare.ts'
import { hasHessian, isModel, isPatient, looksInBinary, readsMetric, startsFromData } from './has.ts'
import { isSeveral } from './objectives.ts'
import { isMeasured, isNormalized, isUnlike } from './told.ts'

/** The runtime's own functions that only some modules have a use for: the others are given without the statements that call them. */
const optionalFunctions = {
  copyInOrder: (module) => !isModel(module),
  encode: (module) => !isModel(module),
  isSumBelow: (module) => !isModel(module),
  makeScratch: looksInBinary,
  areFinite: looksInBinary,
  predictEach: isUnlike,
  newTally: isMeasured,
  clearTally: isMeasured,
  addMetrics: isMeasured,
  trainingMetrics: isMeasured,
  validationMetrics: isMeasured,
  evaluator: isMeasured,
  hessianIn: hasHessian,
  heed: isPatient,
  isBestLoss: isPatient,
  waitAfresh: isPatient,
  newSums: isSeveral,
  clearSums: isSeveral,
  addLoss: isSeveral,
  trainOthers: isSeveral,
  lossesOf: isSeveral,
  chooseAll: isSeveral,
  keepSame: isSeveral,
  noDivisor: isNormalized,
  normalizerIn: isNormalized,
  addNormalizer: isNormalized,
  divided: isNormalized,
  refuseLoneSample: ({ leastSamples }) => leastSamples > 1,
  numbersIn: (module) => !isModel(module),
  isFresh: (module) => !isModel(module),
  isBestMetric: readsMetric,
  refuseNoMetric: readsMetric,
  hasStarted: startsFromData,
  startOnce: startsFromData,
  startFrom: startsFromData,
  countAsStarted: startsFromData,
  withoutLayer: ({ parameters }) => parameters.some(({ name }) => name.endsWith('.weight_ih')),
} satisfies { readonly [Name in OptionalFunction]?: NonNullable<Declare['when']> }

type OptionalFunction =
  | keyof typeof import('../runtime/arguments.ts')
  | keyof typeof import('../runtime/hessian.ts')
  | keyof typeof import('../runtime/layerNames.ts')
  | keyof typeof import('../runtime/loneSample.ts')
  | keyof typeof import('../runtime/metricGiven.ts')
  | keyof typeof import('../runtime/metrics.ts')
  | keyof typeof import('../runtime/normalizer.ts')
  | keyof typeof import('../runtime/objectives.ts')
  | keyof typeof import('../runtime/outputs.ts')
  | keyof typeof import('../runtime/patience.ts')
  | keyof typeof import('../runtime/safetensors.ts')
  | keyof typeof import('../runtime/plateau.ts')
  | keyof typeof import('../runtime/initialization.ts')
  | keyof typeof import('../runtime/wasm.ts')

/** Whether a module has it, by the name of each declaration and function that some are without. */
export const optional: ReadonlyMap<string, NonNullable<Declare['when']>> = new Map([
  ...Object.entries<Declare>(declarations).flatMap(([name, { when }]) => (when ? [[name, when] as const] : [])),
  ...Object.entries(optionalFunctions),
])
