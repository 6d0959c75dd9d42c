import { z } from '../words/zod.ts'
import { onlyNames } from '../../base/only.ts'
import { targetNames } from '../../base/target.ts'
import { count, nonNegative, off, shaped } from '../words/arguments.ts'
import { clips } from '../words/clips.ts'
import { equation, type Equation } from '../formulas/equation.ts'
import type { FunctionReference } from '../functions/reference.ts'
import { layerList } from '../layers/index.ts'
import { initializer, networkInitializer } from '../words/initializer.ts'
import { losses } from '../formulas/losses.ts'
import { metrics } from './metrics.ts'
import { optimizers } from '../words/optimizers.ts'
import { schedules, warmup, type Warmup } from '../words/schedules.ts'
import { suggestion } from '../words/vocabulary.ts'
import { isMapping, keys, parsed, reporting, reportIssue, settled, words, type Word } from '../words/word.ts'

/*
 * The whole spec, as two forms: layers or equations. The output has every default filled in.
 */

const loss = words('loss', () => losses)
const metric = words('metric', () => metrics)
const optimizer = words('optimizer', () => optimizers)
const clip = words('clip', () => clips)
const schedule = words<ScheduleWord>('schedule', () => schedules, { warmup: warmup.optional() })

interface ScheduleWord extends Word {
  readonly warmup?: Warmup
}

const train = keys({
  /** The most samples that a step takes. */
  batch: count.default(32),
  epochs: count.default(10),
  optimizer: optimizer.prefault('adam'),
  schedule: schedule.optional(),
  clip: clip.optional(),
  /** After how many epochs without an improvement training ends. */
  patience: count.optional(),
  minimumImprovement: nonNegative.optional(),
}).check((context) => {
  const { patience, minimumImprovement } = context.value
  if (patience !== undefined || minimumImprovement === undefined) return
  const message = 'says what counts as an improvement, and there is no patience'
  const hint = 'write patience beside it, the number of epochs to wait for one'
  reportIssue(context, minimumImprovement, ['minimumImprovement'], { code: 'missing-key', part: 'key', message, hint })
})

const budget = keys({ budget: count })
type Memory = 'recompute' | z.output<typeof budget>

/** Which activations are kept. `store`, the default, comes out as nothing, and so has no part in a spec's hash. */
const memory = parsed<Memory | undefined>(z.union([z.enum(['store', 'recompute']), budget]), (value, context) => {
  if (value === undefined || value === 'store') return undefined
  if (value === 'recompute') return value
  if (!isMapping(value)) {
    const message = 'expected store, recompute or { budget: bytes }'
    const hint = suggestion(String(value), ['store', 'recompute'])
    reportIssue(context, value, [], { code: 'wrong-type', message, hint })
    return z.NEVER
  }
  return settled(budget.safeParse(value, reporting), context)
})

/** Where the binary of a WebAssembly module is. `inline`, the default, comes out as nothing too. */
const wasm = z.enum(['inline', 'file']).transform((placement) => (placement === 'file' ? placement : undefined))

/** Whether functions like exp are the engine's or the module's own. `engine`, the default, comes out as nothing too. */
const math = z.enum(['engine', 'portable']).transform((word) => (word === 'portable' ? word : undefined))

const emit = keys({
  target: z.enum(targetNames).default('typescript'),
  precision: z.enum(['f32', 'f64']).default('f32'),
  /** Whether the trainer shows the gradient by the inputs too. */
  inputGradient: off,
  math: math.optional(),
  /** Whether the trainer multiplies the Hessian by directions. */
  hessianProduct: off,
  memory: memory.optional(),
  wasm: wasm.optional(),
  /** What the module is of alone; the whole network unless given. */
  only: z.enum(onlyNames).optional(),
})

/** Nothing says the same as an empty list or mapping. */
const unlessEmpty = <T extends object>(value: T): T | undefined => (Object.keys(value).length > 0 ? value : undefined)

const common = {
  $schema: z.string().optional(),
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected a letter, then at most 63 letters, digits, _ and -')
    .optional(),
  description: z.string().optional(),
  train: train.prefault({}),
  emit: emit.prefault({}),
}

