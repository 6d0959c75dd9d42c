import type * as Interface from '../runtime/interface.ts'
import type { State } from '../runtime/state.ts'
import type { Tensor } from '../runtime/tensor.ts'
import { optional } from './optional.ts'
import { isSeveral } from './objectives.ts'
import { isWhole, metricKinds } from './told.ts'
import type { ModuleDescription } from './description.ts'
import { isModel } from './has.ts'
import { wasmRoots } from './kernels.ts'
import { isRandom, startsAtZero } from './programs.ts'

/** The runtime's types that a module's own text names. */
interface NamedTypes {
  Options: Interface.Options
  Model: Interface.Model
  Trainer: Interface.Trainer
  Report: Interface.Report
  Tensor: Tensor
  State: State
}

type RuntimeFunction =
  | keyof typeof import('../runtime/arguments.ts')
  | keyof typeof import('../runtime/model.ts')
  | keyof typeof import('../runtime/random.ts')
  | keyof typeof import('../runtime/schedules.ts')
  | keyof typeof import('../runtime/tensors.ts')
  | keyof typeof import('../runtime/trainer.ts')

type Named = RuntimeFunction | keyof NamedTypes

/** The types that modules export, in the order in which a reader wants them. */
const publicTypes = ['Options', 'Model', 'Trainer', 'Report'] as const satisfies readonly (keyof NamedTypes)[]

/** Whether modules export a type of the runtime. */
export function isPublic(type: string): boolean {
  return publicTypes.some((name) => name === type)
}

/** What every module names, in the order in which it comes. */
const whole = [
  ...publicTypes,
  ...(['modelIn', 'trainerIn', 'tensorsAt', 'optionally', 'viewsOf', 'Tensor', 'State'] as const),
  ...(['countSamples', 'copySamples'] as const),
] satisfies readonly Named[]

/** What of that is for trainers alone. */
const ofTrainers: ReadonlySet<Named> = new Set(['Trainer', 'Report', 'trainerIn', 'optionally', 'State'])

/** What a module names that has several losses. */
const objectiveFunctions = [
  'byObjective',
  'chosen',
  'isRead',
] satisfies (keyof typeof import('../runtime/objectives.ts'))[]

/** What a module names that is given numbers of classes or rows. */
const wholeFunctions = ['countWhole'] satisfies (keyof typeof import('../runtime/wholeNumbers.ts'))[]

/** The names in `src/runtime` that a module uses directly. */
export function runtimeRoots(module: ModuleDescription): string[] {
  const { parameters, buffers, helpers, schedule, wasm, metrics = [] } = module
  const draws: RuntimeFunction[] = Object.keys(module.programs).some((name) => isRandom(module, name))
    ? ['stepKey']
    : []
  const warms: RuntimeFunction[] = schedule?.warmup ? ['linear'] : []
  return [
    ...whole.filter((name) => !isModel(module) || !ofTrainers.has(name)),
    ...[...parameters, ...buffers].filter((one) => !startsAtZero(one)).map(({ initial }) => initial.function),
    ...draws,
    ...(schedule ? [schedule.function] : []),
    ...warms,
    ...helpers,
    ...(isWhole(module) ? wholeFunctions : []),
    ...(isSeveral(module) ? objectiveFunctions : []),
    ...(metrics.length > 0 ? ['Metric'] : []),
    ...metrics.flatMap(({ kind }) => Object.values(metricKinds[kind])),
    ...(wasm ? wasmRoots(wasm) : []),
  ]
}

/** The declarations and functions that a module is without. */
export function absentNames(module: ModuleDescription): ReadonlySet<string> {
  return new Set([...optional].filter(([, isThere]) => !isThere(module)).map(([name]) => name))
}