/** The keys that both forms have, by themselves. */
export const settings = z.object(common)
export type Settings = z.output<typeof settings>

const port = shaped({ index: count.optional() })
const ports = z.record(z.string(), port)

const layerNetwork = (reference: FunctionReference) =>
  keys({
    ...common,
    init: networkInitializer.prefault('heUniform'),
    input: port,
    layers: layerList(reference),
    loss,
    /** Whether samples have weights, beside their targets. */
    weight: off,
    metrics: z.array(metric).transform(unlessEmpty).optional(),
  })

/** A network of layers that equations call. */
const layeredFunction = (reference: FunctionReference) =>
  keys({ init: networkInitializer.optional(), input: port, layers: layerList(reference) })

const equations = (reference: FunctionReference) => ({
  ...common,
  init: initializer.prefault('heUniform'),
  inputs: ports,
  targets: ports,
  networks: z.record(z.string(), layeredFunction(reference)).optional(),
  parameters: z.record(z.string(), shaped({ init: initializer.optional() })).optional(),
  equations: z.array(equation),
  output: z.union([z.string(), z.array(z.string()).min(1)], { error: 'a name, or a list of names' }),
  /** Names of scalars, by what they are called in reports. */
  metrics: z.record(z.string(), z.string()).transform(unlessEmpty).optional(),
})

const lost = {
  loss: z.string(),
  /** The name of what a batch's loss is divided by the sum of. */
  normalizer: z.string().optional(),
}

/** One of several losses, each of which trains what it names. */
const objective = keys({
  ...lost,
  /** Names of networks and parameters. */
  trains: z.array(z.string()).min(1),
  /** In place of that of `train`. */
  optimizer: optimizer.optional(),
  clip: clip.optional(),
})

const objectiveRecord = z.record(z.string(), objective)
/** Zod has entries in the order in which their checks end. */
const objectives = parsed<z.output<typeof objectiveRecord>>(objectiveRecord, async (value, context) => {
  const result = await objectiveRecord.safeParseAsync(value, reporting)
  const list = settled(result, context)
  if (!result.success || !isMapping(value)) return list
  return Object.fromEntries(Object.keys(value).map((name) => [name, list[name]!]))
})

const equationNetwork = (reference: FunctionReference) => keys({ ...equations(reference), ...lost })

/** A network of equations with several losses. */
const objectiveNetwork = (reference: FunctionReference) => keys({ ...equations(reference), objectives })

/** A spec with the keys of both forms is neither: only its settings can be checked. */
const mixedNetwork = z
  .object({
    ...common,
    equations: z.unknown().transform((value, context) => {
      const message = "'equations' beside layers: a network is either layers or equations"
      reportIssue(context, value, [], { code: 'unknown-key', part: 'key', message })
      return z.NEVER
    }),
  })
  .transform((): CheckedSpec => z.NEVER)

type Checked<S extends z.ZodType> = Readonly<z.output<S>>
export type LayerNetwork = Checked<ReturnType<typeof layerNetwork>>
export type EquationNetwork = (
  Checked<ReturnType<typeof equationNetwork>> | Checked<ReturnType<typeof objectiveNetwork>>
) & { readonly equations: readonly Equation[] }
export type ObjectiveSpec = z.output<typeof objective>
export type CheckedSpec = LayerNetwork | EquationNetwork

/** Keys that only networks of equations have. */
const equationKeys = ['equations', 'inputs', 'targets', 'networks', 'parameters', 'output', 'objectives']

/**
 * The form that a value is closest to, so that its mistakes are told in that form's terms.
 * @param reference takes the functions that layers name.
 */
export function schemaFor(value: unknown, reference: FunctionReference): z.ZodType<CheckedSpec> {
  const given = isMapping(value) ? Object.keys(value) : []
  const hasLayers = given.includes('layers')
  const isMixed = hasLayers && given.includes('equations')
  const isEquations = !hasLayers && given.some((key) => equationKeys.includes(key))
  if (isMixed) return mixedNetwork
  if (!isEquations) return layerNetwork(reference)
  return given.includes('objectives') ? objectiveNetwork(reference) : equationNetwork(reference)
}
